"""Gifts as pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.campaigns.models import Gift, GiftShare, GiftShareState
from linli.core import sql


@dataclass(frozen=True)
class GiftFace:
    """A gift for whoever sees it: what, from whom, how many shares there are and are left. No price."""

    gift: Gift
    title: str
    sku_title: str
    image: str
    shares: int
    left: int
    returned: int
    taken: tuple[GiftShare, ...]

    def is_open(self, at: datetime) -> bool:
        """Whether a share can be taken at a moment."""
        return bool(self.left and self.gift.expires_at and at < self.gift.expires_at)


def gift_face(gift: Gift) -> GiftFace:
    """One gift with its shares and who took them."""
    return gift_faces([gift])[0]


def gift_faces(gifts: Iterable[Gift]) -> list[GiftFace]:
    """Gifts with their shares, in a fixed number of statements."""
    gifts = list(gifts)
    ids = [gift.pk for gift in gifts]
    goods = {
        row.id: row
        for row in sql.rows(
            """select g.id, p.title, k.title as sku_title, coalesce(p.images->>0, '') as image from campaigns_gift g
                 join catalog_sku k on k.id = g.sku_id join catalog_product p on p.id = k.product_id where g.id = any(%s::bigint[])""",
            (ids,),
        )
    }
    shares: dict[int, list[GiftShare]] = {pk: [] for pk in ids}
    for share in GiftShare.objects.filter(gift__in=ids).select_related("receiver"):
        shares[share.gift_id].append(share)
    return [_face(gift, goods[gift.pk], shares[gift.pk]) for gift in gifts]


def _face(gift: Gift, goods: Any, shares: Sequence[GiftShare]) -> GiftFace:
    taken = tuple(share for share in shares if share.state == GiftShareState.taken)
    left = sum(share.state == GiftShareState.open for share in shares)
    returned = sum(share.state == GiftShareState.returned for share in shares)
    return GiftFace(gift, goods.title, goods.sku_title, goods.image, len(shares), left, returned, taken)


def gift_codes(order_nos: Sequence[str]) -> dict[str, str]:
    """By which code the gift of an order is reached."""
    found = GiftShare.objects.filter(order_no__in=order_nos)
    return dict(found.values_list("order_no", "gift__code"))


def addresses_of_gifts(order_nos: Sequence[str]) -> dict[str, dict[str, str]]:
    """Where the shares of gifts go, by their orders: for whoever sends the goods, never for the giver."""
    taken = GiftShare.objects.filter(order_no__in=order_nos, state=GiftShareState.taken)
    return {order_no: address for order_no, address in taken.values_list("order_no", "address") if address}
