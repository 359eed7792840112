"""Orders whose aftersale window is over, in the forest of `linli scale`: what settlement finds after a pause.

One owner in twenty sells, the best many times more than most; a merchant per thousand owners; one to three goods in an order;
one order in fifty has had a part refunded. Orders are inserted as placed, then paid and refunded by the operations themselves, so
that their shares and postings are what the plan gives. A part is one transaction: a run that was broken off goes on.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction

from linli.catalog.models import Category
from linli.catalog.operations.product import add_products
from linli.catalog.types import ProductDraft, SkuDraft
from linli.cli.scale.forest import Say
from linli.core import sql
from linli.merchants.models import Merchant
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines
from linli.trade.operations.settle_order import PaidOrder, settle

PART = 5000
SELLS, MERCHANT, GOODS = 20, 1000, 4
REFUNDED = 50
TABLES = (
    "trade_order, trade_orderline, trade_settlementrun, distribution_commissionline, distribution_binding, catalog_stock, catalog_product, "
    "ledger_account, ledger_balance, ledger_transaction, ledger_posting"
)

_PLACE = """
with made as (
  insert into trade_order (order_no, checkout_no, member_id, merchant_id, state, goods_fen, freight_fen, total_fen, refunded_fen,
         freight_refunded_fen, is_self_purchase, is_gift, seller_id, share_code, address, note, cancel_reason, placed_at, expires_at)
  select 'B' || o.number, 'B' || o.number, o.member_id, p.merchant_id, 'pending_payment', o.count * p.price_fen, 0, o.count * p.price_fen, 0,
         0, false, false, o.seller_id, '', %(address)s::jsonb, '', '', %(at)s, %(at)s
    from unnest(%(members)s::bigint[], %(sellers)s::bigint[], %(products)s::bigint[], %(counts)s::int[], %(numbers)s::bigint[])
         o(member_id, seller_id, product_id, count, number)
    join catalog_product p on p.id = o.product_id order by o.number
  returning id, merchant_id, goods_fen, order_no, member_id, seller_id, total_fen),
line as (
  select made.id as order_id, s.id as sku_id, p.id as product_id, p.title, s.title as sku_title, f.price_fen, f.commission_rate_bp
    from made join unnest(%(numbers)s::bigint[], %(products)s::bigint[], %(counts)s::int[]) o(number, product_id, count)
           on made.order_no = 'B' || o.number
    join catalog_product p on p.id = o.product_id join catalog_sku s on s.product_id = p.id join catalog_offer f on f.sku_id = s.id
   where s.position < o.count),
held as (
  update catalog_stock t set held_count = t.held_count + h.units, available_count = t.available_count - h.units
    from (select sku_id, count(*) as units from line group by sku_id) h where t.sku_id = h.sku_id),
written as (
  insert into trade_orderline (order_id, sku_id, product_id, title, sku_title, image, quantity, price_fen, total_fen, rate_bp,
         fee_rate_bp, fee_fen, reasons, subsidy_fen, refunded_fen, refunded_quantity)
  select order_id, sku_id, product_id, title, sku_title, '', 1, price_fen, price_fen, commission_rate_bp, 200, price_fen * 200 / 10000,
         jsonb_build_array(jsonb_build_object('code', 'price', 'label', '', 'fen', price_fen)), 0, 0, 0 from line order by order_id, sku_id)
