"""What tiers are decided by: own settled sales to others, in each window that the plan asks for, and courses that were passed.

An own purchase of an owner writes no commission, so every line is a sale to somebody else.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from linli.core import sql
from linli.distribution.rules.document import Plan
from linli.distribution.rules.tier import windows_of

_SOLD = """
select c.beneficiary_id as owner_id, w.days, sum(c.base_fen - c.refunded_base_fen)::bigint as fen
  from unnest(%(windows)s::int[]) w(days)
  join distribution_commissionline c on c.kind = 'commission' and c.state = 'available'
                                    and c.available_at > %(at)s - make_interval(days => w.days)
"""

# Who may rise or fall: whoever has sold or learned, and whoever stands above the first tier; nobody with a change that waits.
_CANDIDATES = f"""
with sold as ({_SOLD} group by 1, 2)
select o.member_id, o.tier,
       coalesce(json_object_agg(s.days, s.fen) filter (where s.days is not null), '{{}}')::text as sales,
       coalesce((select json_agg(p.course) from distribution_passedcourse p where p.member_id = o.member_id), '[]')::text as courses,
       (select max(t.applied_at) from distribution_tierchange t
         where t.owner_id = o.member_id and t.reason = 'by_person' and t.to_tier = o.tier) as appointed_at
  from distribution_owner o left join sold s on s.owner_id = o.member_id
 where o.status = 'active' and (s.owner_id is not null or o.tier <> %(first)s
        or exists (select 1 from distribution_passedcourse p where p.member_id = o.member_id))
   and not exists (select 1 from distribution_tierchange t where t.owner_id = o.member_id and t.applied_at is null)
 group by o.member_id
"""


class Candidate(NamedTuple):
    """An owner whose tier may change: settled sales in fen by window in days, courses passed, and when a person last gave the tier."""

    owner_id: int
    tier: str
    sales: Mapping[int, int]
    courses: frozenset[str]
    appointed_at: datetime | None


def candidates(plan: Plan, *, at: datetime) -> list[Candidate]:
    """Everybody whose tier may change under a plan."""
    rows = sql.rows(_CANDIDATES, {"windows": windows_of(plan), "at": at, "first": plan.first_tier})
    return [
        Candidate(
            row.member_id,
            row.tier,
            {int(days): fen for days, fen in json.loads(row.sales).items()},
            frozenset(json.loads(row.courses)),
            row.appointed_at,
        )
        for row in rows
    ]


def settled_sales(owner_id: int, plan: Plan, *, at: datetime) -> dict[int, int]:
    """One owner's settled sales in fen, by window in days."""
    statement = f"{_SOLD} where c.beneficiary_id = %(owner)s group by 1, 2"
    rows = sql.rows(statement, {"windows": windows_of(plan), "at": at, "owner": owner_id})
    return {row.days: row.fen for row in rows}


def passed_courses(owner_id: int) -> frozenset[str]:
    """The courses that an owner has passed."""
    rows = sql.rows("select course from distribution_passedcourse where member_id = %s", (owner_id,))
    return frozenset(row.course for row in rows)
