"""C15: what each community brings and costs; every number opens into its rows."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from linli.community.models import Community
from linli.core import clock
from linli.insight.queries.guide import community_profits, guided_lines, open_communities
from linli.trade.queries.entry_fee import fees_of_community
from linli.web.console.realm import Realm, realm_only
from linli.web.edge import number_in, operators_only
from linli.web.figures import counted

SPANS = (7, 28, 90)


def _span(request: HttpRequest) -> tuple[int, datetime, datetime]:
    days = number_in(request, "days")
    days = days if days in SPANS else 28
    until = clock.now()
    return days, until - timedelta(days=days), until


@realm_only
def profits(request: HttpRequest, realm: Realm) -> HttpResponse:
    """Every community (an agent's: of the region): join, active, read, click, order, repurchase, refund, commission, and for the
    operator the margin."""
    days, since, until = _span(request)
    ids = open_communities(region=realm.region)
    rows = counted(
        request,
        f"profits:{days}:{realm.region}",
        lambda: community_profits(since=since, until=until, ids=ids),
    )
    total: dict[str, Any] = {
        name: sum(getattr(one, name) for one in rows)
        for name in (
            "kept_fen",
            "refunded_fen",
            "commission_fen",
            "subsidy_fen",
            "platform_fen",
            "orders",
            "entry_fen",
            "held_fen",
        )
    }
    content = {**realm.content, "rows": rows, "total": total, "days": days, "spans": SPANS}
    return render(request, "ops/profits.html", content)


@operators_only
def profit(request: HttpRequest, community_id: int) -> HttpResponse:
    """The order lines behind one community's numbers."""
    days, since, until = _span(request)
    found = get_object_or_404(Community, pk=community_id)
    facts = next(iter(community_profits(since=since, until=until, ids=[found.pk])), None)
    content = {
        "community": found,
        "facts": facts,
        "lines": guided_lines(found.pk, since=since, until=until),
        "fees": fees_of_community(found.pk, since=since, until=until),
        "days": days,
        "spans": SPANS,
    }
    return render(request, "ops/profit.html", content)
