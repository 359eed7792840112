"""What consoles say of people, merchants and goods in a list: a row each, in one statement for thirty as for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.core import sql
from linli.core.clock import begin_of_days


@dataclass(frozen=True)
class Person:
    """A member with the orders they placed, what they paid less refunds (fen), where they are, and what they earned as an owner (fen)."""

    id: int
    name: str
    avatar: str
    phone: str
    status: str
    created_at: datetime
    tier: str
    owner_status: str
    roles: tuple[str, ...]
    order_count: int
    spend_fen: int
    last_order_at: datetime | None
    community_count: int
    community: str
    earned_fen: int


_PEOPLE = """
select m.id, m.name, m.avatar, m.phone, m.status, m.created_at, coalesce(w.tier, '') as tier, coalesce(w.status, '') as owner_status,
       r.roles, o.order_count, o.spend_fen, o.last_order_at, c.community_count, coalesce(c.community, '') as community, e.earned_fen
  from unnest(%s::bigint[]) with ordinality a(id, place)
  join members_member m on m.id = a.id
  left join distribution_owner w on w.member_id = m.id
 cross join lateral (select coalesce(array_agg(distinct g.role), '{}') as roles from members_rolegrant g where g.member_id = m.id) r
 cross join lateral (select count(*)::int as order_count, coalesce(sum(total_fen - refunded_fen) filter (where paid_at is not null), 0)::bigint as spend_fen,
                            max(placed_at) as last_order_at from trade_order where member_id = m.id) o
 cross join lateral (select count(*)::int as community_count, min(k.name) as community from community_membership s
                       join community_community k on k.id = s.community_id
                      where s.member_id = m.id and s.state = 'active' and k.closed_at is null) c
 cross join lateral (select coalesce(sum(amount_fen - reversed_fen), 0)::bigint as earned_fen from distribution_commissionline
                      where beneficiary_id = m.id and state in ('pending', 'available')) e
 order by a.place
"""


def people(member_ids: Sequence[int]) -> list[Person]:
    """The members in the order asked for."""
    return sql.typed(Person, _PEOPLE, (list(member_ids),))


@dataclass(frozen=True)
class MerchantRow:
    """A merchant with what it sells and is owed. sold_fen: of 30 days, after refunds; owed: by the ledger."""

    id: int
    name: str
    created_at: datetime
    staff_count: int
    on_sale_count: int
    order_count: int
    sold_fen: int
    to_ship_count: int
    pending_fen: int
    available_fen: int


_MERCHANTS = """
select m.id, m.name, m.created_at, s.staff_count, p.on_sale_count, o.order_count, o.sold_fen, w.to_ship_count,
       coalesce(-b.pending, 0)::bigint as pending_fen, coalesce(-b.available, 0)::bigint as available_fen
  from unnest(%(ids)s::bigint[]) with ordinality a(id, place)
  join merchants_merchant m on m.id = a.id
 cross join lateral (select count(*)::int as staff_count from merchants_staff where merchant_id = m.id) s
 cross join lateral (select count(*)::int as on_sale_count from catalog_product where merchant_id = m.id and state = 'on_sale') p
 cross join lateral (select count(*)::int as order_count, coalesce(sum(total_fen - refunded_fen), 0)::bigint as sold_fen
                       from trade_order where merchant_id = m.id and paid_at >= %(since)s) o
 cross join lateral (select count(*)::int as to_ship_count from trade_order where merchant_id = m.id and state = 'paid') w
 cross join lateral (select sum(l.balance_fen) filter (where c.code = 'merchant_pending') as pending,
                            sum(l.balance_fen) filter (where c.code = 'merchant_available') as available
                       from ledger_account c join ledger_balance l on l.account_id = c.id
                      where c.code in ('merchant_pending', 'merchant_available') and c.owner_id = m.id) b
 order by a.place
"""


def merchant_rows(merchant_ids: Sequence[int], *, at: datetime) -> list[MerchantRow]:
    """The merchants in the order asked for."""
    return sql.typed(MerchantRow, _MERCHANTS, {"ids": list(merchant_ids), "since": begin_of_days(30, at=at)})


@dataclass(frozen=True)
class ProductRow:
    """A product with its merchant, its prices (fen) from the least to the most, and its stock."""

    id: int
    title: str
    image: str
    state: str
    merchant_id: int
    merchant: str
    category: str
    least_fen: int
    most_fen: int
    stock: int
    sold_count: int
    updated_at: datetime


_PRODUCTS = """
select p.id, p.title, coalesce(p.images->>0, '') as image, p.state, p.merchant_id, m.name as merchant, c.name as category,
       coalesce(v.least_fen, 0)::bigint as least_fen, coalesce(v.most_fen, 0)::bigint as most_fen, v.stock, p.sold_count, p.updated_at
  from unnest(%s::bigint[]) with ordinality a(id, place)
  join catalog_product p on p.id = a.id
  join merchants_merchant m on m.id = p.merchant_id
  join catalog_category c on c.id = p.category_id
 cross join lateral (select min(f.price_fen) as least_fen, max(f.price_fen) as most_fen, coalesce(sum(t.available_count), 0)::bigint as stock
                       from catalog_sku s join catalog_offer f on f.sku_id = s.id left join catalog_stock t on t.sku_id = s.id
                      where s.product_id = p.id and f.is_active) v
 order by a.place
"""


def product_rows(product_ids: Sequence[int]) -> list[ProductRow]:
    """The products in the order asked for."""
    return sql.typed(ProductRow, _PRODUCTS, (list(product_ids),))
