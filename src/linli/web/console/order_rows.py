"""Orders as consoles list them: with what is still to be sent, until when, and whether it is late."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, ExpressionWrapper, F, OuterRef, prefetch_related_objects
from django.db.models.fields import DateTimeField
from django.utils.translation import gettext

from linli.core import clock
from linli.core.labels import label
from linli.members.queries import region_names
from linli.trade.models import OPEN_AFTERSALE, Aftersale, Order, OrderLine, OrderQuerySet
from linli.trade.queries.order import for_the_sender, order_faces
from linli.web.sheets import Column, Row

DUE = ExpressionWrapper(
    F("paid_at") + F("merchant__ships_within_hours") * timedelta(hours=1), output_field=DateTimeField()
)


def late(orders: OrderQuerySet) -> OrderQuerySet:
    """Those of which something should have left the store by now."""
    return orders.to_ship().alias(due=DUE).filter(due__lt=clock.now())


def with_open_aftersale(orders: OrderQuerySet) -> OrderQuerySet:
    """Those of which somebody asks money back, and nobody has decided."""
    return orders.filter(Exists(Aftersale.objects.filter(order=OuterRef("pk"), state__in=OPEN_AFTERSALE)))


def with_product(orders: OrderQuerySet, product_id: int) -> OrderQuerySet:
    """Those in which a product was bought."""
    return orders.filter(Exists(OrderLine.objects.filter(order=OuterRef("pk"), product_id=product_id)))


def whole(orders: list[Order]) -> list[Order]:
    """The same orders with what their faces read, in a fixed number of statements."""
    prefetch_related_objects(orders, "merchant", "charge", "member", "lines")
    return orders


def order_rows(orders: list[Order], *, at: datetime) -> Sequence[dict[str, Any]]:
    """Faces for whoever sends, with buyer, unsent_count, due (None when nothing is to be sent) and is_late."""
    faces = for_the_sender(order_faces(whole(orders)))
    for face, order in zip(faces, orders, strict=True):
        unsent = sum(line["unsent_quantity"] for line in face["lines"])
        is_waiting = face["state"] in ("paid", "shipped") and unsent > 0
        due = face["paid_at"] + timedelta(hours=order.merchant.ships_within_hours) if is_waiting else None
        face |= {
            "buyer": order.member,
            "unsent_count": unsent if is_waiting else 0,
            "due": due,
            "is_late": bool(due and due < at),
        }
    return faces


def order_columns() -> list[Column]:
    """The file of a list of orders, as far as everybody who sends may read it."""
    return [
        Column(gettext("Order"), 22),
        Column(gettext("Placed"), 17),
        Column(gettext("Goods"), 44),
        Column(gettext("Consignee"), 12),
        Column(gettext("Phone"), 16),
        Column(gettext("Address"), 44),
        Column(gettext("Note"), 24),
        Column(gettext("State"), 14),
        Column(gettext("Parcels"), 24),
        Column(gettext("Paid ¥"), 12, is_money=True),
        Column(gettext("Refunded ¥"), 12, is_money=True),
    ]


def order_cells(face: Mapping[str, Any]) -> Row:
    """One order as a row of the exported file."""
    address = face["address"] or {}
    goods = "; ".join(f"{line['title']} {line['sku_title']} × {line['quantity']}" for line in face["lines"])
    parcels = "; ".join(f"{one['carrier']} {one['tracking_no']}" for one in face["shipments"])
    return (
        face["order_no"], face["placed_at"], goods, address.get("name", ""), address.get("phone", ""),
        " ".join([*region_names(address.get("region", "")), address.get("detail", "")]).strip(), face["note"],
        label("order_state", face["shown_state"]), parcels, face["total_fen"], face["refunded_fen"],
    )  # fmt: skip
