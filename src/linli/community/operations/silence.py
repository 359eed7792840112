"""The ladder of silence, taken a step at a time by a daily job: who is silent hears of it twice, rests, and leaves last."""

from datetime import datetime

from django.db import transaction

from linli.channels.operations import Told, tell_members
from linli.community.models import MembershipState
from linli.community.operations.join import end_memberships
from linli.community.rules.ladder import STEP_CODES, STEPS, step_due
from linli.core import sql

AT_ONCE = 1000
REST, LEAVE = 3, 4


def step_down_the_silent(*, at: datetime) -> int:
    """The next step for members who were silent long enough; leaders stay. Returns how many."""
    with transaction.atomic():
        rows = sql.rows(
            """with step as (select * from unnest(%(days)s::int[]) with ordinality s(days, n)),
                    due as (select m.id, m.community_id from community_membership m join step s on s.n = m.ladder + 1
                             where m.state in ('active', 'resting') and m.role = 'member' and m.seen_at <= %(at)s - make_interval(days => s.days)
                             order by m.community_id, m.id limit %(limit)s),
                    -- communities first, in the order of their ids, as everywhere
                    locked as (select id, name from community_community where id in (select community_id from due) order by id for no key update)
               select m.id, m.community_id, m.member_id, m.ladder, extract(day from %(at)s - m.seen_at)::int as days, l.name
                 from community_membership m join due d using (id) join locked l on l.id = m.community_id order by m.id for no key update of m""",
            {"days": list(STEPS), "at": at, "limit": AT_ONCE},
        )
        stepped = [(row, step) for row in rows if (step := step_due(row.days, row.ladder))]
        sql.rows(
            """update community_membership m set ladder = s.step, state = case when s.step = 3 then 'resting' else m.state end
                 from unnest(%s::bigint[], %s::int[]) s(id, step) where m.id = s.id""",
            ([row.id for row, _ in stepped], [step for _, step in stepped]),
        )
        end_memberships([row.id for row, step in stepped if step == LEAVE], state=MembershipState.left)
        tell_members(
            [
                Told(row.member_id, STEP_CODES[step - 1], f"{row.id}:{at:%Y%m%d}", f"/c/{row.community_id}", {"name": row.name, "days": row.days})
                for row, step in stepped
            ],
            at=at,
        )  # fmt: skip
    return len(stepped)
