"""The ladder of silence, taken a step at a time by a daily job: who is silent hears of it twice, rests, and leaves last."""

from datetime import datetime
from typing import Any

from django.db import transaction

from linli.channels.operations import Told, tell_members
from linli.community.models import MembershipState
from linli.community.operations.join import end_memberships
from linli.community.rules.ladder import STEP_CODES, STEPS, step_due
from linli.core import sql
from linli.core.clock import shop_day

AT_ONCE = 1000
REST, LEAVE = 3, 4


# Leaders stay, and those who rest by a decision, and what is closed.
_DUE = """select m.id, m.community_id, m.member_id, m.ladder, extract(day from %(at)s - m.seen_at)::int as days, c.name
  from community_membership m join community_community c on c.id = m.community_id
  join unnest(%(days)s::int[]) with ordinality s(days, n) on s.n = m.ladder + 1
 where m.state in ('active', 'resting') and m.role = 'member' and m.seen_at <= %(at)s - make_interval(days => s.days)
   and (m.paused_until is null or m.paused_until <= %(at)s) and c.closed_at is null order by m.community_id, m.id limit %(limit)s"""


def step_down_the_silent(*, at: datetime) -> int:
    """The next step for members who were silent long enough. Returns how many."""
    with transaction.atomic():
        parameters = {"days": list(STEPS), "at": at, "limit": AT_ONCE}
        sql.rows(
            f"select id from community_community where id in (select community_id from ({_DUE}) d) order by id for no key update",
            parameters,
        )
        # Read again: while the communities were waited for, some came back, and some were asked to leave.
        rows = sql.rows(f"{_DUE} for no key update of m", parameters)
        stepped = [(row, step) for row in rows if (step := step_due(row.days, row.ladder))]
        sql.rows(
            """update community_membership m set ladder = s.step, state = case when s.step = %s then 'resting' else m.state end
                 from unnest(%s::bigint[], %s::int[]) s(id, step) where m.id = s.id""",
            (REST, [row.id for row, _ in stepped], [step for _, step in stepped]),
        )
        end_memberships([row.id for row, step in stepped if step == LEAVE], state=MembershipState.left)
        tell_members([_told(row, step, at) for row, step in stepped], at=at)
    return len(stepped)


def _told(row: Any, step: int, at: datetime) -> Told:
    reference, values = f"{row.id}:{shop_day(at)}", {"name": row.name, "days": row.days}
    return Told(row.member_id, STEP_CODES[step - 1], reference, f"/c/{row.community_id}", values)
