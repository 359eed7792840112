"""Finding and showing products: one statement a list, two a page."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from linli.catalog.models import Product
from linli.catalog.rules.product import is_visible
from linli.core import sql
from linli.core.actor import Actor
from linli.core.search import near_query, query
from linli.core.typed import BadCursor

SORTS = ("best", "new", "cheap", "dear", "rate")


@dataclass(frozen=True)
class ProductList:
    """What a list is asked for. category_id 0: all; its children are included. least_fen, most_fen: of the price, 0 for no limit.
    in_stock: only what can be had. among: only these products, None for all. is_near: words may differ by one sign."""

    words: str = ""
    category_id: int = 0
    sort: str = "best"
    cursor: str = ""
    limit: int = 20
    pages: int = 1
    least_fen: int = 0
    most_fen: int = 0
    in_stock: bool = False
    among: tuple[int, ...] | None = None
    is_near: bool = False


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
    option_values: tuple[str, ...]
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
    option_names: tuple[str, ...]
    images: tuple[str, ...]
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


_FACE = """
select p.id, p.title, p.subtitle, p.description, p.option_names::text as option_names, p.images::text as images, p.state,
       p.price_fen, p.market_price_fen, p.rate_bp, p.sold_count, p.category_id, p.merchant_id, m.name as merchant_name,
       m.ships_within_hours, m.freight_fen, m.free_freight_from_fen,
       (select coalesce(json_agg(json_build_array(s.id, s.title, s.option_values, o.price_fen, o.market_price_fen,
                                                  o.commission_rate_bp, t.available_count) order by s.position, s.id), '[]')
          from catalog_sku s join catalog_offer o on o.sku_id = s.id and o.is_active join catalog_stock t on t.sku_id = s.id
         where s.product_id = p.id)::text as skus
  from catalog_product p join merchants_merchant m on m.id = p.merchant_id where p.id = %s
"""

# The keyset of each order: (expression, value is descending).
_KEYS = {
    "best": "(-p.sold_count, -p.id)",
    "new": "(0::bigint, -p.id)",
    "cheap": "(p.price_fen, -p.id)",
    "dear": "(-p.price_fen, -p.id)",
    "rate": "(-(p.rate_bp * p.price_fen / 10000), -p.id)",
}


# The same order in the words of an index (catalog_product_popular).
_ORDERS = {"best": "p.sold_count desc, p.id desc"}


def find_products(asked: ProductList) -> Found:
    """Products on sale in an order, from a cursor on. Nothing searchable typed finds nothing."""
    sort = asked.sort if asked.sort in SORTS else "best"
    lexemes = (near_query if asked.is_near else query)(asked.words) if asked.words.strip() else ""
    if asked.words.strip() and not lexemes:
        return Found([], "")
    key, limit = _KEYS[sort], asked.limit * max(1, min(asked.pages, 20))
    after = _read_cursor(asked.cursor) if asked.cursor else None
    where = ["p.state = 'on_sale'"]
    if lexemes:
        where.append("p.search @@ %(lexemes)s::tsquery")
    if asked.category_id:
        where.append(
            "p.category_id in (select id from catalog_category where id = %(category)s or parent_id = %(category)s)"
        )
    if asked.least_fen:
        where.append("p.price_fen >= %(least)s")
    if asked.most_fen:
        where.append("p.price_fen <= %(most)s")
    if asked.in_stock:
        where.append(
            "exists (select 1 from catalog_sku s join catalog_stock t on t.sku_id = s.id where s.product_id = p.id and t.available_count > 0)"
        )
    if asked.among is not None:
        where.append("p.id = any(%(among)s::bigint[])")
    if after:
        where.append(f"{key} > (%(first)s::bigint, %(second)s::bigint)")
    rows = sql.rows(
        f"""select p.id, p.title, p.subtitle, p.price_fen, p.market_price_fen, p.rate_bp, p.sold_count,
                   coalesce(p.images->>0, '') as image, ({key[1:].split(",", 1)[0]})::bigint as first_key
              from catalog_product p where {" and ".join(where)} order by {_ORDERS.get(sort, key[1:-1])} limit %(limit)s""",  # type: ignore[arg-type]
        {
            "lexemes": lexemes,
            "category": asked.category_id,
            "least": asked.least_fen,
            "most": asked.most_fen,
            "among": list(asked.among or ()),
            "first": after[0] if after else 0,
            "second": after[1] if after else 0,
            "limit": limit + 1,
        },
    )
    more = _write_cursor(rows[limit - 1].first_key, -rows[limit - 1].id) if len(rows) > limit else ""
    return Found(rows[:limit], more)


def product_face(product_id: int, *, actor: Actor) -> ProductFace:
    """One product as its page shows it, in one statement: the page that most readers open. Raises Product.DoesNotExist
    when the actor may not see it (catalog.rules.product.is_visible, the rule of Product.objects.visible_to)."""
    rows = sql.rows(_FACE, (product_id,))
    if not rows or not is_visible(state=rows[0].state, merchant_id=rows[0].merchant_id, actor=actor):
        raise Product.DoesNotExist
    face = rows[0]._asdict()
    for name in ("option_names", "images"):
        face[name] = tuple(json.loads(face[name]))
    skus = [
        SkuFace(id_, title, tuple(values), *rest)
        for id_, title, values, *rest in json.loads(face.pop("skus"))
    ]
    return ProductFace(**face, skus=tuple(skus))


def _write_cursor(first: int, second: int) -> str:
    return base64.urlsafe_b64encode(f"{first},{second}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[int, int]:
    try:
        first, second = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(",")
        values = int(first), int(second)
    except (ValueError, binascii.Error):
        raise BadCursor(text[:40]) from None
    if _write_cursor(*values) != text or not all(abs(value) < 2**62 for value in values):
        raise BadCursor(text[:40])
    return values


def low_stock(merchant_id: int, *, under: int = 10, limit: int = 6) -> list[dict[str, Any]]:
    """A merchant's variants on sale with less than so many units left, the fewest first."""
    return sql.dicts(
        """select p.id, p.title, s.title as sku_title, t.available_count
             from catalog_stock t join catalog_sku s on s.id = t.sku_id join catalog_product p on p.id = s.product_id
             join catalog_offer o on o.sku_id = s.id and o.is_active
            where p.merchant_id = %s and p.state = 'on_sale' and t.available_count < %s
            order by t.available_count, s.id limit %s""",
        (merchant_id, under, limit),
    )
