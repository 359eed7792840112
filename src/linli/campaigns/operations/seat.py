"""Units and seats of campaigns: given with the order, paid for, given back. Lists in, one statement per step.

Locks are taken in the order campaigns, groups, seats, each by id, in every operation here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, LiteralString

from linli.campaigns.events import GroupFilled
from linli.campaigns.queries.campaign import locked_campaigns
from linli.campaigns.queries.sold_out import forget_sold_out, remember_sold_out
from linli.campaigns.rules.seat import SeatAsked, SeatGiven, Table
from linli.community.queries.community import members_among
from linli.core import events, live, sql
from linli.core.refusal import Refusal

CHOOSE_HOURS = 1
HOLD: LiteralString = "available_count = c.available_count - m.units, held_count = c.held_count + m.units"
SELL: LiteralString = "held_count = c.held_count - m.units, sold_count = c.sold_count + m.units"
GIVE_BACK: LiteralString = (
    "available_count = c.available_count + m.units, held_count = c.held_count - m.units"
)

_INSERT_GROUPS = """
insert into campaigns_group (campaign_id, initiator_id, seats, price_fen, taken_count, paid_count, state, opened_at, expires_at, completed_by_id)
select g.campaign_id, g.member_id, g.seats, g.price_fen, 0, 0, 'open', %(at)s, g.expires_at, 0
  from unnest(%(campaigns)s::bigint[], %(members)s::bigint[], %(seats)s::int[], %(prices)s::bigint[], %(expiries)s::timestamptz[])
       with ordinality g(campaign_id, member_id, seats, price_fen, expires_at, n) order by g.n
returning id
"""

_INSERT_SEATS = """
with seat as (
  insert into campaigns_seat (group_id, campaign_id, member_id, order_no, quantity, price_fen, state, taken_at)
  select nullif(s.group_id, 0), s.campaign_id, s.member_id, s.order_no, s.quantity, s.price_fen, 'held', %(at)s
    from unnest(%(groups)s::bigint[], %(campaigns)s::bigint[], %(members)s::bigint[], %(orders)s::text[], %(quantities)s::int[],
                %(prices)s::bigint[]) s(group_id, campaign_id, member_id, order_no, quantity, price_fen)
  returning group_id)
update campaigns_group g set taken_count = g.taken_count + s.seats from (select group_id, count(*) as seats from seat group by 1) s
 where g.id = s.group_id
"""


def take_seats(asked: Sequence[SeatAsked], *, at: datetime) -> list[SeatGiven | Refusal]:
    """Give units, and seats in groups, to orders on their way, in the order of arrival; one refusal never fails its neighbours.

    Refusals: no_such_campaign, not_started, campaign_over, sold_out, campaign_limit, no_such_group, group_over, group_full,
    already_in_group, newcomers_only, community_only, no_such_step, no_such_bargain, bargain_bought, bargain_over.
    """
    if not asked:
        return []
    campaigns = locked_campaigns(one.choice.campaign_id for one in asked)
    groups = locked_groups(one.choice.group_id for one in asked if one.choice.group_id)
    bargains = _locked_bargains(one.choice.bargain_id for one in asked if one.choice.bargain_id)
    table = Table(
        campaigns,
        groups,
        _units_had(asked, campaigns),
        _seated(asked, groups),
        bargains,
        at,
        _inside(asked, campaigns),
    )
    outcomes = [table.serve(one) for one in asked]
    given = [one for one in outcomes if isinstance(one, SeatGiven)]
    count_units(HOLD, [(one.campaign.id, one.asked.quantity) for one in given])
    remember_sold_out([campaign_id for campaign_id, left in table.left.items() if not left], at=at)
    opened = _open_groups([one for one in given if one.opens_group], at)
    given = [replace(one, group_id=opened.get(one.asked.order_no, one.group_id)) for one in given]
    _seat(given, at)
    _claim_bargains([one.asked for one in given if one.asked.choice.bargain_id])
    _tell(one.group_id for one in given)
    seated = {one.asked.order_no: one for one in given}
    return [seated.get(one.asked.order_no, one) if isinstance(one, SeatGiven) else one for one in outcomes]


def _open_groups(given: Sequence[SeatGiven], at: datetime) -> dict[str, int]:
    if not given:
        return {}
    rows = sql.rows(
        _INSERT_GROUPS,
        {
            "campaigns": [one.campaign.id for one in given],
            "members": [one.asked.member_id for one in given],
            "seats": [one.seats for one in given],
            "prices": [one.price_fen for one in given],
            "expiries": [at + timedelta(hours=one.campaign.hours) for one in given],
            "at": at,
        },
    )
    return {one.asked.order_no: row.id for one, row in zip(given, rows, strict=True)}


def _seat(given: Sequence[SeatGiven], at: datetime) -> None:
    if not given:
        return
    sql.rows(
        _INSERT_SEATS,
        {
            "groups": [one.group_id for one in given],
            "campaigns": [one.campaign.id for one in given],
            "members": [one.asked.member_id for one in given],
            "orders": [one.asked.order_no for one in given],
            "quantities": [one.asked.quantity for one in given],
            "prices": [one.price_fen for one in given],
            "at": at,
        },
    )


def _locked_bargains(ids: Iterable[int]) -> dict[int, Any]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = sql.rows(
        """select id, campaign_id, member_id, order_no, expires_at from campaigns_bargain where id = any(%s::bigint[])
            order by id for no key update""",
        (wanted,),
    )
    return {row.id: row for row in rows}


def _claim_bargains(asked: Sequence[SeatAsked]) -> None:
    """A bargain is bought once; nobody can cut it any further."""
    if asked:
        sql.rows(
            """update campaigns_bargain b set order_no = a.order_no from unnest(%s::bigint[], %s::text[]) a(id, order_no)
                where b.id = a.id""",
            ([one.choice.bargain_id for one in asked], [one.order_no for one in asked]),
        )


class Paid(StrEnum):
    """What became of a paid order's seat: sold at once, waiting for its group, or late (its member chooses)."""

    sold = "sold"
    waiting = "waiting"
    late = "late"


