"""An order travels: shipped by the merchant, received by the member or by the passing of time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from linli.campaigns.models import GiftShare
from linli.core import audit, sql
from linli.core.actor import Actor
from linli.core.settings import AFTERSALE_DAYS, RECEIPT_DAYS, value_at
from linli.core.work import work_off
from linli.fulfilment.operations import receive_parcels, send_parcel
from linli.trade.models import Order, OrderState

_UNDER_WAY = """
select id from trade_order where state = 'shipped' and shipped_at <= %(before)s and id <> all(%(aside)s::bigint[])
 order by shipped_at limit %(most)s
"""


class NotShippable(Exception):
    """Only a paid order can be sent (or a shipped one sent a further parcel)."""


class NotReceivable(Exception):
    """Only an order on its way can be received."""


class BadParcelLines(ValueError):
    """A line is not of this order, or has not that many units."""


def ship_order(
    *, order: Order, carrier: str, tracking_no: str, lines: Sequence[dict] = (), actor: Actor, at: datetime
) -> None:
    """The merchant sends a parcel (all lines when none are named). Raises NotShippable, BadParcel, BadParcelLines."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.state not in (OrderState.paid, OrderState.shipped):
            raise NotShippable(order.order_no)
        units = {line.pk: line.quantity - line.refunded_quantity for line in order.lines.all()}
        named = [{"order_line_id": int(x["order_line_id"]), "quantity": int(x["quantity"])} for x in lines]
        if any(not 1 <= x["quantity"] <= units.get(x["order_line_id"], 0) for x in named):
            raise BadParcelLines(order.order_no)
        whole = [{"order_line_id": pk, "quantity": left} for pk, left in units.items() if left]
        if not named and not whole:
            raise NotShippable(order.order_no)
        send_parcel(
            order_no=order.order_no,
            merchant_id=order.merchant_id,
            carrier=carrier,
            tracking_no=tracking_no,
            lines=named or whole,
            at=at,
        )
        if order.state == OrderState.paid:
            order.state, order.shipped_at = OrderState.shipped, at
            order.save(update_fields=["state", "shipped_at"])
        audit.record(
            actor=actor, action="ship", subject=f"order:{order.order_no}", at=at, tracking_no=tracking_no
        )


def confirm_receipt(*, order: Order, actor: Actor, at: datetime) -> None:
    """The member has it, of a gift whoever took it; the aftersale window begins. Raises NotReceivable; a second time changes
    nothing."""
    if order.is_gift and not GiftShare.objects.visible_to(actor).filter(order_no=order.order_no).exists():
        raise NotReceivable(order.order_no)
    if order.state in (OrderState.received, OrderState.completed):
        return
    if not _receive([order.pk], at=at):
        raise NotReceivable(order.order_no)


def receive_after_time(*, at: datetime) -> int:
    """Parcels that nobody confirmed count as received after RECEIPT_DAYS."""
    before = at - timedelta(days=value_at(RECEIPT_DAYS, at=at))
    receive = partial(_receive, at=at)
    return work_off("trade.receive_orders", _UNDER_WAY, receive, at=at, parameters={"before": before})


def _receive(order_ids: Sequence[int], *, at: datetime) -> int:
    if not order_ids:
        return 0
    completes_at = at + timedelta(days=value_at(AFTERSALE_DAYS, at=at))
    with transaction.atomic():
        rows = sql.rows(
            """update trade_order set state = 'received', received_at = %s, completes_at = %s
                where id in (select id from trade_order where id = any(%s::bigint[]) and state = 'shipped' order by id for no key update)
                returning order_no""",
            (at, completes_at, sorted(order_ids)),
        )
        receive_parcels([row.order_no for row in rows], at=at)
    return len(rows)
