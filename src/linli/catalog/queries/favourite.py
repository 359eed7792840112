"""Favourites and footprints as their member sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

from linli.catalog.models import Favourite
from linli.core import sql

PAGE = 30


@dataclass(frozen=True)
class Kept:
    """A product as a member kept it or saw it. noted_fen: its price then; 0 for one that was only seen. What is not on sale any more has
    the price of then: what its merchant does with it meanwhile is nobody's."""

    id: int
    cursor: int
    title: str
    subtitle: str
    image: str
    price_fen: int
    market_price_fen: int
    rate_bp: int
    sold_count: int
    noted_fen: int
    wants_news: bool
    is_on_sale: bool
    is_sold_out: bool

    @property
    def cheaper_fen(self) -> int:
        """What it costs less than when it was kept."""
        return max(self.noted_fen - self.price_fen, 0)


_FACE = """
select p.id, {cursor} as cursor, p.title, p.subtitle, coalesce(p.images->>0, '') as image,
       case when p.state = 'on_sale' then p.price_fen else {noted} end as price_fen, p.market_price_fen, p.rate_bp,
       p.sold_count, {noted} as noted_fen, {news} as wants_news, p.state = 'on_sale' as is_on_sale,
       not exists (select 1 from catalog_sku s join catalog_offer o on o.sku_id = s.id and o.is_active
                     join catalog_stock t on t.sku_id = s.id where s.product_id = p.id and t.available_count > 0) as is_sold_out
  from {table} k join catalog_product p on p.id = k.product_id
 where k.member_id = %(member)s {which} and (%(before)s = 0 or {cursor} < %(before)s) order by {order} limit %(limit)s
"""
_FAVOURITES = _FACE.format(
    cursor="k.id",
    noted="k.noted_fen",
    news="k.wants_news",
    table="catalog_favourite",
    order="k.id desc",
    which="",
)
_HISTORY = _FACE.format(
    cursor="(extract(epoch from k.seen_at) * 1000000)::bigint", noted="0::bigint", news="false",
    table="catalog_footprint", order="k.seen_at desc", which="and p.state = 'on_sale'",
)  # fmt: skip


def favourites_of(member_id: int, *, before: int = 0, limit: int = PAGE) -> tuple[list[Kept], int]:
    """What a member keeps, the newest first, and the cursor of the next page (0: none)."""
    return _page(_FAVOURITES, member_id, before, limit)


def history_of(member_id: int, *, before: int = 0, limit: int = PAGE) -> tuple[list[Kept], int]:
    """What a member looked at, the last first, and the cursor of the next page (0: none)."""
    return _page(_HISTORY, member_id, before, limit)


def _page(statement: str, member_id: int, before: int, limit: int) -> tuple[list[Kept], int]:
    values = {"member": member_id, "before": before, "limit": limit + 1}
    rows = sql.typed(Kept, statement, values)  # type: ignore[arg-type]
    return rows[:limit], rows[limit - 1].cursor if len(rows) > limit else 0


def kept_among(member_id: int, product_ids: Sequence[int]) -> set[int]:
    """Of products those that a member keeps; no statement for a guest."""
    if not member_id or not product_ids:
        return set()
    mine = Favourite.objects.filter(member_id=member_id, product_id__in=product_ids)
    return set(mine.values_list("product_id", flat=True))