select id, merchant_id, order_no, member_id, seller_id, total_fen from made order by id
"""


def build_backlog(members: int, lines: int, say: Say) -> None:
    """Make orders until so many commission lines of theirs wait, all of them due."""
    at = datetime.now(UTC)
    products = _products(members, at)
    waiting = sql.rows("select count(*) as n from distribution_commissionline where state = 'pending'")[0].n
    first = sql.rows("select count(*) as n from trade_order")[0].n + 1
    dice = np.random.default_rng(first)
    while waiting < lines:
        say(
            f"orders [{'#' * (30 * waiting // lines):30}] {100 * waiting // lines:3}% of {lines:,} commission lines"
        )
        sellers = 1 + SELLS * np.floor((members // SELLS) * dice.random(PART) ** 2).astype(np.int64)
        with transaction.atomic():
            orders = sql.rows(
                _PLACE,
                {
                    "at": at, "address": '{"name": "林邻", "phone": "13800138000", "region": "330102", "detail": "清波街道 1 号"}',
                    "members": dice.integers(1, members + 1, PART).tolist(), "sellers": sellers.tolist(),
                    "products": dice.choice(products, PART).tolist(), "counts": dice.integers(1, 4, PART).tolist(),
                    "numbers": list(range(first, first + PART)),
                },
            )  # fmt: skip
            _pay(orders, at)
            _refund(orders[::REFUNDED], at)
            _receive(orders, at)
            ids = [order.id for order in orders]
            waiting += sql.rows(
                """select count(*) as n from distribution_commissionline c join trade_order o on o.order_no = c.order_no
                    where o.id = any(%s::bigint[])""",
                (ids,),
            )[0].n
        first += PART
    tidy()


def tidy() -> None:
    """What autovacuum does elsewhere; it is off here, so that it does not run now and then in what is measured."""
    with connection.cursor() as cursor:
        cursor.execute(f"vacuum analyze {TABLES}")


def _products(members: int, at: datetime) -> list[int]:
    """Goods of GOODS kinds for each merchant, each in three sizes; made once."""
    if not Merchant.objects.exists():
        category, _ = Category.objects.get_or_create(name="Scale", parent=None)
        merchants = Merchant.objects.bulk_create(
            Merchant(name=f"Scale {n}", created_at=at) for n in range(max(members // MERCHANT, 1))
        )
        drafts = [
            ProductDraft(
                merchant.pk,
                category.pk,
                f"样品 {merchant.pk}-{n}",
                tuple(SkuDraft((f"{size} 份",), 1990 + 37 * n, 2000, 10_000_000) for size in (1, 2, 3)),
            )
            for merchant in merchants
            for n in range(GOODS)
        ]
        add_products(drafts, at=at)
    return [row.id for row in sql.rows("select id from catalog_product order by id")]


def _pay(orders: Sequence[Any], at: datetime) -> None:
    """The whole of what being paid means. Only orders that will be refunded have a charge, for the refund to go back to."""
    refunded = orders[::REFUNDED]
    charges = sql.rows(
        """insert into payments_charge (charge_no, gateway, payer_id, purpose, amount_fen, state, gateway_no, created_at, expires_at, settled_at)
           select c.number, 'sandbox', c.payer_id, 'checkout:' || c.number, c.fen, 'succeeded', '', %(at)s, %(at)s, %(at)s
             from unnest(%(numbers)s::text[], %(payers)s::bigint[], %(fens)s::bigint[]) c(number, payer_id, fen) returning id, charge_no""",
        {
            "at": at, "numbers": [order.order_no for order in refunded], "payers": [order.member_id for order in refunded],
            "fens": [order.total_fen for order in refunded],
        },
    )  # fmt: skip
    charge_of = {charge.charge_no: charge.id for charge in charges}
    settle(
        [
            PaidOrder(
                order.id, order.order_no, order.member_id, order.merchant_id, order.seller_id, order.total_fen,
                charge_of.get(order.order_no), at, "pending_payment",
            )
            for order in orders
        ],
        at=at,
    )  # fmt: skip


def _receive(orders: Sequence[Any], at: datetime) -> None:
    sql.rows(
        """update trade_order set state = 'received', shipped_at = %(at)s, received_at = %(at)s, completes_at = %(due)s
            where id = any(%(ids)s::bigint[])""",
        {"at": at, "due": at - timedelta(seconds=1), "ids": [order.id for order in orders]},
    )


def _refund(orders: Sequence[Any], at: datetime) -> None:
    """Seven yuan of the first of each order's goods go back."""
    first = sql.rows(
        "select order_id, min(id) as id from trade_orderline where order_id = any(%s::bigint[]) group by order_id",
        ([order.id for order in orders],),
    )
    refund_lines(
        [RefundRequest(row.order_id, f"scale{row.order_id}", (LineRefund(row.id, 700),)) for row in first],
        at=at,
    )
