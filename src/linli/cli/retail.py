"""A real retailer's records as input: the catalogue and a week of household baskets of «completejourney», through the same
operations that people use. Prices of the file are dollars; they are taken as yuan."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from linli.core import clock, events, sql

AT_ONCE = 200
STOCK = 1_000_000


def import_week(folder: Path, *, days: int = 7) -> int:
    """Import every product, then place, pay and complete the baskets of the first days. Exit 1 when totals differ."""
    import pyarrow.compute as pc  # inline: a development dependency
    import pyarrow.parquet as pq

    at = clock.now()
    lines = pq.read_table(folder / "transactions.parquet")
    first = pc.min(lines["transaction_timestamp"]).as_py()
    week = lines.filter(pc.less(lines["transaction_timestamp"], first + timedelta(days=days))).to_pylist()
    began = time.monotonic()
    skus = _catalogue(pq.read_table(folder / "products.parquet").to_pylist(), at)
    print(f"{len(skus)} products, {len(skus) / (time.monotonic() - began):,.0f} rows/s")
    began = time.monotonic()
    placed, wanted_fen = _baskets(week, skus, at)
    print(
        f"{placed} baskets placed, paid and completed, {placed / (time.monotonic() - began):,.0f} baskets/s"
    )
    row = sql.rows(
        "select coalesce(sum(total_fen), 0)::bigint as fen from trade_order where state = 'completed'"
    )[0]
    print(f"the file's total {wanted_fen} fen, ours {row.fen} fen")
    return 0 if row.fen == wanted_fen else 1


def _catalogue(products: list[dict[str, Any]], at: datetime) -> dict[str, int]:
    """Every product of the file as one of ours; its price is set by each basket, so it starts at nothing."""
    from linli.catalog.operations.import_products import import_products  # inline: needs Django's apps
    from linli.core.actor import SYSTEM
    from linli.core.table_file import Row
    from linli.merchants.models import Merchant

    merchant = Merchant.objects.create(name="Complete Journey", created_at=at)
    rows = (Row(number, cells) for number, cells in enumerate(_rows(products), 2))
    done = import_products(
        rows, merchant_id=merchant.pk, is_partial=False, is_dry_run=False, actor=SYSTEM, at=at
    )
    if done.errors:
        raise SystemExit(f"row {done.errors[0].row}: {done.errors[0].why}")
    known = sql.rows(
        "select s.code, s.id from catalog_sku s join catalog_product p on p.id = s.product_id where p.merchant_id = %s",
        (merchant.pk,),
    )
    return {row.code: row.id for row in known}


def _rows(products: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    for product in products:
        number = str(product["product_id"])
        name = product["product_type"] or product["product_category"] or "goods"
        yield {
            "title": f"{name[:60]} {number}",
            "subtitle": f"{product['brand'] or ''} {product['package_size'] or ''}",
            # A slash in a name of theirs (CNTRL/STORE SUP) is no path of ours.
            "category": (product["department"] or "OTHER").replace("/", " ")[:40],
            "price_yuan": "0",
            "stock": str(STOCK),
            "code": number,
        }


def _baskets(week: list[dict[str, Any]], skus: dict[str, int], at: datetime) -> tuple[int, int]:
    """Each basket is an order whose lines cost what the household paid; returns how many, and the fen they sum to."""
    from linli.members.models import Member  # inline: needs Django's apps

    baskets: dict[str, dict[int, int]] = {}
    owners: dict[str, str] = {}
    for line in week:
        sku = skus.get(str(line["product_id"]))
        if sku is not None:
            basket = baskets.setdefault(str(line["basket_id"]), {})
            basket[sku] = basket.get(sku, 0) + round(line["sales_value"] * 100)
            owners[str(line["basket_id"])] = str(line["household_id"])
    names = sorted(set(owners.values()))
    members = Member.objects.bulk_create(
        Member(phone=f"7{int(name):010d}", name=f"household {name}", created_at=at, password="!")
        for name in names
    )
    households = dict(zip(names, (member.pk for member in members), strict=True))
    wanted = list(baskets.items())
    for start in range(0, len(wanted), AT_ONCE):
        _place([(households[owners[number]], lines) for number, lines in wanted[start : start + AT_ONCE]], at)
    return len(wanted), sum(fen for lines in baskets.values() for fen in lines.values())


def _place(batch: list[tuple[int, dict[int, int]]], at: datetime) -> None:
    """Baskets of one batch, one price a sku at a time: a sku that two baskets paid differently waits for the next round."""
    waiting = batch
    while waiting:
        prices: dict[int, int] = {}
        now, later = [], []
        for member, lines in waiting:
            if all(prices.get(sku, fen) == fen for sku, fen in lines.items()):
                prices |= lines
                now.append((member, lines))
            else:
                later.append((member, lines))
        _set_prices(prices)
        _place_round(now, at)
        waiting = later


def _set_prices(prices: dict[int, int]) -> None:
    from linli.catalog.models import Offer  # inline: needs Django's apps

    offers = list(Offer.objects.filter(sku__in=prices))
    for offer in offers:
        offer.price_fen = prices[offer.sku_id]
    Offer.objects.bulk_update(offers, ["price_fen"])


def _place_round(batch: list[tuple[int, dict[int, int]]], at: datetime) -> None:
    from linli.core.actor import SYSTEM  # inline: needs Django's apps
    from linli.payments.models import Charge
    from linli.payments.operations.notice import store_checked
    from linli.payments.types import GatewayNotice
    from linli.trade.models import Order
    from linli.trade.operations.complete_order import complete_orders
    from linli.trade.operations.deliver_order import confirm_receipt, ship_order
    from linli.trade.operations.place_order import place_orders
    from linli.trade.rules.basket import MOST_LINES
    from linli.trade.types import Basket, Line, Placed, PlaceRequest

    address = {"name": "household", "phone": "13800000000", "region": "330102", "detail": "completejourney"}
    requests = []
    for member, lines in batch:
        skus = list(lines)
        for start in range(0, len(skus), MOST_LINES):
            part = tuple(Line(sku, 1) for sku in skus[start : start + MOST_LINES])
            requests.append(PlaceRequest(Basket(member, part), address, charge_gateway="sandbox"))
    placed = place_orders(requests, at=at)
    refused = [outcome for outcome in placed if not isinstance(outcome, Placed)]
    if refused:
        raise SystemExit(f"a basket was refused: {refused[0]}")
    charges = Charge.objects.filter(
        charge_no__in=[one.charge_no for one in placed if isinstance(one, Placed) and one.charge_no]
    )
    store_checked(
        "sandbox",
        [
            GatewayNotice(f"C{c.charge_no}", "payment", c.charge_no, "success", c.amount_fen, c.charge_no, at)
            for c in charges
        ],
        at=at,
    )
    events.deliver_all()
    numbers = [order.order_no for one in placed if isinstance(one, Placed) for order in one.orders]
    for order in Order.objects.filter(order_no__in=numbers):
        ship_order(order=order, carrier="商家自送", tracking_no=order.order_no, actor=SYSTEM, at=at)
        order.refresh_from_db()
        confirm_receipt(order=order, actor=SYSTEM, at=at)
    complete_orders(at=at + timedelta(days=8))
