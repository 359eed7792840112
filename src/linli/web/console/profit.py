"""C15: what each community brings and costs; every number opens into its rows."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from linli.community.models import Community
from linli.core import clock
from linli.trade.queries.entry_fee import fees_of_community
from linli.trade.queries.guide import community_profits, guided_lines
from linli.web.edge import operators_only, whole_number
from linli.web.figures import counted

SPANS = (7, 28, 90)


def _span(request: HttpRequest) -> tuple[int, datetime, datetime]:
    days = whole_number(request.GET.get("days"))
    days = days if days in SPANS else 28
    until = clock.now()
    return days, until - timedelta(days=days), until


@operators_only
def profits(request: HttpRequest) -> HttpResponse:
    """Every community: join, active, read, click, order, repurchase, refund, commission, margin."""
    days, since, until = _span(request)
    rows = counted(request, f"profits:{days}", lambda: community_profits(since=since, until=until))
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
    return render(request, "ops/profits.html", {"rows": rows, "total": total, "days": days, "spans": SPANS})


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
