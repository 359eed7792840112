"""What can be sold, at what price, by whom: one statement for any number of skus."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.core import sql


@dataclass(frozen=True)
class SellableOffer:
    """A sku as checkout needs it; freight and fee are the merchant's terms at the moment."""

    sku_id: int
    product_id: int
    merchant_id: int
    title: str
    sku_title: str
    image: str
    price_fen: int
    rate_bp: int
    available_count: int
    freight_fen: int
    free_freight_from_fen: int
    ships_within_hours: int
    merchant_name: str
    fee_rate_bp: int | None
    category_id: int
    parent_category_id: int | None
    opens_at: datetime | None


def sellable_offers(sku_ids: Sequence[int], *, at: datetime) -> dict[int, SellableOffer]:
    """The offers of skus that are on sale now; what is off sale or unknown is left out."""
    rows = sql.rows(
        """select s.id as sku_id, p.id as product_id, p.merchant_id, p.title, s.title as sku_title,
                  coalesce(p.images->>0, '') as image, o.price_fen, o.commission_rate_bp as rate_bp, t.available_count,
                  m.freight_fen, m.free_freight_from_fen, m.ships_within_hours, m.name as merchant_name,
                  (select f.rate_bp from merchants_servicefeerate f where f.merchant_id = m.id and f.active_from <= %(at)s
                    order by f.active_from desc limit 1) as fee_rate_bp, p.category_id, g.parent_id, o.opens_at
             from catalog_sku s
             join catalog_offer o on o.sku_id = s.id and o.is_active
             join catalog_stock t on t.sku_id = s.id
             join catalog_product p on p.id = s.product_id and p.state = 'on_sale'
             join merchants_merchant m on m.id = p.merchant_id
             join catalog_category g on g.id = p.category_id
            where s.id = any(%(skus)s::bigint[])""",
        {"skus": list(sku_ids), "at": at},
    )
    return {row.sku_id: SellableOffer(*row) for row in rows}


def lowest_price(sku_id: int, *, since: datetime, until: datetime) -> int | None:
    """The least that a sku cost at any moment of a span, in fen; None when it did not exist yet."""
    rows = sql.rows(
        """select min(price_fen) as price_fen from catalog_offerprice p where p.sku_id = %(sku)s and p.since < %(until)s
              and p.since >= coalesce((select max(b.since) from catalog_offerprice b where b.sku_id = %(sku)s and b.since <= %(since)s),
                                      '-infinity')""",
        {"sku": sku_id, "since": since, "until": until},
    )
    return rows[0].price_fen
