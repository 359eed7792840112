"""An order travels: shipped by the merchant, received by the member or by the passing of time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from linli.campaigns.models import GiftShare
from linli.core import audit, sql
from linli.core.actor import Actor
from linli.core.refusal import NamedRefusal
from linli.core.settings import value_at
from linli.core.work import work_off
from linli.fulfilment.models import Shipment
from linli.fulfilment.operations import (
    ParcelKnown,
    checked_parcel,
    correct_parcel,
    receive_parcels,
    send_parcel,
)
from linli.merchants.values import AFTERSALE_DAYS
from linli.trade.models import Order, OrderState
from linli.trade.operations.index_orders import index_orders
from linli.trade.queries.units import units_by_line
from linli.trade.values import RECEIPT_DAYS

_UNDER_WAY = """
select id from trade_order o where state = 'shipped' and shipped_at <= %(before)s and id <> all(%(aside)s::bigint[])
   and not exists (select 1 from trade_orderline l where l.order_id = o.id and l.quantity > l.shipped_quantity + l.never_sent_quantity)
 order by shipped_at limit %(most)s
"""


class NotShippable(NamedRefusal):
    """Nothing of the order can be sent: it is not paid, or all of it is on its way or refunded."""

    code = "not_shippable"


class RefundAsked(NamedRefusal):
    """The buyer asks for the money of what is not sent yet; that is decided first."""

    code = "refund_asked"


class NotReceivable(NamedRefusal):
    """Only an order on its way can be received."""

    code = "not_receivable"


class BadParcelLines(NamedRefusal):
    """A line is not of this order, or has not that many units to send."""

    code = "bad_parcel_lines"


def ship_order(
    *, order: Order, carrier: str, tracking_no: str, lines: Sequence[dict] = (), actor: Actor, at: datetime
) -> bool:
    """The merchant sends a parcel of the named units (of all that may be sent when none are named). The same parcel a second time
    is the same: False.

    Raises NotShippable, RefundAsked, BadParcel, BadParcelLines, ParcelKnown (with other units).
    """
    carrier, tracking_no = checked_parcel(carrier, tracking_no)
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        named = [{"order_line_id": int(x["order_line_id"]), "quantity": int(x["quantity"])} for x in lines]
        known = Shipment.objects.filter(order_no=order.order_no, carrier=carrier, tracking_no=tracking_no)
        if kept := known.first():
            if named and _sorted(named) != _sorted(kept.lines):
                raise ParcelKnown
            if not named and any(one.to_ship for one in units_by_line(order).values()):
                raise ParcelKnown  # all that is left would go, under the number of what has gone
            return False
        sending = _sending(order, named)
        send_parcel(
            order_no=order.order_no, merchant_id=order.merchant_id, carrier=carrier, tracking_no=tracking_no, lines=sending, at=at
        )  # fmt: skip
        sql.rows(
            """update trade_orderline l set shipped_quantity = l.shipped_quantity + s.quantity
                 from unnest(%s::bigint[], %s::int[]) s(id, quantity) where l.id = s.id""",
            ([x["order_line_id"] for x in sending], [x["quantity"] for x in sending]),
        )
        # Of the latest parcel: an order counts as received so many days after all of it has left.
        order.state, order.shipped_at = OrderState.shipped, at
        order.save(update_fields=["state", "shipped_at"])
        index_orders([order.order_no])
        audit.record(
            actor=actor, action="ship", subject=f"order:{order.order_no}", at=at, tracking_no=tracking_no
        )
    return True


def correct_shipment(
    *, order: Order, shipment_id: int, carrier: str, tracking_no: str, actor: Actor, at: datetime
) -> None:
    """The merchant mends a wrong carrier or number. Raises BadParcel, ParcelKnown, BadParcelLines (no such parcel of this order)."""
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=order.pk)
        shipment = Shipment.objects.filter(pk=shipment_id, order_no=order.order_no).first()
        if shipment is None:
            raise BadParcelLines
        correct_parcel(shipment=shipment, carrier=carrier, tracking_no=tracking_no)
        index_orders([order.order_no])
        audit.record(
            actor=actor,
            action="correct_parcel",
            subject=f"order:{order.order_no}",
            at=at,
            before=shipment.tracking_no,
            after=tracking_no,
        )


def _sorted(lines: Sequence[dict]) -> list[tuple[int, int]]:
    return sorted((x["order_line_id"], x["quantity"]) for x in lines)


def _sending(order: Order, named: Sequence[dict]) -> list[dict]:
    """The units of a new parcel. Raises NotShippable, RefundAsked, BadParcelLines."""
    if order.state not in (OrderState.paid, OrderState.shipped):
        raise NotShippable
    units = units_by_line(order)
    whole = [{"order_line_id": pk, "quantity": one.to_ship} for pk, one in units.items() if one.to_ship]
    if len({x["order_line_id"] for x in named}) < len(named):
        raise BadParcelLines
    for x in named:
        line = units.get(x["order_line_id"])
        if line is None or not 1 <= x["quantity"] <= line.unsent:
            raise BadParcelLines
        if x["quantity"] > line.to_ship:
            raise RefundAsked
    if not whole:
        raise RefundAsked if any(one.unsent for one in units.values()) else NotShippable
    return list(named) or whole


def confirm_receipt(*, order: Order, actor: Actor, at: datetime) -> None:
    """The member has it, of a gift whoever took it; the aftersale window begins. While something of the order is still in the store,
    only its parcels have arrived. Raises NotReceivable; a second time changes nothing."""
    if order.is_gift and not GiftShare.objects.visible_to(actor).filter(order_no=order.order_no).exists():
        raise NotReceivable
    if order.state in (OrderState.received, OrderState.completed):
        return
    if order.state != OrderState.shipped:
        raise NotReceivable
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=order.pk)
        receive_parcels([order.order_no], at=at)
        close_arrived([order.pk], at=at)


def receive_after_time(*, at: datetime) -> int:
    """Parcels that nobody confirmed count as received after RECEIPT_DAYS."""
    before = at - timedelta(days=value_at(RECEIPT_DAYS, at=at))
    receive = partial(_receive, at=at)
    return work_off("trade.receive_orders", _UNDER_WAY, receive, at=at, parameters={"before": before})


def _receive(order_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        "select order_no from trade_order where id = any(%s::bigint[]) order by id for no key update",
        (sorted(order_ids),),
    )
    receive_parcels([row.order_no for row in rows], at=at)
    close_arrived(order_ids, at=at)


def close_arrived(order_ids: Sequence[int], *, at: datetime) -> None:
    """Orders on their way of which nothing is in the store and every parcel has arrived are received: their aftersale window
    begins. A refund of what was never sent may bring this about too."""
    completes_at = at + timedelta(days=value_at(AFTERSALE_DAYS, at=at))
    sql.rows(
        """update trade_order o set state = 'received', received_at = %s, completes_at = %s
            where o.id = any(%s::bigint[]) and o.state = 'shipped'
              and not exists (select 1 from trade_orderline l
                               where l.order_id = o.id and l.quantity > l.shipped_quantity + l.never_sent_quantity)
              and not exists (select 1 from fulfilment_shipment s where s.order_no = o.order_no and s.received_at is null)""",
        (at, completes_at, sorted(order_ids)),
    )
