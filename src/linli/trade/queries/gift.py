"""What became of a share of a gift, for whoever took it: no price, and only their own parcel."""

from dataclasses import dataclass

from linli.campaigns.models import GiftShare
from linli.fulfilment.models import Shipment
from linli.trade.models import Order


@dataclass(frozen=True)
class GiftParcel:
    """A taken share: its order's state and the parcels that bring it."""

    order: Order
    share: GiftShare
    shipments: tuple[Shipment, ...]


def gift_parcel(share: GiftShare) -> GiftParcel:
    """The parcel of a share that was taken."""
    order = Order.objects.get(order_no=share.order_no)
    return GiftParcel(order, share, tuple(Shipment.objects.filter(order_no=share.order_no).order_by("pk")))
