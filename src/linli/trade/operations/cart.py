"""The cart: what a member thinks of buying."""

from collections.abc import Sequence
from datetime import datetime

from linli.core.actor import Actor
from linli.trade.models import CartLine

MOST_LINES = 100


class BadQuantity(ValueError):
    """Units are 1 to 999."""


class CartIsFull(Exception):
    """A cart holds at most 100 lines."""


def put_in_cart(*, actor: Actor, sku_id: int, quantity: int, at: datetime) -> None:
    """Add units of a sku. Raises BadQuantity, CartIsFull."""
    line = CartLine.objects.filter(member_id=actor.member_id, sku_id=sku_id).first()
    if line is None and CartLine.objects.filter(member_id=actor.member_id).count() >= MOST_LINES:
        raise CartIsFull
    units = quantity + (line.quantity if line else 0)
    if not 1 <= quantity <= 999:
        raise BadQuantity(quantity)
    CartLine.objects.update_or_create(
        member_id=actor.member_id,
        sku_id=sku_id,
        defaults={"quantity": min(units, 999), "is_chosen": True, "added_at": at},
    )


def change_cart(
    *, actor: Actor, sku_id: int, quantity: int | None = None, is_chosen: bool | None = None
) -> None:
    """Set units (0 removes) or whether a line is chosen. Raises BadQuantity."""
    mine = CartLine.objects.filter(member_id=actor.member_id, sku_id=sku_id)
    if quantity == 0:
        mine.delete()
        return
    if quantity is not None:
        if not 1 <= quantity <= 999:
            raise BadQuantity(quantity)
        mine.update(quantity=quantity)
    if is_chosen is not None:
        mine.update(is_chosen=is_chosen)


def take_out_of_cart(*, actor: Actor, sku_ids: Sequence[int]) -> None:
    """Remove lines (they were ordered)."""
    CartLine.objects.filter(member_id=actor.member_id, sku_id__in=sku_ids).delete()
