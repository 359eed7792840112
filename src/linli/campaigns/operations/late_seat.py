"""A seat that was paid too late: its member chooses another group, one of their own, or the money back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from linli.campaigns.events import GroupFailed
from linli.campaigns.operations.seat import HOLD, count_paid, count_units, locked_groups, locked_seats
from linli.campaigns.queries.campaign import campaigns_by_id, locked_campaigns
from linli.campaigns.rules.seat import campaign_fault
from linli.campaigns.types import CampaignFacts
from linli.core import events, sql
from linli.core.refusal import Refusal
from linli.core.work import work_off

_UNCHOSEN = """
select id from campaigns_seat where state = 'late' and choose_until <= %(at)s and id <> all(%(aside)s::bigint[])
 order by choose_until limit %(most)s
"""


def seat_late(order_no: str, group_id: int, *, at: datetime) -> Refusal | None:
    """Give a late seat a place in another group of its campaign, or (0) a group of its own, at the price it has paid.

    Refusals: not_late, campaign_over, sold_out, campaign_limit, no_such_group, group_over, group_full, already_in_group,
    other_price, newcomers_only.
    """
    known = sql.rows("select campaign_id, group_id from campaigns_seat where order_no = %s", (order_no,))
    if not known:
        return Refusal("not_late")
    locked_campaigns([known[0].campaign_id])
    groups = locked_groups({known[0].group_id, group_id} - {0})
    seats = [seat for seat in locked_seats([order_no]) if seat.state == "late"]
    if not seats:
        return Refusal("not_late")
    [seat] = seats
    campaign = campaigns_by_id([seat.campaign_id])[seat.campaign_id]
    refusal = _fault(seat, campaign, at)
    if group_id and not refusal:
        refusal = _group_fault(seat, campaign, groups.get(group_id), groups[seat.group_id], at)
    if refusal:
        return refusal
    into = group_id or _own_group(seat, campaign.hours, at)
    count_units(HOLD, [(seat.campaign_id, seat.quantity)])
    sql.rows(
        "update campaigns_seat set state = 'paid', choose_until = null, group_id = %s where id = %s",
        (into, seat.id),
    )
    sql.rows("update campaigns_group set taken_count = taken_count + 1 where id = %s", (into,))
    count_paid([into], at=at)
    return None


def _fault(seat: Any, campaign: CampaignFacts, at: datetime) -> Refusal | None:
    if refusal := campaign_fault(campaign, at=at):
        return refusal
    if campaign.available_count < seat.quantity:
        return Refusal("sold_out", {"sku_id": str(campaign.sku_id)})
    had = sql.rows(
        """select coalesce(sum(quantity), 0)::int as units from campaigns_seat where campaign_id = %s and member_id = %s
              and state in ('held', 'paid', 'won')""",
        (seat.campaign_id, seat.member_id),
    )[0].units
    if campaign.per_member and had + seat.quantity > campaign.per_member:
        return Refusal("campaign_limit", {"most": campaign.per_member, "had": had})
    return None


def _group_fault(seat: Any, campaign: CampaignFacts, group: Any, old: Any, at: datetime) -> Refusal | None:
    if group is None or group.campaign_id != seat.campaign_id:
        return Refusal("no_such_group")
    if group.state == "full" or group.taken_count >= group.seats:
        return Refusal("group_full")
    if group.state == "failed" or group.expires_at <= at:
        return Refusal("group_over")
    opened_it = old.initiator_id == seat.member_id
    if (group.price_fen, group.seats) != (old.price_fen, old.seats) or (
        opened_it and campaign.leader_cut_fen
    ):
        return Refusal("other_price")
    if campaign.newcomers_only and opened_it:
        return Refusal("newcomers_only")
    mine = sql.rows(
        """select 1 from campaigns_seat where group_id = %s and member_id = %s and state in ('held', 'paid', 'won', 'lost')""",
        (group.id, seat.member_id),
    )
    return Refusal("already_in_group") if mine else None


def _own_group(seat: Any, hours: int, at: datetime) -> int:
    return sql.rows(
        """insert into campaigns_group (campaign_id, initiator_id, seats, price_fen, taken_count, paid_count, state, opened_at,
                                        expires_at, completed_by_id)
           select campaign_id, %s, seats, price_fen, 0, 0, 'open', %s, %s, 0 from campaigns_group where id = %s returning id""",
        (seat.member_id, at, at + timedelta(hours=hours), seat.group_id),
    )[0].id


def give_up_late_seat(order_no: str) -> bool:
    """The member of a late seat wants the money back. False when there is nothing to give up any more."""
    return bool(_give_up([order_no]))


def expire_late_seats(*, at: datetime) -> int:
    """Whoever did not choose in time gets the money back. Returns how many."""
    return work_off("campaigns.expire_late_seats", _UNCHOSEN, _give_up_due, at=at)


def _give_up_due(seat_ids: Sequence[int]) -> None:
    rows = sql.rows("select order_no from campaigns_seat where id = any(%s::bigint[])", (list(seat_ids),))
    _give_up([row.order_no for row in rows])


def _give_up(order_nos: Sequence[str]) -> list[Any]:
    """In a transaction: the seats stay locked until their orders are told."""
    seats = [seat for seat in locked_seats(order_nos) if seat.state == "late"]
    if seats:
        ids = [seat.id for seat in seats]
        sql.rows("update campaigns_seat set state = 'freed' where id = any(%s::bigint[])", (ids,))
        events.publish([GroupFailed(seat.group_id, [seat.order_no]) for seat in seats])
    return seats
