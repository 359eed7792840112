"""Fees for coming into a community: asked, paid, kept or given back. The money is held until it can no longer go back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from linli.channels.operations import Told, tell_members
from linli.community.models import Community, EntryKind, Membership
from linli.community.operations.join import join_communities, lock_community
from linli.community.queries.community import members_inside
from linli.community.rules.intake import INSIDE, WAITING
from linli.community.types import JoinAsked, Joined
from linli.core import sql
from linli.core.actor import Actor
from linli.core.codes import new_number
from linli.core.refusal import Refusal
from linli.core.settings import value_at
from linli.core.work import work_off
from linli.ledger.operations import post
from linli.ledger.types import PLATFORM, Code, Entry, Leg
from linli.payments.adapters.registry import gateway
from linli.payments.events import PaymentSucceeded
from linli.payments.models import ChargeState
from linli.payments.operations.charge import OpenedCharge, close_charges, open_charges
from linli.payments.operations.refund import RefundAsked, ask_refunds
from linli.payments.operations.surplus import Surplus, give_back
from linli.payments.types import ChargeAsked
from linli.trade.models import EntryFee, FeeState
from linli.trade.rules.entry_fee import RETURN_DAYS, becomes
from linli.trade.values import UNPAID_MINUTES

PREFIX = "fee:"
_STANDS = """
select f.id, case when c.closed_at is not null then 'closed' else coalesce(m.state, '') end as state from trade_entryfee f
  join community_community c on c.id = f.community_id
  left join community_membership m on m.community_id = f.community_id and m.member_id = f.member_id
 where f.id = any(%s::bigint[])
"""
_SETTLED = """
select f.id from trade_entryfee f
  join community_community c on c.id = f.community_id
  left join community_membership m on m.community_id = f.community_id and m.member_id = f.member_id
 where f.state = 'paid' and f.id <> all(%(aside)s::bigint[])
   and (c.closed_at is not null or coalesce(m.state, '') <> all(%(known)s::text[])
        or m.state = any(%(inside)s::text[]) and (f.entered_at is null or f.is_final or f.entered_at <= %(before)s))
 order by f.id limit %(most)s for no key update of f skip locked
"""
# A charge that was paid meanwhile is about to be taken, and is looked at again then.
_UNPAID = """
select f.id from trade_entryfee f left join payments_charge c on c.id = f.charge_id
 where f.state = 'open' and f.expires_at <= %(at)s and f.id <> all(%(aside)s::bigint[])
   and coalesce(c.state, 'open') <> 'succeeded' order by f.id limit %(most)s for update of f skip locked
