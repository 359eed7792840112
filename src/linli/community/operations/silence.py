"""The ladder of silence, taken a step at a time by a daily job: who is silent hears of it twice, rests, and leaves last."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from linli.channels.operations import Told, tell_members
from linli.community.models import MembershipState
from linli.community.operations.join import end_memberships
from linli.community.rules.ladder import STEP_CODES, STEPS, step_due
from linli.core import sql
from linli.core.clock import shop_day
from linli.core.work import work_off

AT_ONCE = 1000
REST, LEAVE = 3, 4


# Leaders stay, and those who rest by a decision, and what is closed.
_SILENT = """
select m.id from community_membership m join community_community c on c.id = m.community_id
  join unnest(%(days)s::int[]) with ordinality s(days, n) on s.n = m.ladder + 1
 where m.state in ('active', 'resting') and m.role = 'member' and m.seen_at <= %(at)s - make_interval(days => s.days)
   and (m.paused_until is null or m.paused_until <= %(at)s) and c.closed_at is null and m.id <> all(%(aside)s::bigint[])
 order by m.community_id, m.id limit %(most)s
"""


def step_down_the_silent(*, at: datetime) -> int:
    """The next step for members who were silent long enough. Returns how many."""
    step = partial(_step_down, at=at)
    return work_off(
        "community.step_down_the_silent", _SILENT, step, at=at, most=AT_ONCE, parameters={"days": list(STEPS)}
    )


def _step_down(membership_ids: Sequence[int], *, at: datetime) -> None:
    ids = list(membership_ids)
    sql.rows(
        """select id from community_community where id in (select community_id from community_membership where id = any(%s::bigint[]))
            order by id for no key update""",
        (ids,),
    )
    # Read again: while the communities were waited for, some came back, and some were asked to leave.
    rows = sql.rows(
        """select m.id, m.community_id, m.member_id, m.ladder, extract(day from %s - m.seen_at)::int as days, c.name
             from community_membership m join community_community c on c.id = m.community_id
            where m.id = any(%s::bigint[]) and m.state in ('active', 'resting') and m.role = 'member' and c.closed_at is null
            order by m.id for no key update of m""",
        (at, ids),
    )
    stepped = [(row, step) for row in rows if (step := step_due(row.days, row.ladder))]
    sql.rows(
        """update community_membership m set ladder = s.step, state = case when s.step = %s then 'resting' else m.state end
             from unnest(%s::bigint[], %s::int[]) s(id, step) where m.id = s.id""",
        (REST, [row.id for row, _ in stepped], [step for _, step in stepped]),
    )
    end_memberships([row.id for row, step in stepped if step == LEAVE], state=MembershipState.left)
    tell_members([_told(row, step, at) for row, step in stepped], at=at)


def _told(row: Any, step: int, at: datetime) -> Told:
    reference, values = f"{row.id}:{shop_day(at)}", {"name": row.name, "days": row.days}
    return Told(row.member_id, STEP_CODES[step - 1], reference, f"/c/{row.community_id}", values)
