"""linli export: members, products, orders and balances as CSV, read from the database in pieces, whatever their number."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString

from django.db import connection, transaction
from django.utils.timezone import localtime

from linli.core.money import yuan
from linli.core.table_file import plain_cell

AT_ONCE = 5000


# The columns of a statement become those of the file: what ends in _fen is written as yuan, in _bp as percent.
KINDS: dict[str, LiteralString] = {
    "members": """select m.phone, m.name, coalesce(o.shop_name, '') as shop_name, coalesce(s.phone, '') as sponsor_phone,
                  coalesce(b.phone, '') as owner_phone
             from members_member m left join distribution_owner o on o.member_id = m.id
             left join members_member s on s.id = o.sponsor_id
             left join distribution_binding d on d.member_id = m.id left join members_member b on b.id = d.owner_id
            where %(merchant)s = '' order by m.id""",
    "balances": """select m.phone, coalesce(p.fen, 0) as points, coalesce(c.fen, 0) as commission_fen
             from members_member m
             left join (select a.owner_id, -b.balance_fen as fen from ledger_account a join ledger_balance b on b.account_id = a.id
                         where a.code = 'points_owed') p on p.owner_id = m.id
             left join (select a.owner_id, -b.balance_fen as fen from ledger_account a join ledger_balance b on b.account_id = a.id
                         where a.code = 'commission_available') c on c.owner_id = m.id
            where %(merchant)s = '' and (coalesce(p.fen, 0) <> 0 or coalesce(c.fen, 0) <> 0) order by m.id""",
    "products": """select p.title, p.subtitle, coalesce(t.name || '>', '') || c.name as category, s.title as variant,
                  f.price_fen, f.market_price_fen, f.commission_rate_bp as commission_bp, k.available_count as stock, s.code
             from catalog_sku s join catalog_offer f on f.sku_id = s.id join catalog_stock k on k.sku_id = s.id join catalog_product p on p.id = s.product_id join catalog_category c on c.id = p.category_id
             left join catalog_category t on t.id = c.parent_id
             join merchants_merchant m on m.id = p.merchant_id
            where %(merchant)s in ('', m.name) and f.is_active order by p.id, s.id""",
    "orders": """with sold as (
                  select o.order_no, o.state, o.placed_at, o.paid_at, o.merchant_id, o.member_id, o.seller_id, l.title, l.sku_title as variant,
                         l.quantity, l.total_fen as line_fen, l.refunded_fen as line_refunded_fen, o.freight_fen, o.total_fen, 2 as place, o.id, l.id as line
                    from trade_order o join trade_orderline l on l.order_id = o.id
                   union all
                  select p.number, p.state, p.placed_at, p.paid_at, p.merchant_id, p.member_id, p.seller_id, l->>'title', l->>'variant',
                         (l->>'quantity')::int, (l->>'total_fen')::bigint, (l->>'refunded_fen')::bigint, p.freight_fen, p.total_fen, 1, p.id, n
                    from trade_pastorder p cross join lateral jsonb_array_elements(p.lines) with ordinality x(l, n))
           select s.order_no, s.state, s.placed_at, s.paid_at, m.name as merchant, b.phone as buyer_phone, coalesce(w.phone, '') as owner_phone,
                  s.title, s.variant, s.quantity, s.line_fen, s.line_refunded_fen, s.freight_fen, s.total_fen as order_fen
             from sold s join merchants_merchant m on m.id = s.merchant_id
             join members_member b on b.id = s.member_id left join members_member w on w.id = nullif(s.seller_id, 0)
            where %(merchant)s in ('', m.name) order by s.place, s.id, s.line""",
}


def write(file: Path, statement: LiteralString, *, merchant: str) -> int:
    """Write a file that is nobody else's to read; returns its rows. What is read is one moment's. Raises FileExistsError."""
    with file.open("x", encoding="utf-8-sig", newline="") as content, transaction.atomic():
        file.chmod(0o600)
        writer = csv.writer(content)
        with connection.chunked_cursor() as cursor:
            cursor.execute(statement, {"merchant": merchant})
            columns = [column.name for column in cursor.description]
            writer.writerow([_heading(name) for name in columns])
            count = 0
            while rows := cursor.fetchmany(AT_ONCE):
                writer.writerows(
                    [_cell(name, value) for name, value in zip(columns, row, strict=True)] for row in rows
                )
                count += len(rows)
    return count


def _heading(name: str) -> str:
    for ending, unit in (("_fen", "_yuan"), ("_bp", "_percent")):
        name = name.removesuffix(ending) + unit if name.endswith(ending) else name
    return name


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name.endswith("_fen"):
        return yuan(value).replace(",", "")
    if name.endswith("_bp"):
        return f"{value / 100:g}"
    if isinstance(value, datetime):
        return localtime(value).isoformat(sep=" ", timespec="seconds")
    return plain_cell(str(value))