def pay_seats(order_nos: Sequence[str], *, at: datetime) -> dict[str, Paid]:
    """Orders that buy by a campaign were paid. Units without a group are sold; a seat waits, and a group whose last seat it
    was is full; a seat of a group that was freed before, or whose group has failed, is late. Others are left out."""
    seats = locked_seats(order_nos)
    groups = locked_groups(seat.group_id for seat in seats if seat.group_id)
    outcomes: dict[str, Paid] = {}
    for seat in seats:
        if seat.state == "held" and not seat.group_id:
            outcomes[seat.order_no] = Paid.sold
        elif seat.state == "held" and groups[seat.group_id].state != "failed":
            outcomes[seat.order_no] = Paid.waiting
        elif seat.state in ("held", "freed") and seat.group_id:
            outcomes[seat.order_no] = Paid.late
    sold, waiting, late = (
        [seat for seat in seats if outcomes.get(seat.order_no) is kind]
        for kind in (Paid.sold, Paid.waiting, Paid.late)
    )
    _set_seats([seat.id for seat in sold], "won")
    count_units(SELL, [(seat.campaign_id, seat.quantity) for seat in sold])
    _set_seats([seat.id for seat in waiting], "paid")
    _be_late(late, at)
    count_paid([seat.group_id for seat in waiting], at=at)
    _tell(seat.group_id for seat in seats)
    return outcomes


def _be_late(seats: Sequence[Any], at: datetime) -> None:
    """A seat that is still held in a failed group gives its place and units back first: late money holds nothing."""
    if not seats:
        return
    held = [seat for seat in seats if seat.state == "held"]
    count_units(GIVE_BACK, [(seat.campaign_id, seat.quantity) for seat in held])
    _leave([seat.group_id for seat in held], at)
    sql.rows(
        "update campaigns_seat set state = 'late', choose_until = %s where id = any(%s::bigint[])",
        (at + timedelta(hours=CHOOSE_HOURS), [seat.id for seat in seats]),
    )


def count_paid(group_ids: Sequence[int], *, at: datetime) -> None:
    """Count paid seats of groups, and tell of those that are full by it (or were already, completed by their merchant)."""
    if not group_ids:
        return
    full = sql.rows(
        """with p as (select id, count(*) as seats from unnest(%s::bigint[]) p(id) group by 1),
                counted as (update campaigns_group g set paid_count = g.paid_count + p.seats,
                                   state = case when g.paid_count + p.seats = g.seats then 'full' else g.state end,
                                   closed_at = case when g.paid_count + p.seats = g.seats then coalesce(g.closed_at, %s) else g.closed_at end
                              from p where g.id = p.id and g.state <> 'failed' returning g.id, g.state)
           select id from counted where state = 'full'""",
        (list(group_ids), at),
    )
    win_groups([row.id for row in full])


def win_groups(group_ids: Sequence[int]) -> None:
    """The paid seats of full groups have won; their orders are told to go on."""
    if not group_ids:
        return
    rows = sql.rows(
        """update campaigns_seat set state = 'won' where group_id = any(%s::bigint[]) and state = 'paid'
           returning group_id, campaign_id, order_no, quantity""",
        (list(group_ids),),
    )
    count_units(SELL, [(row.campaign_id, row.quantity) for row in rows])
    orders: dict[int, list[str]] = {}
    for row in rows:
        orders.setdefault(row.group_id, []).append(row.order_no)
    events.publish([GroupFilled(group_id, sorted(numbers)) for group_id, numbers in orders.items()])
    _tell(group_ids)


def free_seats(order_nos: Sequence[str], *, at: datetime) -> None:
    """Unpaid orders closed: their seats are free for others, a group that nobody sits in any more ends."""
    seats = [seat for seat in locked_seats(order_nos) if seat.state == "held"]
    _set_seats([seat.id for seat in seats], "freed")
    count_units(GIVE_BACK, [(seat.campaign_id, seat.quantity) for seat in seats])
    if seats:
        sql.rows(
            "update campaigns_bargain set order_no = '' where order_no <> '' and order_no = any(%s::text[])",
            ([seat.order_no for seat in seats],),
        )
    groups = [seat.group_id for seat in seats if seat.group_id]
    _leave(groups, at)
    _tell(groups)


