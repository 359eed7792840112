"""Members come in and go. Lists in, communities locked in the order of their ids, an outcome for each."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, LiteralString, NamedTuple

from django.db import transaction

from linli.channels.operations import Told, tell_members
from linli.community.models import Community, Membership, MembershipState
from linli.community.rules.intake import Door, decide
from linli.community.types import JoinAsked, Joined
from linli.core import sql
from linli.core.clock import shop_day
from linli.core.refusal import Refusal
from linli.core.typed import read_reason
from linli.core.work import work_off

# Who is there for newcomers of a community c: the member who was named, else its first leader.
_HOST = """(select b.name from members_member b where b.id = coalesce(c.host_id, (
             select l.member_id from community_membership l where l.community_id = c.id and l.role = 'leader' and l.state = 'active'
              order by l.id limit 1)))"""


_JOINED_TODAY = """(select count(*) from community_membership m
                     where m.community_id = c.id and m.joined_on = %(today)s and m.role = 'member')"""
# Only those that can let somebody in: a line before a closed door must not keep those behind it from being looked at.
_WITH_PLACES: LiteralString = f"""
select c.id from community_community c
 where c.closed_at is null and c.member_count < c.capacity and c.id <> all(%(aside)s::bigint[])
   and exists (select 1 from community_membership m where m.community_id = c.id and m.state = 'queued')
   and c.daily_intake > {_JOINED_TODAY}
 order by c.id limit %(most)s for no key update of c skip locked
"""
_ADMIT: LiteralString = f"""
with door as (select c.id, c.name, {_HOST} as host, least(c.capacity - c.member_count, c.daily_intake - {_JOINED_TODAY})::int as places
                from community_community c where c.id = any(%(ids)s::bigint[])),
     next as (select m.id, m.community_id, m.member_id, d.name, d.host from door d cross join lateral (
                select * from community_membership m where m.community_id = d.id and m.state = 'queued'
                 order by m.asked_at, m.id limit greatest(d.places, 0)) m),
     moved as (update community_membership m set state = 'active', joined_on = %(today)s, seen_at = %(at)s, ladder = 0
                 from next n where m.id = n.id),
     counted as (update community_community c set member_count = c.member_count + n.count
                   from (select community_id, count(*) as count from next group by 1) n where c.id = n.community_id)
