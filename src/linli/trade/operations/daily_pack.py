"""The daily pack: the network knows owners and words, orders know what was bought; here they meet."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from linli.core import sql
from linli.core.clock import shop_day
from linli.distribution.models import Owner, PackItem
from linli.distribution.operations.material import retire_weak
from linli.distribution.operations.pack import Packed, pack_of, write_pack
from linli.distribution.rules.pack import (
    LEAST_STOCK,
    REST_DAYS,
    Candidate,
    CopyFacts,
    choose,
    choose_copy,
    weak_copies,
)

# Goods of which the variant whose price the words name can be had.
_CANDIDATES = """
with neighbour as (select member_id from distribution_binding where owner_id = %(owner)s and expires_at > %(at)s),
     bought as (select distinct p.category_id from trade_order o join neighbour n on n.member_id = o.member_id
                  join trade_orderline l on l.order_id = o.id join catalog_product p on p.id = l.product_id
                 where o.paid_at > %(since)s),
     shown as (select distinct p.category_id from distribution_shoppick k join catalog_product p on p.id = k.product_id
                where k.owner_id = %(owner)s),
     mine as (select l.product_id, count(distinct o.id) as orders from trade_order o join trade_orderline l on l.order_id = o.id
               where o.seller_id = %(owner)s and o.paid_at > %(since)s and o.refunded_fen < o.total_fen group by 1)
select p.id, p.category_id, p.category_id in (select category_id from bought union select category_id from shown) as fits,
       exists (select 1 from distribution_material m where m.product_id = p.id and m.retired_at is null and %(month)s = any(m.months)) as in_season,
       coalesce(mine.orders, 0)::int as own_orders, p.sold_count
  from catalog_product p left join mine on mine.product_id = p.id
 where p.state = 'on_sale' and p.rate_bp > 0
   and exists (select 1 from catalog_sku k join catalog_stock s on s.sku_id = k.id join catalog_offer f on f.sku_id = k.id
                where k.product_id = p.id and f.is_active and f.price_fen = p.price_fen and s.available_count >= %(stock)s and (f.opens_at is null or f.opens_at <= %(at)s))
   and not exists (select 1 from distribution_packitem i where i.owner_id = %(owner)s and i.product_id = p.id and i.day >= %(rested)s)
 order by coalesce(mine.orders, 0) desc, p.sold_count desc, p.id limit 300
"""

_COPIES = """
select m.id, m.product_id, coalesce(sum(l.click_count), 0)::int as clicks,
       coalesce(sum((select count(*) from trade_order o where o.share_code = l.code and o.share_code <> '' and o.paid_at is not null)), 0)::int as orders
  from distribution_material m
  left join distribution_sharelink l on l.product_id = m.product_id and l.purpose = 'copy:' || m.id
 where m.retired_at is null and (%(products)s::bigint[] is null or m.product_id = any(%(products)s::bigint[]))
   and (%(month)s = 0 or m.months = '{}' or %(month)s = any(m.months))
 group by m.id order by m.id
"""


def daily_pack(*, owner: Owner, day: date, at: datetime) -> list[PackItem]:
    """What an owner posts on a day: made when it is asked for today, read for a day before; none for a day to come."""
    if day != shop_day(at):
        return pack_of(owner_id=owner.pk, day=day) if day < shop_day(at) else []
    if known := pack_of(owner_id=owner.pk, day=day):
        return known
    rows = sql.rows(
        _CANDIDATES,
        {
            "owner": owner.pk,
            "at": at,
            "since": at - timedelta(days=90),
            "month": day.month,
            "stock": LEAST_STOCK,
            "rested": day - timedelta(days=REST_DAYS),
        },
    )
    chosen = choose([Candidate(*row) for row in rows])
    copies = copies_of([one.product_id for one in chosen], month=day.month)
    turn = owner.pk + day.toordinal()
    packed = [
        Packed(one.product_id, choose_copy(copies.get(one.product_id, []), turn=turn), one.why)
        for one in chosen
    ]
    return write_pack(owner=owner, day=day, packed=packed, at=at)


def copies_of(product_ids: Sequence[int] | None, *, month: int = 0) -> dict[int, list[CopyFacts]]:
    """The words about products (None: of all) with what they brought; of a month those that fit it (0: all)."""
    found: dict[int, list[CopyFacts]] = {}
    products = list(product_ids) if product_ids is not None else None
    for row in sql.rows(_COPIES, {"products": products, "month": month}):
        found.setdefault(row.product_id, []).append(CopyFacts(row.id, row.clicks, row.orders))
    return found


def retire_weak_copies(*, at: datetime) -> int:
    """Words that bring too little, of all products. Returns how many."""
    weak = [one for copies in copies_of(None).values() for one in weak_copies(copies)]
    return retire_weak(weak, at=at)
