"""Parcels: sent by a merchant, received by a member."""

from collections.abc import Sequence
from datetime import datetime

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


class BadParcel(ValueError):
    """The carrier or the tracking number is missing or wrong; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def checked_parcel(carrier: str, tracking_no: str) -> tuple[str, str]:
    """Carrier and tracking number as they are kept. Raises BadParcel."""
    carrier, tracking_no = carrier.strip()[:40], "".join(tracking_no.split())
    if not carrier:
        raise BadParcel("carrier")
    if (
        not 4 <= len(tracking_no) <= 40
        or not tracking_no.isascii()
        or not tracking_no.replace("-", "").isalnum()
    ):
        raise BadParcel("tracking_no")
    return carrier, tracking_no


def send_parcel(
    *, order_no: str, merchant_id: int, carrier: str, tracking_no: str, lines: Sequence[dict], at: datetime
) -> Shipment:
    """Write a parcel down; the same parcel a second time is the same. Raises BadParcel."""
    carrier, tracking_no = checked_parcel(carrier, tracking_no)
    shipment, _ = Shipment.objects.get_or_create(
        order_no=order_no,
        carrier=carrier,
        tracking_no=tracking_no,
        defaults={"merchant_id": merchant_id, "lines": list(lines), "shipped_at": at},
    )
    return shipment


def receive_parcels(order_nos: Sequence[str], *, at: datetime) -> None:
    """The parcels of orders have arrived."""
    Shipment.objects.filter(order_no__in=order_nos, received_at=None).update(received_at=at)
