"""The cart: what a member thinks of buying."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from linli.core import sql
from linli.core.actor import Actor
from linli.core.refusal import NamedRefusal
from linli.trade.models import CartLine
from linli.trade.rules.basket import MOST_UNITS

MOST_LINES = 100
CART_LOCK = 7307


class BadQuantity(NamedRefusal):
    """Units of a line are 1 to 999, what is in the cart already counted in."""

    code = "bad_quantity"


class CartIsFull(NamedRefusal):
    """A cart holds at most 100 lines."""

    code = "cart_full"


def put_in_cart(*, actor: Actor, sku_id: int, quantity: int, at: datetime) -> None:
    """Add units of a sku to those that are there, whoever adds at the same moment. Raises BadQuantity, CartIsFull."""
    if not 1 <= quantity <= MOST_UNITS:
        raise BadQuantity
    with transaction.atomic():
        sql.rows("select pg_advisory_xact_lock(%s, %s::int)", (CART_LOCK, actor.member_id % 2**31))
        mine = CartLine.objects.filter(member_id=actor.member_id)
        line = mine.filter(sku_id=sku_id).first()
        if line is None and mine.count() >= MOST_LINES:
            raise CartIsFull
        if line and line.quantity + quantity > MOST_UNITS:
            raise BadQuantity
        CartLine.objects.update_or_create(
            member_id=actor.member_id,
            sku_id=sku_id,
            defaults={
                "quantity": quantity + (line.quantity if line else 0),
                "is_chosen": True,
                "added_at": at,
            },
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
        if not 1 <= quantity <= MOST_UNITS:
            raise BadQuantity
        mine.update(quantity=quantity)
    if is_chosen is not None:
        mine.update(is_chosen=is_chosen)


def step_cart(*, actor: Actor, sku_id: int, by: int) -> None:
    """One unit more (1) or less (-1); less than one removes the line, more than 999 changes nothing. Raises BadQuantity."""
    if by not in (-1, 1):
        raise BadQuantity
    with transaction.atomic():
        mine = CartLine.objects.select_for_update().filter(member_id=actor.member_id, sku_id=sku_id)
        line = mine.first()
        if line is None:
            return
        if not 0 <= line.quantity + by <= MOST_UNITS:
            raise BadQuantity
        if line.quantity + by:
            mine.update(quantity=F("quantity") + by)
        else:
            mine.delete()


def take_out_of_cart(*, actor: Actor, sku_ids: Sequence[int]) -> None:
    """Remove lines (they were ordered)."""
    CartLine.objects.filter(member_id=actor.member_id, sku_id__in=sku_ids).delete()
