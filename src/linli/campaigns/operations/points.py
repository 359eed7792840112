"""Points are granted, spent with an order oldest first, given back, and expire. Lists in, one statement per step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from linli.campaigns.models import PointGrant
from linli.campaigns.rules.points import check_in_points, streak_until
from linli.core import sql
from linli.core.clock import shop_day
from linli.core.refusal import NamedRefusal
from linli.core.work import work_off
from linli.ledger.operations import post
from linli.ledger.types import PLATFORM, Code, Entry, Leg

VALID_DAYS = 365
_OVER = """
select id from campaigns_pointgrant where left_count > 0 and expires_at <= %(at)s and id <> all(%(aside)s::bigint[])
 order by expires_at limit %(most)s for no key update skip locked
"""


class CheckedIn(NamedRefusal):
    """The member has checked in today."""

    code = "checked_in"


@dataclass(frozen=True)
class Granted:
    """Points to be given to a member, once for a kind and reference."""

    member_id: int
    kind: str
    reference: str
    count: int


@dataclass(frozen=True)
class PointsBack:
    """Points of a checkout that go back, once for a reference (the refund's)."""

    reference: str
    checkout_no: str
    count: int


def grant_points(granted: Sequence[Granted], *, at: datetime) -> int:
    """Give points; what was given before is not given again. Returns to how many they were given."""
    with transaction.atomic():
        rows = sql.rows(
            """insert into campaigns_pointgrant (member_id, kind, reference, count, left_count, granted_at, expires_at)
               select g.member_id, g.kind, g.reference, g.count, g.count, %(at)s, %(until)s
                 from unnest(%(members)s::bigint[], %(kinds)s::text[], %(references)s::text[], %(counts)s::bigint[])
                      g(member_id, kind, reference, count) where g.count > 0
               on conflict (member_id, kind, reference) do nothing
               returning id, member_id, count""",
            {
                "members": [one.member_id for one in granted],
                "kinds": [one.kind for one in granted],
                "references": [one.reference for one in granted],
                "counts": [one.count for one in granted],
                "at": at,
                "until": at + timedelta(days=VALID_DAYS),
            },
        )
        given = [(f"points:{row.id}", row.member_id, -row.count) for row in rows]
        post(_entries("points", given, Code.points_cost, at))
    return len(rows)


def check_in(*, member_id: int, at: datetime) -> int:
    """Check in for today (the shop's day); the longer without a gap, the more. Returns the points. Raises CheckedIn."""
    today = shop_day(at)
    days = check_in_days(member_id)
    count = check_in_points(streak_until(days, today) + 1)
    if not grant_points([Granted(member_id, "check_in", today.isoformat(), count)], at=at):
        raise CheckedIn
    return count


def check_in_days(member_id: int) -> list[date]:
    """The last days that a member checked in on, newest first."""
    found = PointGrant.objects.filter(member_id=member_id, kind="check_in").values_list(
        "reference", flat=True
    )
    return [date.fromisoformat(day) for day in found[:60]]


def spend_points(asked: Sequence[tuple[str, int, int]], *, at: datetime) -> list[bool]:
    """Take points for checkouts (number, member, points), oldest first, all or none, in the order of arrival; whether each
    had enough."""
    wanted = [one for one in asked if one[2]]
    if not wanted:
        return [True] * len(asked)
    grants = sql.rows(
        """select id, member_id, left_count from campaigns_pointgrant where member_id = any(%s::bigint[]) and left_count > 0
              and expires_at > %s order by id for no key update""",
        (sorted({member_id for _, member_id, _ in wanted}), at),
    )
    left = {row.id: row.left_count for row in grants}
    taken: list[tuple[int, str, int]] = []
    outcomes = []
    for checkout_no, member_id, count in asked:
        mine = [row.id for row in grants if row.member_id == member_id]
        outcomes.append(sum(left[grant] for grant in mine) >= count)
        if not outcomes[-1]:
            continue
        for grant in mine:
            part = min(left[grant], count)
            if part:
                left[grant] -= part
                count -= part
                taken.append((grant, checkout_no, part))
    sql.rows(
        """with t as (select * from unnest(%(grants)s::bigint[], %(checkouts)s::text[], %(counts)s::bigint[]) t(grant_id, checkout_no, count)),
                spent as (insert into campaigns_pointspending (grant_id, checkout_no, count, state, spent_at, back_count)
                          select grant_id, checkout_no, count, 'held', %(at)s, 0 from t)
           update campaigns_pointgrant g set left_count = g.left_count - s.count
             from (select grant_id, sum(count) as count from t group by 1) s where g.id = s.grant_id""",
        {
            "grants": [grant for grant, _, _ in taken],
            "checkouts": [checkout_no for _, checkout_no, _ in taken],
            "counts": [count for *_, count in taken],
            "at": at,
        },
    )
    return outcomes


def release_points(checkout_nos: Sequence[str], *, at: datetime) -> None:
    """Orders closed without being paid: their points are back where they came from."""
    _give_back([(row, row.left_count) for row in _taken(checkout_nos, "held")], at)


def use_points(checkout_nos: Sequence[str], *, at: datetime) -> list[Entry]:
    """Orders were paid: their points are spent, and the ledger owes them no more (the orders' own posting has the cost): the
    entries are to be posted after the orders' stock, as all are."""
    rows = sql.rows(
        """with spent as (update campaigns_pointspending set state = 'spent' where id in (
                            select id from campaigns_pointspending where checkout_no = any(%s::text[]) and state = 'held'
                             order by id for no key update) returning grant_id, checkout_no, count)
           select s.checkout_no, g.member_id, sum(s.count)::bigint as count from spent s join campaigns_pointgrant g on g.id = s.grant_id
            group by 1, 2""",
        (list(checkout_nos),),
    )
    spent = [(f"points_used:{row.checkout_no}", row.member_id, row.count) for row in rows]
    return _entries("points_used", spent, Code.campaign_cost, at)


def return_points(asked: Sequence[PointsBack], *, at: datetime) -> list[Entry]:
    """What points had paid for went back: they are their member's again, those first that hold longest (one that has ended
    meanwhile ends anew with the next day). The entries are to be posted after the orders' stock, as all are."""
    wanted = [one for one in asked if one.count]
    if not wanted:
        return []
    taken = _taken([one.checkout_no for one in wanted], "spent")
    left = {row.id: row.left_count for row in taken}
    parts, moves = [], []
    for one in wanted:
        count = one.count
        for row in sorted(taken, key=lambda row: row.expires_at, reverse=True):
            part = min(left[row.id], count) if row.checkout_no == one.checkout_no else 0
            if part:
                left[row.id] -= part
                count -= part
                parts.append((row, part))
                moves.append((f"points_back:{one.reference}:{row.id}", row.member_id, -part))
    _give_back(parts, at)
    return _entries("points_back", moves, Code.campaign_cost, at)


def _taken(checkout_nos: Sequence[str], state: str) -> list[Any]:
    """What checkouts took and did not give back, with its grants, locked."""
    return sql.rows(
        """select s.id, s.checkout_no, s.count - s.back_count as left_count, g.id as grant_id, g.member_id, g.expires_at
             from campaigns_pointspending s join campaigns_pointgrant g on g.id = s.grant_id
            where s.checkout_no = any(%s::text[]) and s.state = %s order by g.id, s.id for no key update""",
        (list(checkout_nos), state),
    )


def _give_back(parts: Sequence[tuple[Any, int]], at: datetime) -> None:
    """Parts of spendings are left in their grants again."""
    if not parts:
        return
    sql.rows(
        """with part as (select id, grant_id, sum(count)::bigint as count
                           from unnest(%(ids)s::bigint[], %(grants)s::bigint[], %(counts)s::bigint[]) p(id, grant_id, count) group by 1, 2),
                back as (update campaigns_pointspending s set back_count = s.back_count + p.count, back_at = %(at)s,
                                state = case when s.back_count + p.count < s.count then s.state when s.state = 'held' then 'freed' else 'back' end
                           from part p where s.id = p.id)
           update campaigns_pointgrant g set left_count = g.left_count + p.count
             from (select grant_id, sum(count) as count from part group by 1) p where g.id = p.grant_id""",
        {
            "ids": [row.id for row, _ in parts],
            "grants": [row.grant_id for row, _ in parts],
            "counts": [count for _, count in parts],
            "at": at,
        },
    )


def expire_points(*, at: datetime) -> int:
    """Points whose time is over are breakage. Returns how many grants."""
    return work_off("campaigns.expire_points", _OVER, partial(_expire, at=at), at=at)


def _expire(grant_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        """with due as (select id, left_count from campaigns_pointgrant where id = any(%s::bigint[]))
           update campaigns_pointgrant g set left_count = 0 from due where g.id = due.id
           returning g.id, g.member_id, due.left_count as count""",
        (list(grant_ids),),
    )
    # A grant can end twice: points that a refund gave back end too.
    ended = [(f"points_ended:{row.id}:{at:%Y%m%d%H%M%S%f}", row.member_id, row.count) for row in rows]
    post(_entries("points_ended", ended, Code.breakage, at))


def _entries(kind: str, moves: Sequence[tuple[str, int, int]], against: Code, at: datetime) -> list[Entry]:
    """Moves (key, member, points): positive is owed no more."""
    return [
        Entry(
            key,
            kind,
            f"member:{member_id}",
            (Leg(Code.points_owed, member_id, count), Leg(against, PLATFORM, -count)),
            at,
        )
        for key, member_id, count in moves
    ]
