"""Finding and showing products: one statement a list, two a page."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from linli.catalog.models import Product
from linli.catalog.rules.search import query
from linli.core import sql

SORTS = ("best", "new", "cheap", "rate")


@dataclass(frozen=True)
class ProductList:
    """What a list is asked for. category_id 0: all; its children are included."""

    words: str = ""
    category_id: int = 0
    sort: str = "best"
    cursor: str = ""
    limit: int = 20
    pages: int = 1


@dataclass(frozen=True)
class Found:
    """A page of products, and the cursor of the next."""

    items: list[Any]
    next: str


@dataclass(frozen=True)
class SkuFace:
    """A sku as a page shows it."""

    id: int
    title: str
    option_values: list[str]
    price_fen: int
    market_price_fen: int
    rate_bp: int
    available_count: int


@dataclass(frozen=True)
class ProductFace:
    """A product as a page shows it."""

    id: int
    title: str
    subtitle: str
    description: str
    option_names: list[str]
    images: list[str]
    state: str
    price_fen: int
    market_price_fen: int
    rate_bp: int
    sold_count: int
    category_id: int
    merchant_id: int
    merchant_name: str
    ships_within_hours: int
    freight_fen: int
    free_freight_from_fen: int
    skus: tuple[SkuFace, ...]

    @property
    def is_sold_out(self) -> bool:
        return all(sku.available_count < 1 for sku in self.skus)


# The keyset of each order: (expression, value is descending).
_KEYS = {
    "best": "(-p.sold_count, -p.id)",
    "new": "(0::bigint, -p.id)",
    "cheap": "(p.price_fen, -p.id)",
    "rate": "(-(p.rate_bp * p.price_fen / 10000), -p.id)",
}


def find_products(asked: ProductList) -> Found:
    """Products on sale in an order, from a cursor on. Nothing searchable typed finds nothing."""
    sort = asked.sort if asked.sort in SORTS else "best"
    lexemes = query(asked.words) if asked.words.strip() else ""
    if asked.words.strip() and not lexemes:
        return Found([], "")
    key, limit = _KEYS[sort], asked.limit * max(1, min(asked.pages, 20))
    after = _read_cursor(asked.cursor)
    where = ["p.state = 'on_sale'"]
    if lexemes:
        where.append("p.search @@ %(lexemes)s::tsquery")
    if asked.category_id:
        where.append(
            "p.category_id in (select id from catalog_category where id = %(category)s or parent_id = %(category)s)"
        )
    if after:
        where.append(f"{key} > (%(first)s::bigint, %(second)s::bigint)")
    rows = sql.rows(
        f"""select p.id, p.title, p.subtitle, p.price_fen, p.market_price_fen, p.rate_bp, p.sold_count,
                   coalesce(p.images->>0, '') as image, ({key[1:].split(",", 1)[0]})::bigint as first_key
              from catalog_product p where {" and ".join(where)} order by {key[1:-1]} limit %(limit)s""",  # type: ignore[arg-type]
        {
            "lexemes": lexemes,
            "category": asked.category_id,
            "first": after[0] if after else 0,
            "second": after[1] if after else 0,
            "limit": limit + 1,
        },
    )
    more = _write_cursor(rows[limit - 1].first_key, -rows[limit - 1].id) if len(rows) > limit else ""
    return Found(rows[:limit], more)


def product_face(products: QuerySet[Product], product_id: int) -> ProductFace:
    """One product of those that the caller may see. Raises Product.DoesNotExist."""
    product = products.select_related("merchant").get(pk=product_id)
    skus = sql.rows(
        """select s.id, s.title, s.option_values::text as option_values, o.price_fen, o.market_price_fen, o.commission_rate_bp as rate_bp,
                  t.available_count
             from catalog_sku s join catalog_offer o on o.sku_id = s.id and o.is_active join catalog_stock t on t.sku_id = s.id
            where s.product_id = %s order by s.position, s.id""",
        (product_id,),
    )
    return ProductFace(
        id=product.pk, title=product.title, subtitle=product.subtitle, description=product.description,
        option_names=product.option_names, images=product.images, state=product.state, price_fen=product.price_fen,
        market_price_fen=product.market_price_fen, rate_bp=product.rate_bp, sold_count=product.sold_count,
        category_id=product.category_id, merchant_id=product.merchant_id, merchant_name=product.merchant.name,
        ships_within_hours=product.merchant.ships_within_hours, freight_fen=product.merchant.freight_fen,
        free_freight_from_fen=product.merchant.free_freight_from_fen,
        skus=tuple(SkuFace(row.id, row.title, json.loads(row.option_values), *row[3:]) for row in skus),
    )  # fmt: skip


def _write_cursor(first: int, second: int) -> str:
    return base64.urlsafe_b64encode(f"{first},{second}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[int, int] | None:
    try:
        first, second = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(",")
        values = int(first), int(second)
    except (ValueError, binascii.Error):
        return None
    return values if all(abs(value) < 2**62 for value in values) else None
