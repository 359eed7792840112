"""The names of things that desks speak of by number."""

from collections.abc import Sequence
from typing import Any

from linli.catalog.models import Product
from linli.ledger.queries import Booked
from linli.members.queries import names_of
from linli.merchants.models import Merchant

OF_MERCHANTS = ("merchant_pending", "merchant_available")


def member_name(member_id: int) -> str:
    """A member's name; empty when there is none such."""
    return names_of([member_id]).get(member_id, "")


def merchant_name(merchant_id: int) -> str:
    """A merchant's name; empty when there is none such."""
    return Merchant.objects.filter(pk=merchant_id).values_list("name", flat=True).first() or ""


def product_name(product_id: int) -> str:
    """A product's title; empty when there is none such."""
    return Product.objects.filter(pk=product_id).values_list("title", flat=True).first() or ""


def named(booked: Sequence[Booked]) -> list[dict[str, Any]]:
    """What the books hold, each leg with the name of whose account it is; empty for the platform's own."""
    legs = [leg for one in booked for leg in one.legs if leg.owner_id]
    merchants = dict(
        Merchant.objects.filter(
            pk__in={leg.owner_id for leg in legs if leg.code in OF_MERCHANTS}
        ).values_list("pk", "name")
    )
    members = names_of([leg.owner_id for leg in legs if leg.code not in OF_MERCHANTS])
    return [
        {
            "entry": one,
            "legs": [
                (leg, (merchants if leg.code in OF_MERCHANTS else members).get(leg.owner_id, ""))
                for leg in one.legs
            ],
        }
        for one in booked
    ]
