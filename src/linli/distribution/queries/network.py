"""An owner's network as that owner may see it, and the ways to the next tier."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linli.core import sql
from linli.distribution.models import TierChange
from linli.distribution.queries.plan import plan_at
from linli.distribution.queries.tier import passed_courses, settled_sales
from linli.distribution.rules.document import Tier

PAGE = 30

# Those whom an owner invited, with what they sold; nothing about whom they sold to.
_INVITEES = """
select o.member_id, o.shop_name, o.tier, o.status, o.opened_at, m.name, m.avatar,
       (select count(*) from distribution_owner x where x.sponsor_id = o.member_id) as invitees,
       coalesce((select sum(c.base_fen - c.refunded_base_fen) from distribution_commissionline c
                  where c.beneficiary_id = o.member_id and c.kind = 'commission' and c.paid_at > %(since)s), 0)::bigint as sales_fen,
       -- From the invitee's own lines: an owner above may have a tenth of the table.
       coalesce((select sum(v.amount_fen - v.reversed_fen)
                   from (select order_no, order_line_id from distribution_commissionline
                          where beneficiary_id = o.member_id and kind = 'commission' and paid_at > %(since)s offset 0) c
                  cross join lateral (
                       select amount_fen, reversed_fen from distribution_commissionline v
                        where v.order_no = c.order_no and v.order_line_id = c.order_line_id and v.beneficiary_id = %(owner)s
                          and v.kind = 'override' offset 0) v), 0)::bigint as override_fen
  from distribution_owner o join members_member m on m.id = o.member_id
 where o.sponsor_id = %(owner)s and (%(before)s = 0 or o.member_id < %(before)s) order by o.member_id desc limit %(limit)s
"""


@dataclass(frozen=True)
class Step:
    """A tier on the way: what it asks in fen of own settled sales to others, and how far one is. Percent is at most 100."""

    tier: Tier
    min_fen: int
    sales_fen: int
    is_mine: bool
    percent: int
    courses: dict[str, bool]


def invitees_of(owner_id: int, *, at: datetime, before: int = 0) -> tuple[list[Any], str]:
    """The owners that an owner invited, the newest first, with 30 days of sales and what came of them; and the next cursor."""
    rows = sql.rows(
        _INVITEES, {"owner": owner_id, "since": at - timedelta(days=30), "before": before, "limit": PAGE + 1}
    )
    return rows[:PAGE], str(rows[PAGE - 1].member_id) if len(rows) > PAGE else ""


def community_of(owner_id: int) -> dict[str, int]:
    """How large the community is that an owner leads; zeros when they lead nobody."""
    row = sql.rows(
        """select count(*) as owners, count(*) filter (where sponsor_id = %(owner)s) as direct
             from distribution_owner where leader_id = %(owner)s""",
        {"owner": owner_id},
    )[0]
    return {"owners": row.owners, "direct": row.direct}


def splits_near(owner_id: int, *, limit: int = 10) -> list[TierChange]:
    """The tier changes of an owner and of those they invited, the newest first."""
    return list(
        TierChange.objects.filter(owner_id=owner_id)
        .union(TierChange.objects.filter(owner__sponsor_id=owner_id))
        .order_by("-id")[:limit]
    )


def ladder(owner_id: int, tier: str, *, at: datetime) -> list[Step]:
    """Every tier of the plan in force, with how far an owner is."""
    plan = plan_at(at).engine.plan
    sales = settled_sales(owner_id, plan, at=at)
    passed = passed_courses(owner_id)
    steps = []
    for one in sorted(plan.tiers, key=lambda x: x.rank):
        asked = next((x for x in one.qualify if x.kind == "own_external_settled_sales"), None)
        sales_fen = sales.get(asked.window_days, 0) if asked else 0
        min_fen = asked.min_fen if asked else 0
        percent = min(100, sales_fen * 100 // min_fen) if min_fen else 100
        courses = {x.course: x.course in passed for x in one.qualify if x.kind == "course_passed"}
        steps.append(Step(one, min_fen, sales_fen, one.code == tier, percent, courses))
    return steps