select community_id, member_id, name, host from next
"""


class Greeting(NamedTuple):
    """What newcomers hear of: the community's name, and its host's (empty: nobody leads it)."""

    name: str
    host: str | None


def join_communities(asked: Sequence[JoinAsked], *, at: datetime) -> list[Joined | Refusal]:
    """Let members in, first come first served; safe to ask twice. A place in line is counted from 1."""
    with transaction.atomic():
        doors, greetings = _doors({one.community_id for one in asked}, at)
        states = _states(asked, at)
        outcomes: list[Joined | Refusal] = []
        changed: dict[tuple[int, int], tuple[str, str]] = {}
        for one in asked:
            key = (one.community_id, one.member_id)
            outcome = decide(doors.get(one.community_id), one, states.get(key, ""))
            outcomes.append(outcome)
            if isinstance(outcome, Joined) and outcome.state != states.get(key, ""):
                states[key] = outcome.state
                changed[key] = (outcome.state, one.answer.strip()[:300])
        _write(changed, at)
        _tell(changed, greetings, at)
    return [_placed(one, outcome) for one, outcome in zip(asked, outcomes, strict=True)]


def _placed(asked: JoinAsked, outcome: Joined | Refusal) -> Joined | Refusal:
    """Who asks again while in line hears the place that they have now."""
    if isinstance(outcome, Joined) and outcome.state == "queued" and not outcome.place:
        return Joined("queued", place_in_line(community_id=asked.community_id, member_id=asked.member_id))
    return outcome


def place_in_line(*, community_id: int, member_id: int) -> int:
    """How many are let in before and with this member; 0 for who does not wait."""
    return sql.rows(
        """select count(*)::int as place from community_membership o, community_membership m
            where m.community_id = %s and m.member_id = %s and m.state = 'queued' and o.community_id = m.community_id
              and o.state = 'queued' and (o.asked_at, o.id) <= (m.asked_at, m.id)""",
        (community_id, member_id),
    )[0].place


def lock_community(community_id: int) -> Community:
    """A community, locked. Communities are locked first, then posts, comments, memberships, in this order everywhere."""
    return Community.objects.select_for_update(no_key=True).get(pk=community_id)


def _doors(community_ids: set[int], at: datetime) -> tuple[dict[int, Door], dict[int, Greeting]]:
    """The doors of communities, locked. Counted by a second statement: what was there before the lock is not what is there now."""
    sql.rows(
        "select id from community_community where id = any(%s::bigint[]) order by id for no key update",
        (sorted(community_ids),),
    )
    rows = sql.rows(
        f"""select c.*, (select count(*) from community_membership m
                         where m.community_id = c.id and m.joined_on = %s and m.role = 'member')::int as joined_today,
                  (select count(*) from community_membership m where m.community_id = c.id and m.state = 'queued')::int as queued,
                  {_HOST} as host
             from community_community c where c.id = any(%s::bigint[])""",
        (shop_day(at), sorted(community_ids)),
    )
    doors = {
        row.id: Door(
            row.entry_kind,
            row.invitation_code,
            row.capacity,
            row.daily_intake,
            row.member_count,
            row.joined_today,
            row.queued,
            row.closed_at is not None,
        )
        for row in rows
    }
    return doors, {row.id: Greeting(row.name, row.host) for row in rows}


def _states(asked: Sequence[JoinAsked], at: datetime) -> dict[tuple[int, int], str]:
    """What they were; "barred" for those who went while a decision about them runs on."""
    rows = sql.rows(
        """select m.community_id, m.member_id,
                  case when m.state in ('left', 'refused') and m.paused_until > %s then 'barred' else m.state end as state from community_membership m
             join unnest(%s::bigint[], %s::bigint[]) a(community_id, member_id) using (community_id, member_id)""",
        (at, [one.community_id for one in asked], [one.member_id for one in asked]),
    )
    return {(row.community_id, row.member_id): row.state for row in rows}


def _write(changed: dict[tuple[int, int], tuple[str, str]], at: datetime) -> None:
    if not changed:
        return
    sql.rows(
        """with a as (select * from unnest(%(communities)s::bigint[], %(members)s::bigint[], %(states)s::text[], %(answers)s::text[])
                       with ordinality a(community_id, member_id, state, answer, n)),
                written as (insert into community_membership as m
                              (community_id, member_id, role, state, answer, why, asked_at, joined_on, seen_at, ladder)
                            select community_id, member_id, 'member', state, answer, '', %(at)s,
                                   case when state = 'active' then %(today)s::date end, %(at)s, 0 from a order by n
                            on conflict (community_id, member_id) do update set role = 'member', state = excluded.state,
                              answer = excluded.answer, why = '', asked_at = excluded.asked_at,
                              joined_on = coalesce(excluded.joined_on, m.joined_on), seen_at = excluded.seen_at, ladder = 0)
           update community_community c set member_count = c.member_count + j.count
             from (select community_id, count(*) as count from a where state = 'active' group by 1) j where c.id = j.community_id""",
        {
            "communities": [community_id for community_id, _ in changed],
            "members": [member_id for _, member_id in changed],
            "states": [state for state, _ in changed.values()],
            "answers": [answer for _, answer in changed.values()],
            "at": at,
            "today": shop_day(at),
        },
    )


def _tell(
    changed: dict[tuple[int, int], tuple[str, str]], greetings: dict[int, Greeting], at: datetime
) -> None:
    """Welcome those who are in; leaders hear of those who ask."""
    inside = [key for key, (state, _) in changed.items() if state == MembershipState.active]
    tell_members(
        [
            _welcome(community_id, member_id, greetings[community_id], at)
            for community_id, member_id in inside
        ],
        at=at,
    )
    asking = {community_id for (community_id, _), (state, _) in changed.items() if state == "asked"}
    tell_members(
        [
            Told(row.member_id, "community_asked", f"{row.community_id}:{shop_day(at)}", f"/c/{row.community_id}/desk", {"name": greetings[row.community_id].name})
            for row in _leaders(asking)
        ],
        at=at,
    )  # fmt: skip


def _welcome(community_id: int, member_id: int, greeting: Greeting, at: datetime) -> Told:
    """With the name of who is there for newcomers."""
    code = "community_hosted" if greeting.host else "community_welcome"
    return Told(member_id, code, f"{community_id}:{shop_day(at)}", f"/c/{community_id}", greeting._asdict())


def _leaders(community_ids: set[int]) -> list[Any]:
    if not community_ids:
        return []
    return sql.rows(
        """select community_id, member_id from community_membership
            where community_id = any(%s::bigint[]) and role in ('leader', 'operator') and state = 'active'""",
        (sorted(community_ids),),
    )


def admit_queued(*, at: datetime) -> int:
    """Those who wait come in while there are places today, in the order of their asking. Returns how many communities had some."""
    today = shop_day(at)
    return work_off(
        "community.admit_queued", _WITH_PLACES, partial(_admit, at=at), at=at, parameters={"today": today}
    )


def _admit(community_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(_ADMIT, {"ids": list(community_ids), "today": shop_day(at), "at": at})
    tell_members(
        [_welcome(row.community_id, row.member_id, Greeting(row.name, row.host), at) for row in rows], at=at
    )


def decide_application(*, membership: Membership, accept: bool, reason: str = "", at: datetime) -> str:
    """A leader reads an answer: the member comes in (or into the line), or is told no, and why. Returns the new state.

    Raises Refusal: already_decided, reason_needed.
    """
    reason = read_reason(reason)
    if not accept and not reason:
        raise Refusal("reason_needed")
    with transaction.atomic():
        doors, greetings = _doors({membership.community_id}, at)
        locked = Membership.objects.select_for_update().get(pk=membership.pk)
        if locked.state != MembershipState.asked:
            raise Refusal("already_decided")
        key = (locked.community_id, locked.member_id)
        if not accept:
            Membership.objects.filter(pk=locked.pk).update(state=MembershipState.refused, why=reason)
            values = {"name": greetings[locked.community_id].name, "why": reason}
            told = Told(locked.member_id, "community_not_now", f"{locked.pk}:{shop_day(at)}", f"/c/{locked.community_id}", values)  # fmt: skip
            tell_members([told], at=at)
            return MembershipState.refused
        state = doors[locked.community_id].let_in().state
        _write({key: (state, locked.answer)}, at)
        _tell({key: (state, "")}, greetings, at)
    return state


def is_last_leader(membership: Membership) -> bool:
    """Whether nobody else leads."""
    leading = Membership.objects.filter(
        community_id=membership.community_id, role="leader", state=MembershipState.active
    )
    return membership.role == "leader" and not leading.exclude(pk=membership.pk).exists()


def leave(*, membership: Membership) -> None:
    """A member goes (or stops waiting). The last leader hands over first. Raises Refusal: last_leader."""
    with transaction.atomic():
        lock_community(membership.community_id)
        locked = Membership.objects.select_for_update().get(pk=membership.pk)
        if is_last_leader(locked):
            raise Refusal("last_leader")
        end_memberships([locked.pk], state=MembershipState.left)


def end_memberships(membership_ids: Sequence[int], *, state: str) -> None:
    """Memberships end as left or removed; those who were inside are counted out. Their communities are locked by the caller."""
    sql.rows(
        """with ended as (update community_membership n set state = %s, role = 'member' from community_membership o
                           where n.id = o.id and n.id = any(%s::bigint[]) and o.state <> 'removed'
                           returning n.community_id, o.state in ('active', 'resting') as was_inside)
           update community_community c set member_count = c.member_count - e.count
             from (select community_id, count(*) as count from ended where was_inside group by 1) e where c.id = e.community_id""",
        (state, list(membership_ids)),
    )


def come_back(*, membership: Membership, at: datetime) -> None:
    """Who rests is active again with one tap. Raises Refusal: resting_until (a leader's decision runs on)."""
    with transaction.atomic():
        locked = Membership.objects.select_for_update().get(pk=membership.pk)
        if locked.state != MembershipState.resting:
            return
        if locked.paused_until and locked.paused_until > at:
            raise Refusal("resting_until")
        Membership.objects.filter(pk=locked.pk).update(
            state=MembershipState.active, seen_at=at, ladder=0, paused_until=None
        )
