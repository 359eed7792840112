"""Aftersale: a member asks, the merchant decides, the deadline decides when nobody does. Returned goods travel in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Sum

from linli.channels.operations import Told, tell_members
from linli.core import audit
from linli.core.actor import SYSTEM, Actor
from linli.core.codes import new_number
from linli.core.refusal import NamedRefusal, Refusal
from linli.core.settings import value_at
from linli.core.typed import read_reason
from linli.core.work import work_off
from linli.fulfilment.operations import checked_parcel
from linli.payments.events import RefundSettled
from linli.trade.models import (
    OPEN_AFTERSALE,
    Aftersale,
    AftersaleLine,
    AftersaleState,
    Order,
    OrderLine,
    OrderState,
)
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines
from linli.trade.queries.units import units_by_line
from linli.trade.rules.aftersale import LineState, amount_for
from linli.trade.values import DECISION_HOURS, RECEIPT_DAYS, RETURN_DAYS

_DUE = """
select id from trade_aftersale where state in ('asked', 'agreed', 'sent_back') and decide_by <= %(at)s
   and id <> all(%(aside)s::bigint[]) order by decide_by limit %(most)s
"""
KINDS = ("refund", "return")
OPEN_STATES = (OrderState.paid, OrderState.shipped, OrderState.received)


@dataclass(frozen=True)
class AskedLine:
    """What is asked back of an order line: units, or an amount in fen, or all that is left."""

    order_line_id: int
    quantity: int | None = None
    amount_fen: int | None = None


class NotRefundable(NamedRefusal):
    """The order is not in a state that allows an aftersale (unpaid, completed, wholly refunded)."""

    code = "not_refundable"


class AlreadyDecided(NamedRefusal):
    """The aftersale was decided before."""

    code = "already_decided"


class NothingToSend(NamedRefusal):
    """No goods are awaited: the return is not agreed, or is on its way already."""

    code = "nothing_to_send"


def ask_aftersale(
    *, order: Order, kind: str, reason: str, lines: Sequence[AskedLine], actor: Actor, at: datetime
) -> Aftersale:
    """Ask money back for parts of an order. The whole of an unsent order takes its freight with it.

    Raises NotRefundable, and refuses: aftersale_kind, bad_lines, bad_reason, too_much, too_little (less than the units cost).
    """
    reason = read_reason(reason)
    if kind not in KINDS or (order.is_gift and kind == "return"):
        raise Refusal("aftersale_kind", {"field": "kind"})  # who paid for a gift has no goods to send back
    if not reason:
        raise Refusal("bad_reason", {"field": "reason"})
    if not lines or len({line.order_line_id for line in lines}) < len(lines):
        raise Refusal("bad_lines", {"field": "lines"})
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.state not in OPEN_STATES:
            raise NotRefundable
        states = line_states(order)
        parts = [_part(line, states) for line in lines]
        freight_fen = _freight_with(order, states, parts)
        if not freight_fen and not any(part.amount_fen or part.quantity for part in parts):
            raise Refusal("too_much", {"field": "lines"})
        made = Aftersale.objects.create(
            aftersale_no=new_number(at),
            order=order,
            kind=kind,
            reason=reason,
            amount_fen=sum(part.amount_fen for part in parts) + freight_fen,
            freight_fen=freight_fen,
            asked_at=at,
            decide_by=at + timedelta(hours=value_at(DECISION_HOURS, at=at)),
        )
        AftersaleLine.objects.bulk_create(
            AftersaleLine(
                aftersale=made, order_line_id=p.order_line_id, quantity=p.quantity, amount_fen=p.amount_fen
            )
            for p in parts
        )
        audit.record(
            actor=actor, action="ask_aftersale", subject=f"order:{order.order_no}", at=at, fen=made.amount_fen
        )
    return made


def decide_aftersale(
    *, aftersale: Aftersale, accept: bool, reason: str, actor: Actor, at: datetime
) -> Aftersale:
    """Accept or refuse with a reason. Accepted, the money goes back; but goods that were sent come back first: a return is
    agreed, and accepted once they are there. The operator may still accept what a merchant refused.

    Refuses: already_decided, bad_reason (none was given for saying no), not_refundable.
    """
    reason = read_reason(reason)
    if not accept and not reason:
        raise Refusal("bad_reason", {"field": "reason"})
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=aftersale.order_id)
        aftersale = Aftersale.objects.select_for_update().get(pk=aftersale.pk)
        state = aftersale.state
        can_reverse = accept and actor.is_operator and state == AftersaleState.refused
        if state not in (AftersaleState.asked, AftersaleState.sent_back) and not can_reverse:
            raise AlreadyDecided
        comes_back = aftersale.kind == "return" and _is_with_buyer(order, aftersale)
        if not accept:
            aftersale.state = AftersaleState.refused
        elif state == AftersaleState.asked and comes_back:
            aftersale.state = AftersaleState.agreed
            aftersale.decide_by = at + timedelta(days=value_at(RETURN_DAYS, at=at))
        else:
            _give_money_back(aftersale, at)
            aftersale.state = AftersaleState.accepted
            if not aftersale.amount_fen:
                aftersale.state, aftersale.refunded_at = AftersaleState.refunded, at
        aftersale.decision_reason = reason
        aftersale.decided_by_id = actor.member_id
        aftersale.decided_at = at
        aftersale.save()
        audit.record(
            actor=actor,
            action=f"aftersale_{aftersale.state}",
            subject=f"aftersale:{aftersale.aftersale_no}",
            at=at,
            reason=reason,
        )
    return aftersale


def send_back(
    *, aftersale: Aftersale, carrier: str, tracking_no: str, actor: Actor, at: datetime
) -> Aftersale:
    """The member has sent the goods; the merchant has as long as any parcel takes to have and check them.

    Raises NothingToSend, BadParcel.
    """
    carrier, tracking_no = checked_parcel(carrier, tracking_no)
    with transaction.atomic():
        aftersale = Aftersale.objects.select_for_update().get(pk=aftersale.pk)
        if aftersale.state != AftersaleState.agreed:
            raise NothingToSend
        aftersale.state = AftersaleState.sent_back
        aftersale.return_carrier, aftersale.return_tracking_no = carrier, tracking_no
        aftersale.sent_back_at = at
        aftersale.decide_by = at + timedelta(days=value_at(RECEIPT_DAYS, at=at))
        aftersale.save()
        audit.record(
            actor=actor,
            action="send_back",
            subject=f"aftersale:{aftersale.aftersale_no}",
            at=at,
            parcel=tracking_no,
        )
    return aftersale


def withdraw_aftersale(*, aftersale: Aftersale, actor: Actor, at: datetime) -> None:
    """The member takes the wish back, as long as no goods are on their way. Raises AlreadyDecided."""
    takeable = (AftersaleState.asked, AftersaleState.agreed)
    if not Aftersale.objects.filter(pk=aftersale.pk, state__in=takeable).update(
        state=AftersaleState.withdrawn, decided_at=at, decided_by_id=actor.member_id
    ):
        raise AlreadyDecided


def decide_at_deadline(*, at: datetime) -> int:
    """The time of whoever is next is over: a merchant who says nothing agrees, a member who sends nothing takes the wish back."""
    return work_off("trade.decide_aftersales", _DUE, partial(_decide_due, at=at), at=at)


def _decide_due(aftersale_ids: Sequence[int], *, at: datetime) -> None:
    for aftersale in Aftersale.objects.filter(pk__in=aftersale_ids).order_by("decide_by"):
        try:
            if aftersale.state == AftersaleState.agreed:
                withdraw_aftersale(aftersale=aftersale, actor=SYSTEM, at=at)
            else:
                decide_aftersale(aftersale=aftersale, accept=True, reason="deadline", actor=SYSTEM, at=at)
        except AlreadyDecided:
            continue  # somebody was faster


def note_refunds(settled: Sequence[RefundSettled], *, at: datetime) -> None:
    """Money has arrived: its aftersale is refunded, and its buyer hears of it. Safe to hear twice."""
    numbers = {one.reference.removeprefix("aftersale:"): one for one in settled}
    Aftersale.objects.filter(aftersale_no__in=numbers, state=AftersaleState.accepted).update(
        state=AftersaleState.refunded, refunded_at=at
    )
    buyers = dict(
        Order.objects.filter(order_no__in=[one.order_no for one in settled]).values_list(
            "order_no", "member_id"
        )
    )
    tell_members(
        [
            Told(buyers[one.order_no], "refund_arrived", one.reference, f"/orders/{one.order_no}", {"fen": one.amount_fen})
            for one in settled
            if one.order_no in buyers
        ],
        at=at,
    )  # fmt: skip


def line_states(order: Order) -> dict[int, LineState]:
    """Each line of an order with what is refunded and asked, by line id."""
    asked = {
        row["order_line"]: (row["fen"], row["units"])
        for row in AftersaleLine.objects.filter(aftersale__order=order, aftersale__state__in=OPEN_AFTERSALE)
        .values("order_line")
        .annotate(fen=Sum("amount_fen"), units=Sum("quantity"))
    }
    return {
        line.pk: LineState(
            line.quantity,
            line.total_fen,
            line.refunded_fen,
            line.refunded_quantity,
            *asked.get(line.pk, (0, 0)),
        )
        for line in OrderLine.objects.filter(order=order)
    }


def _part(asked: AskedLine, states: dict[int, LineState]) -> LineRefund:
    state = states.get(asked.order_line_id)
    if state is None:
        raise Refusal("bad_lines", {"field": "lines"})
    if asked.amount_fen is not None:
        quantity = asked.quantity or 0
        if not 0 < asked.amount_fen <= state.left_fen or not 0 <= quantity <= state.left_quantity:
            raise Refusal("too_much", {"field": "lines"})
        if quantity and asked.amount_fen < amount_for(state, quantity):
            raise Refusal("too_little", {"field": "lines"})  # units that are back are paid back
        # All the money is all the units, whatever was typed.
        units = state.left_quantity if asked.amount_fen == state.left_fen else quantity
        return LineRefund(asked.order_line_id, asked.amount_fen, units)
    quantity = state.left_quantity if asked.quantity is None else asked.quantity
    if not 1 <= quantity <= state.left_quantity:
        raise Refusal("too_much", {"field": "lines"})
    return LineRefund(asked.order_line_id, amount_for(state, quantity), quantity)


def _freight_with(order: Order, states: dict[int, LineState], parts: Sequence[LineRefund]) -> int:
    if order.state != OrderState.paid:
        return 0
    asked = {part.order_line_id: (part.amount_fen, part.quantity) for part in parts}
    is_whole = all(
        (state.left_fen, state.left_quantity) == asked.get(pk, (0, 0)) for pk, state in states.items()
    )
    return order.freight_fen - order.freight_refunded_fen if is_whole else 0


def _is_with_buyer(order: Order, aftersale: Aftersale) -> bool:
    """Whether anything that is asked back was sent: what never left the store cannot come back."""
    units = units_by_line(order)
    return any(units[line.order_line_id].with_buyer for line in aftersale.lines.all())


def _give_money_back(aftersale: Aftersale, at: datetime) -> None:
    [refused] = refund_lines([_request(aftersale)], at=at)
    if refused:
        raise NotRefundable
    _withdraw_what_is_left(aftersale, at)


def _withdraw_what_is_left(accepted: Aftersale, at: datetime) -> None:
    """Other wishes that can no longer be fulfilled, since the money is gone back already, end with this one."""
    for other in Aftersale.objects.filter(order=accepted.order_id, state__in=OPEN_AFTERSALE).exclude(
        pk=accepted.pk
    ):
        parts = other.lines.select_related("order_line")
        if any(x.amount_fen > x.order_line.total_fen - x.order_line.refunded_fen for x in parts):
            Aftersale.objects.filter(pk=other.pk).update(
                state=AftersaleState.withdrawn,
                decided_at=at,
                decision_reason="refunded_otherwise",
            )


def _request(aftersale: Aftersale) -> RefundRequest:
    """What goes back now: the parts, and the freight of an unsent order once nothing of its goods is left."""
    order = aftersale.order
    parts = {x.order_line_id: x for x in aftersale.lines.all()}
    is_whole = order.state == OrderState.paid and all(
        _is_all(line, parts.get(line.pk)) for line in order.lines.all()
    )
    aftersale.freight_fen = order.freight_fen - order.freight_refunded_fen if is_whole else 0
    aftersale.amount_fen = sum(x.amount_fen for x in parts.values()) + aftersale.freight_fen
    return RefundRequest(
        order_id=aftersale.order_id,
        reference=f"aftersale:{aftersale.aftersale_no}",
        lines=tuple(LineRefund(x.order_line_id, x.amount_fen, x.quantity) for x in parts.values()),
        freight_fen=aftersale.freight_fen,
        reason=aftersale.reason,
        kind=aftersale.kind,
    )


def _is_all(line: OrderLine, part: AftersaleLine | None) -> bool:
    """Whether nothing of a line is left after a part: neither money nor units."""
    fen, units = (part.amount_fen, part.quantity) if part else (0, 0)
    return (line.refunded_fen + fen, line.refunded_quantity + units) == (line.total_fen, line.quantity)
