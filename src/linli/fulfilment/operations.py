"""Parcels: sent by a merchant, received by a member."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from linli.core.refusal import NamedRefusal, Refusal
from linli.core.typed import is_named, read_text
from linli.fulfilment.models import Shipment

CARRIERS = {
    "sf": "顺丰速运",
    "zto": "中通快递",
    "yto": "圆通速递",
    "yunda": "韵达快递",
    "jd": "京东物流",
    "ems": "中国邮政",
    "self": "商家自送",
}


# What people write for them, whatever kind of business they add (BUSINESS).
ALIASES = {
    "顺丰": "sf", "順豐": "sf", "中通": "zto", "圆通": "yto", "韵达": "yunda", "京东": "jd", "邮政": "ems", "中国邮政": "ems", "中国邮政ems": "ems", "自送": "self", "商家自送": "self",
}  # fmt: skip
BUSINESS = re.compile(r"(?:速运|快递|速递|物流|快运|有限公司|express)+$|\s+")
MOST_CARRIER = 40


class BadParcel(Refusal):
    """The carrier or the tracking number is missing or wrong; `field` says which."""

    code = "bad_parcel"

    def __init__(self, field: str) -> None:
        super().__init__(details={"field": field})
        self.field = field


def checked_parcel(carrier: str, tracking_no: str) -> tuple[str, str]:
    """Carrier and tracking number as they are kept. Raises BadParcel."""
    carrier = unicodedata.normalize("NFKC", read_text(carrier))
    tracking_no = "".join(unicodedata.normalize("NFKC", read_text(tracking_no)).split()).upper()
    name = BUSINESS.sub("", carrier.lower())
    carrier = CARRIERS.get(ALIASES.get(name, name), carrier)
    if not is_named(name, MOST_CARRIER) or not is_named(carrier, MOST_CARRIER):
        raise BadParcel("carrier")
    if (
        not 4 <= len(tracking_no) <= 40
        or not tracking_no.isascii()
        or not tracking_no.replace("-", "").isalnum()
    ):
        raise BadParcel("tracking_no")
    return carrier, tracking_no


class ParcelKnown(NamedRefusal):
    """The order has a parcel of this carrier and number already."""

    code = "parcel_known"


def send_parcel(
    *, order_no: str, merchant_id: int, carrier: str, tracking_no: str, lines: Sequence[dict], at: datetime
) -> Shipment:
    """Write a parcel down. Raises BadParcel."""
    carrier, tracking_no = checked_parcel(carrier, tracking_no)
    return Shipment.objects.create(
        order_no=order_no, merchant_id=merchant_id, carrier=carrier, tracking_no=tracking_no, lines=list(lines), shipped_at=at
    )  # fmt: skip


def correct_parcel(*, shipment: Shipment, carrier: str, tracking_no: str) -> None:
    """Another carrier or number for a parcel that has not arrived; its units stay as they are. Raises BadParcel, ParcelKnown."""
    carrier, tracking_no = checked_parcel(carrier, tracking_no)
    same = Shipment.objects.filter(order_no=shipment.order_no, carrier=carrier, tracking_no=tracking_no)
    if shipment.received_at or same.exclude(pk=shipment.pk).exists():
        raise ParcelKnown
    Shipment.objects.filter(pk=shipment.pk).update(carrier=carrier, tracking_no=tracking_no)


def receive_parcels(order_nos: Sequence[str], *, at: datetime) -> None:
    """The parcels of orders have arrived."""
    Shipment.objects.filter(order_no__in=order_nos, received_at=None).update(received_at=at)
