"""Tables of the catalogue."""

from linli.catalog.models.favourite import Favourite, Footprint
from linli.catalog.models.goods import (
    Category,
    Offer,
    OfferPrice,
    Product,
    ProductQuerySet,
    ProductState,
    Sku,
    Stock,
)

__all__ = [
    "Category",
    "Favourite",
    "Footprint",
    "Offer",
    "OfferPrice",
    "Product",
    "ProductQuerySet",
    "ProductState",
    "Sku",
    "Stock",
]
