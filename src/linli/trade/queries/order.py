"""Orders as people see them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from linli.campaigns.models import Seat
from linli.campaigns.queries.gift import addresses_of_gifts, gift_codes
from linli.core import finding
from linli.fulfilment.models import Shipment
from linli.payments.operations.refund import money_on_its_way
from linli.trade.models import OPEN_AFTERSALE, Aftersale, Order, OrderLine, OrderQuerySet, OrderState

PAGE = 20
ORDER = "order"  # among what core.finding finds


def orders_page(
    orders: QuerySet[Order], *, state: str = "", before: int = 0, limit: int = PAGE
) -> tuple[list[dict[str, Any]], str]:
    """A page of orders, newest first, in a fixed number of queries; and the cursor of the next."""
    if state in OrderState.values:
        orders = orders.filter(state=state)
    if before:
        orders = orders.filter(pk__lt=before)
    found = list(
        orders.order_by("-pk")
        .select_related("merchant", "charge", "member")
        .prefetch_related("lines")[: limit + 1]
    )
    following = str(found[limit - 1].pk) if len(found) > limit else ""
    return order_faces(found[:limit]), following


def find_orders(orders: OrderQuerySet, words: str) -> OrderQuerySet:
    """Orders found by whatever people have: part of an order or tracking number, the last digits of a phone, a name, goods, in any
    width, spacing or script. One that is not paid is found by its whole number."""
    return orders.filter(Q(pk__in=finding.find(ORDER, words)) | Q(order_no=finding.compact(words)))


def order_face(order: Order) -> dict[str, Any]:
    """One order, whole."""
    return order_faces([order])[0]


def for_the_sender(faces: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The same orders for their merchant, who reads where shares of gifts go and by which parcel."""
    gifts = [face["order_no"] for face in faces if face["gift_code"]]
    addresses, parcels = addresses_of_gifts(gifts), _parcels(gifts)
    for face in faces:
        if face["gift_code"]:
            face["address"] = addresses.get(face["order_no"])
            face["shipments"] = parcels.get(face["order_no"], [])
    return faces


def order_faces(orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Orders with lines, parcels, aftersales and the state that is shown, in a fixed number of statements."""
    numbers = [order.order_no for order in orders]
    gifts = gift_codes([order.order_no for order in orders if order.is_gift])
    parcels = _parcels(numbers)
    # By its number a parcel can be followed to its door, which whoever gave it does not know.
    for parcel in (parcel for order_no in gifts for parcel in parcels.get(order_no, [])):
        parcel["tracking_no"] = ""
    aftersales: dict[int, list[Aftersale]] = {}
    for one in Aftersale.objects.filter(order__in=[order.pk for order in orders]).prefetch_related("lines"):
        aftersales.setdefault(one.order_id, []).append(one)
    seats = {seat.order_no: seat for seat in Seat.objects.filter(order_no__in=numbers)}
    on_their_way = money_on_its_way([order.order_no for order in orders if order.refunded_fen])
    return [
        _face(order, parcels.get(order.order_no, []), aftersales.get(order.pk, []), seats.get(order.order_no))
        | {
            "gift_code": gifts.get(order.order_no),
            "refunding_fen": on_their_way.get(order.order_no, 0),
            "shown_state": _shown_state(
                order, aftersales.get(order.pk, []), on_their_way.get(order.order_no, 0)
            ),
        }
        for order in orders
    ]


def _shown_state(order: Order, aftersales: Sequence[Aftersale], refunding_fen: int) -> str:
    """The state as its people see it, on every page: a refund is none before the money has arrived, and one that is asked for is
    what everybody waits for. Further words than those of OrderState: refunding, refund_asked, partly_shipped."""
    if order.state == OrderState.refunded:
        return "refunding" if refunding_fen else order.state
    if any(one.state in OPEN_AFTERSALE for one in aftersales):
        return "refund_asked"
    if order.state == OrderState.shipped and any(line.unsent_quantity for line in order.lines.all()):
        return "partly_shipped"
    return order.state


def _parcels(order_nos: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for parcel in Shipment.objects.filter(order_no__in=order_nos).order_by("pk"):
        found.setdefault(parcel.order_no, []).append(
            {
                "id": str(parcel.pk),
                "carrier": parcel.carrier,
                "tracking_no": parcel.tracking_no,
                "lines": [one | {"order_line_id": str(one["order_line_id"])} for one in parcel.lines],
                "shipped_at": parcel.shipped_at,
                "received_at": parcel.received_at,
            }
        )
    return found


def _face(
    order: Order, parcels: list[dict[str, Any]], aftersales: Sequence[Aftersale], seat: Seat | None
) -> dict[str, Any]:
    return {
        "campaign_id": str(order.campaign_id) if order.campaign_id else None,
        "group_id": str(seat.group_id) if seat and seat.group_id else None,
        "choose_until": seat.choose_until if seat and seat.state == "late" else None,
        "order_no": order.order_no,
        "checkout_no": order.checkout_no,
        "state": order.state,
        "merchant": {"id": str(order.merchant_id), "name": order.merchant.name},
        "goods_fen": order.goods_fen,
        "freight_fen": order.freight_fen,
        "total_fen": order.total_fen,
        "refunded_fen": order.refunded_fen,
        "is_self_purchase": order.is_self_purchase,
        "address": order.address,
        "note": order.note,
        "cancel_reason": order.cancel_reason,
        "placed_at": order.placed_at,
        "expires_at": order.expires_at,
        "paid_at": order.paid_at,
        "shipped_at": order.shipped_at,
        "received_at": order.received_at,
        "completes_at": order.completes_at,
        "closed_at": order.closed_at,
        "charge": {"charge_no": order.charge.charge_no, "state": order.charge.state}
        if order.charge
        else None,
        "lines": [_line_face(line) for line in order.lines.all()],
        "shipments": parcels,
        "aftersales": [_aftersale_face(one) for one in aftersales],
    }


def _line_face(line: OrderLine) -> dict[str, Any]:
    return {
        "id": str(line.pk),
        "sku_id": str(line.sku_id),
        "product_id": str(line.product_id),
        "title": line.title,
        "sku_title": line.sku_title,
        "image": line.image,
        "quantity": line.quantity,
        "price_fen": line.price_fen,
        "total_fen": line.total_fen,
        "refunded_fen": line.refunded_fen,
        "refunded_quantity": line.refunded_quantity,
        "shipped_quantity": line.shipped_quantity,
        "unsent_quantity": line.unsent_quantity,
        "reasons": line.reasons,
    }


def _aftersale_face(one: Aftersale) -> dict[str, Any]:
    return {
        "aftersale_no": one.aftersale_no,
        "kind": one.kind,
        "state": one.state,
        "amount_fen": one.amount_fen,
        "reason": one.reason,
        "decision_reason": one.decision_reason,
        "asked_at": one.asked_at,
        "decide_by": one.decide_by,
        "decided_at": one.decided_at,
        "return_carrier": one.return_carrier,
        "return_tracking_no": one.return_tracking_no,
        "sent_back_at": one.sent_back_at,
        "refunded_at": one.refunded_at,
    }