"""
TAKEN = (FeeState.paid, FeeState.earned, FeeState.returned)


def charge_fee(
    *, community: Community, shown_fen: int, gateway_name: str, actor: Actor, at: datetime
) -> OpenedCharge:
    """A charge for coming in: the open one, or a new one.

    Raises Refusal: no_such_community, price_changed, inside_already, removed_before, already_paid;
    NoSuchGateway.
    """
    with transaction.atomic():
        locked = lock_community(community.pk)
        _demand_way_in(locked, shown_fen, actor)
        known = (
            EntryFee.objects.select_for_update(of=("self",))
            .select_related("charge")
            .filter(community=locked, member_id=actor.member_id, state__in=(FeeState.open, FeeState.paid))
            .first()
        )
        if known and known.charge:
            is_same = known.amount_fen == shown_fen and known.charge.gateway == gateway_name
            if known.state == FeeState.paid or known.charge.state == ChargeState.succeeded:
                raise Refusal("already_paid")
            if is_same and known.charge.state == ChargeState.open and known.expires_at > at:
                return OpenedCharge(
                    known.charge.pk,
                    known.charge.charge_no,
                    gateway(gateway_name).pay_path(known.charge.charge_no),
                )
            if not _close([known]):
                raise Refusal("already_paid")
        expires_at = at + timedelta(minutes=value_at(UNPAID_MINUTES, at=at))
        fee = EntryFee.objects.create(
            fee_no=new_number(at), community=locked, member_id=actor.member_id, amount_fen=shown_fen, created_at=at,
            expires_at=expires_at, is_final=_came_and_went(locked.pk, actor.member_id),
        )  # fmt: skip
        [opened] = open_charges(
            [ChargeAsked(actor.member_id, f"{PREFIX}{fee.fee_no}", shown_fen, gateway_name, expires_at)],
            at=at,
        )
        EntryFee.objects.filter(pk=fee.pk).update(charge_id=opened.charge_id)
        return opened


def _demand_way_in(community: Community, shown_fen: int, actor: Actor) -> None:
    if community.closed_at or community.entry_kind != EntryKind.fee:
        raise Refusal("no_such_community")
    if community.entry_fee_fen != shown_fen:
        raise Refusal("price_changed")
    mine = Membership.objects.filter(community=community, member_id=actor.member_id).values_list(
        "state", flat=True
    )
    if set(mine) & {*INSIDE, *WAITING}:
        raise Refusal("inside_already")
    if set(mine) & {"removed"}:
        raise Refusal("removed_before")


def _came_and_went(community_id: int, member_id: int) -> bool:
    """Whether they had their money back after having been inside: that is once for everybody."""
    return (
        EntryFee.objects.filter(community_id=community_id, member_id=member_id, state=FeeState.returned)
        .exclude(entered_at=None)
        .exists()
    )


def take_fees(paid: Sequence[PaymentSucceeded], *, at: datetime) -> None:
    """Take successful charges of fees, each once: their members come in, or into the line. Money that comes twice, of another
    amount, or when the charge was closed, goes back."""
    if not paid:
        return
    with transaction.atomic():
        fees = {fee.fee_no: fee for fee in _locked([one.purpose.removeprefix(PREFIX) for one in paid])}
        inside = _inside_already([fee for fee in fees.values() if fee.state == FeeState.open])
        back: list[Surplus] = []
        taken: dict[int, tuple[EntryFee, PaymentSucceeded]] = {}
        refused: list[EntryFee] = []
        for one in paid:
            fee = fees.get(one.purpose.removeprefix(PREFIX))
            if fee and fee.charge_id == one.charge_id and (fee.state in TAKEN or fee.pk in taken):
                continue  # it was taken before
            if fee and fee.charge_id == one.charge_id and fee.pk in inside:
                back.append(Surplus(one, fee.fee_no, one.amount_fen, "inside_already"))
            elif fee and fee.charge_id == one.charge_id and fee.amount_fen != one.amount_fen:
                back.append(Surplus(one, fee.fee_no, one.amount_fen, "amount_differs"))
                refused.append(fee)
            elif fee and fee.charge_id == one.charge_id and fee.state == FeeState.open:
                taken[fee.pk] = (fee, one)
            else:
                back.append(Surplus(one, fee.fee_no if fee else one.purpose, one.amount_fen, "order_closed"))
        for fee, one in taken.values():
            fee.state, fee.paid_at = FeeState.paid, datetime.fromisoformat(one.paid_at)
        EntryFee.objects.bulk_update([fee for fee, _ in taken.values()], ["state", "paid_at"])
        EntryFee.objects.filter(pk__in=[*inside, *(fee.pk for fee in refused)]).update(state=FeeState.closed)
        post(
            [
                _entry("fee_paid", fee, Code.gateway, Code.fee_held, fee.paid_at or at)
                for fee, _ in taken.values()
            ]
        )
        give_back(back, at=at)
        tell_members([_told("amount_differs", fee) for fee in refused], at=at)
        fees_now = [fee for fee, _ in taken.values()]
        outcomes = join_communities(
            [JoinAsked(fee.community_id, fee.member_id, has_paid=True) for fee in fees_now], at=at
        )
        entered = [
            fee.pk
            for fee, outcome in zip(fees_now, outcomes, strict=True)
            if isinstance(outcome, Joined) and outcome.state in INSIDE
        ]
        EntryFee.objects.filter(pk__in=entered).update(entered_at=at)


def _locked(fee_nos: Sequence[str]) -> list[EntryFee]:
    """Fees, locked after their communities as everywhere: what is charged, and who comes in, is decided under that lock."""
    sql.rows(
        """select id from community_community where id in (select community_id from trade_entryfee where fee_no = any(%s::text[]))
            order by id for no key update""",
        (list(fee_nos),),
    )
    return list(EntryFee.objects.select_for_update().filter(fee_no__in=fee_nos).order_by("pk"))


def _inside_already(fees: Sequence[EntryFee]) -> set[int]:
    """Of fees those whose members came in meanwhile without paying: their money buys nothing."""
    inside = members_inside({(fee.community_id, fee.member_id) for fee in fees})
    return {fee.pk for fee in fees if (fee.community_id, fee.member_id) in inside}


def settle_fees(*, at: datetime) -> int:
    """Paid fees are earned when they can no longer go back, or go back to those who are not inside. Returns how many."""
    parameters = {
        "known": [*INSIDE, *WAITING],
        "inside": list(INSIDE),
        "before": at - timedelta(days=RETURN_DAYS),
    }
    return work_off("trade.settle_fees", _SETTLED, partial(_settle, at=at), at=at, parameters=parameters)


def _settle(fee_ids: Sequence[int], *, at: datetime) -> None:
    stands = {row.id: row.state for row in sql.rows(_STANDS, (list(fee_ids),))}
    fees = list(EntryFee.objects.filter(pk__in=stands).select_related("community").order_by("pk"))
    for fee in fees:
        if stands[fee.pk] in INSIDE and fee.entered_at is None:
            fee.entered_at = at
        outcome = becomes(stands[fee.pk], entered_at=fee.entered_at, is_final=fee.is_final, at=at)
        if outcome:
            fee.state, fee.ended_at = FeeState(outcome), at
    EntryFee.objects.bulk_update(fees, ["state", "entered_at", "ended_at"])
    earned = [fee for fee in fees if fee.state == FeeState.earned]
    returned = [fee for fee in fees if fee.state == FeeState.returned]
    post([_entry("fee_earned", fee, Code.fee_held, Code.entry_fee, at) for fee in earned])
    post([_entry("refund:fee", fee, Code.fee_held, Code.refund_payable, at) for fee in returned])
    ask_refunds(
        [
            RefundAsked(fee.charge_id or 0, f"fee:{fee.fee_no}", fee.fee_no, fee.amount_fen, "not_inside")
            for fee in returned
        ],
        at=at,
    )
    tell_members([_told("fee_returned", fee) for fee in returned], at=at)


def _told(code: str, fee: EntryFee) -> Told:
    values = {"name": fee.community.name, "fen": fee.amount_fen}
    return Told(fee.member_id, code, fee.fee_no, f"/c/{fee.community_id}", values)


def _entry(kind: str, fee: EntryFee, debit: Code, credit: Code, at: datetime) -> Entry:
    legs = (Leg(debit, PLATFORM, fee.amount_fen), Leg(credit, PLATFORM, -fee.amount_fen))
    return Entry(f"{kind}:{fee.fee_no}", kind.replace(":", "_"), fee.fee_no, legs, at)


def close_unpaid_fees(*, at: datetime) -> int:
    """Nobody paid in time. Money that comes later goes back. Returns how many were looked at."""
    return work_off("trade.close_unpaid_fees", _UNPAID, _close_due, at=at)


def _close_due(fee_ids: Sequence[int]) -> None:
    _close(list(EntryFee.objects.filter(pk__in=fee_ids).order_by("pk")))


def _close(fees: Sequence[EntryFee]) -> int:
    """Close fees whose charges could be closed; a charge that was paid meanwhile is about to be taken."""
    closed = close_charges([fee.charge_id for fee in fees if fee.charge_id])
    gone = [fee.pk for fee in fees if fee.charge_id in closed]
    return EntryFee.objects.filter(pk__in=gone).update(state=FeeState.closed)