def _leave(group_ids: Sequence[int], at: datetime) -> None:
    """Places of groups are free again; an open group that nobody sits in any more ends."""
    if group_ids:
        sql.rows(
            """with f as (select id, count(*) as seats from unnest(%s::bigint[]) f(id) group by 1)
               update campaigns_group g set taken_count = g.taken_count - f.seats,
                      state = case when g.state = 'open' and g.taken_count = f.seats then 'failed' else g.state end,
                      closed_at = case when g.state = 'open' and g.taken_count = f.seats then %s else g.closed_at end
                 from f where g.id = f.id""",
            (list(group_ids), at),
        )


def _tell(group_ids: Iterable[int]) -> None:
    """Whoever watches a group sees it change."""
    live.tell([f"group:{group_id}" for group_id in group_ids if group_id])


def count_units(change: LiteralString, units: Sequence[tuple[int, int]]) -> None:
    """Move units (campaign_id, how many) of campaigns by one of HOLD, SELL, GIVE_BACK; rows are locked in the order of their ids."""
    if not units:
        return
    sums: dict[int, int] = {}
    for campaign_id, count in units:
        sums[campaign_id] = sums.get(campaign_id, 0) + count
    ids = sorted(sums)
    if change is GIVE_BACK:
        forget_sold_out(ids)
    sql.rows(
        "select 1 from campaigns_campaign where id = any(%s::bigint[]) order by id for no key update", (ids,)
    )
    sql.rows(
        f"update campaigns_campaign c set {change} from unnest(%s::bigint[], %s::bigint[]) m(id, units) where c.id = m.id",
        (ids, [sums[i] for i in ids]),
    )


def _set_seats(ids: Sequence[int], state: str) -> None:
    if ids:
        sql.rows("update campaigns_seat set state = %s where id = any(%s::bigint[])", (state, list(ids)))


def locked_seats(order_nos: Iterable[str]) -> list[Any]:
    """Seats by their orders; campaigns and groups first, so that the order of locks is the same everywhere."""
    numbers = sorted(set(order_nos))
    if not numbers:
        return []
    found = sql.rows(
        "select distinct campaign_id, group_id from campaigns_seat where order_no = any(%s::text[])",
        (numbers,),
    )
    if not found:
        return []
    locked_campaigns(row.campaign_id for row in found)
    locked_groups(row.group_id for row in found if row.group_id)
    return sql.rows(
        """select id, group_id, campaign_id, member_id, order_no, quantity, price_fen, state from campaigns_seat
            where order_no = any(%s::text[]) order by id for no key update""",
        (numbers,),
    )


def locked_groups(ids: Iterable[int]) -> dict[int, Any]:
    """Groups by their ids, locked in that order."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = sql.rows(
        """select id, campaign_id, initiator_id, seats, price_fen, taken_count, paid_count, state, expires_at from campaigns_group
            where id = any(%s::bigint[]) order by id for no key update""",
        (wanted,),
    )
    return {row.id: row for row in rows}


def _units_had(asked: Sequence[SeatAsked], campaigns: dict[int, Any]) -> dict[tuple[int, int], int]:
    """Units that members have of limited campaigns already, by (campaign, member)."""
    limited = [one for one in asked if (c := campaigns.get(one.choice.campaign_id)) and c.per_member]
    if not limited:
        return {}
    rows = sql.rows(
        """select u.campaign_id, u.member_id, sum(u.quantity)::int as units
             from (select distinct * from unnest(%s::bigint[], %s::bigint[]) a(campaign_id, member_id)) a
             join campaigns_seat u using (campaign_id, member_id) where u.state in ('held', 'paid', 'won') group by 1, 2""",
        ([one.choice.campaign_id for one in limited], [one.member_id for one in limited]),
    )
    return {(row.campaign_id, row.member_id): row.units for row in rows}


def _inside(asked: Sequence[SeatAsked], campaigns: dict[int, Any]) -> set[tuple[int, int]]:
    """Of those who ask for campaigns of communities: (community, member) pairs that are inside."""
    wanted = {
        (c.community_id, one.member_id)
        for one in asked
        if (c := campaigns.get(one.choice.campaign_id)) and c.community_id
    }
    return members_among(wanted)


def _seated(asked: Sequence[SeatAsked], groups: dict[int, Any]) -> set[tuple[int, int]]:
    if not groups:
        return set()
    rows = sql.rows(
        """select group_id, member_id from campaigns_seat where group_id = any(%s::bigint[]) and member_id = any(%s::bigint[])
              and state in ('held', 'paid', 'won', 'lost')""",
        (list(groups), [one.member_id for one in asked]),
    )
    return {(row.group_id, row.member_id) for row in rows}
