"""What every page may use; nothing here asks the database unless a signed-in person is there."""

from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from linli.core import clock, sql
from linli.distribution.models import Owner
from linli.distribution.queries.plan import ActivePlan, latest_plan
from linli.distribution.rules.check import findings
from linli.insight.queries.waiting import waiting
from linli.members.queries import names_of
from linli.web.root import people


def page(request: HttpRequest) -> dict[str, Any]:
    """actor, owner, cart_count, now, theme, language, and in the demo its people."""
    actor = request.actor  # type: ignore[attr-defined]
    return {
        "actor": actor,
        "my_shop": SimpleLazyObject(
            lambda: Owner.objects.filter(pk=actor.member_id).first() if actor.is_owner else None
        ),
        "cart_count": SimpleLazyObject(lambda: cart_count(actor.member_id)),
        "now": clock.now(),
        "moment_read": clock.now().isoformat(),
        "unread_count": SimpleLazyObject(lambda: unread_count(actor.member_id)),
        "actor_name": SimpleLazyObject(lambda: names_of([actor.member_id]).get(actor.member_id, "")),
        "waiting": SimpleLazyObject(waiting),
        **look(request)._asdict(),
        "is_demo": settings.DEMO,
        "demo_people": people() if settings.DEMO else [],
        "demo_plan": SimpleLazyObject(lambda: _demo_plan(latest_plan())) if settings.DEMO else None,
    }


MOST_UNREAD = 99  # nobody counts further beside a bell


class Look(NamedTuple):
    """How a reader wants pages; empty is the system's own."""

    theme: str
    size: str
    language: str


def look(request: HttpRequest) -> Look:
    """The look that a reader's cookies choose."""
    theme = request.COOKIES.get("theme", "")
    return Look(
        theme=theme if theme in ("light", "dark") else "",
        size="large" if request.COOKIES.get("size") == "large" else "",
        language="en" if get_language() == "en" else "zh-Hans",
    )


@lru_cache(maxsize=8)
def _demo_plan(plan: ActivePlan) -> dict[str, Any]:
    """The plan that a demo lives under, and how many rules of China's law forbid it on a live site."""
    found = findings(plan.engine, profile="CN", at=clock.now())
    return {
        "title": plan.engine.plan.title,
        "blocks": len({one.id for one in found if one.severity == "BLOCK"}),
    }


def unread_count(member_id: int) -> int:
    """How many messages a member has not read, counted to MOST_UNREAD; no statement for a guest."""
    if not member_id:
        return 0
    statement = """select count(*)::int as unread from (
        select from channels_inboxmessage where member_id = %s and read_at is null limit %s) u"""
    return sql.rows(statement, (member_id, MOST_UNREAD))[0].unread


def cart_count(member_id: int) -> int:
    """How many lines are in a member's cart; no statement for a guest."""
    if not member_id:
        return 0
    return sql.rows("select count(*)::int as lines from trade_cartline where member_id = %s", (member_id,))[
        0
    ].lines
