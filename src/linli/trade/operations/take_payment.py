"""A charge was paid: its orders are paid, everybody's share is frozen, the money is posted. Late or surplus money goes back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.catalog.operations import stock
from linli.core import events, sql
from linli.core.settings import BINDING_DAYS, value_at
from linli.distribution.operations.attribution import bind
from linli.distribution.operations.commission import SoldLine, accrue
from linli.distribution.queries.plan import plan_at
from linli.distribution.types import PLATFORM, Share
from linli.ledger.operations import post
from linli.ledger.types import Code, Entry, Leg
from linli.payments.events import PaymentSucceeded
from linli.payments.operations.refund import RefundAsked, ask_refunds
from linli.trade.events import OrderPaid
from linli.trade.types import Refused

PREFIX = "checkout:"


def take_payments(paid: Sequence[PaymentSucceeded], *, at: datetime) -> list[Refused | None]:
    """Take successful charges; safe to run twice. None for a payment that paid its orders, else why money goes back:

    order_closed (it came too late), already_paid (by another charge), unknown_purpose.
    """
    with transaction.atomic():
        orders = _lock_orders([charge.purpose.removeprefix(PREFIX) for charge in paid])
        taken: dict[int, PaymentSucceeded] = {}
        back: list[tuple[PaymentSucceeded, str, int, str]] = []
        outcomes: list[Refused | None] = []
        for charge in paid:
            mine = orders.get(charge.purpose.removeprefix(PREFIX), [])
            outcomes.append(_sort_out(charge, mine, taken, back))
        _settle([order for rows in orders.values() for order in rows if order.id in taken], taken, at)
        _give_back(back, at)
    return outcomes


def settle_free_orders(checkout_nos: Sequence[str], *, at: datetime) -> None:
    """Orders of ¥0 need no charge: they are paid as they are placed."""
    if not checkout_nos:
        return
    orders = [order for rows in _lock_orders(checkout_nos).values() for order in rows]
    _settle(orders, {}, at)


def _lock_orders(checkout_nos: Sequence[str]) -> dict[str, list[Any]]:
    rows = sql.rows(
        """select id, order_no, checkout_no, member_id, merchant_id, state, goods_fen, freight_fen, total_fen, seller_id, charge_id
             from trade_order where checkout_no = any(%s::text[]) order by id for no key update""",
        (list(checkout_nos),),
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.checkout_no, []).append(row)
    return found


def _sort_out(
    charge: PaymentSucceeded,
    orders: Sequence[Any],
    taken: dict[int, PaymentSucceeded],
    back: list[tuple[PaymentSucceeded, str, int, str]],
) -> Refused | None:
    """Which orders this money pays, and what of it goes back: all of it when a price differs or another charge was first."""
    open_orders = [order for order in orders if order.state == "pending_payment" and order.id not in taken]
    if any(
        order.state != "pending_payment"
        and order.charge_id == charge.charge_id
        and order.state != "cancelled"
        for order in orders
    ):
        return None  # this very charge was taken before
    if not orders:
        back.append((charge, charge.purpose, charge.amount_fen, "unknown_purpose"))
        return Refused("unknown_purpose")
    for order in open_orders:
        taken[order.id] = charge
    surplus = charge.amount_fen - sum(order.total_fen for order in open_orders)
    if not surplus:
        return None
    why = "order_closed" if any(order.state == "cancelled" for order in orders) else "already_paid"
    back.append((charge, orders[0].order_no, surplus, why))
    return Refused(why)


def _settle(orders: Sequence[Any], charges: dict[int, PaymentSucceeded], at: datetime) -> None:
    """Everything that being paid means, each in one statement for all orders."""
    if not orders:
        return
    by_id = {order.id: order for order in orders}
    lines = sql.rows(
        """select id, order_id, sku_id, product_id, title, image, quantity, total_fen, rate_bp, fee_fen from trade_orderline
            where order_id = any(%s::bigint[]) order by id""",
        (list(by_id),),
    )
    paid_at = {order.id: _paid_at(charges.get(order.id), at) for order in orders}
    sql.rows(
        """update trade_order o set state = 'paid', paid_at = p.paid_at, charge_id = coalesce(nullif(p.charge_id, 0), o.charge_id)
             from unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) p(id, paid_at, charge_id) where o.id = p.id""",
        (
            list(by_id),
            [paid_at[i] for i in by_id],
            [charges[i].charge_id if i in charges else 0 for i in by_id],
        ),
    )
    _sell(lines)
    sold = [
        SoldLine(o.order_no, line.id, o.seller_id, line.total_fen, line.rate_bp, line.title, line.image)
        for line in lines
        for o in (by_id[line.order_id],)
    ]
    shares = accrue(sold, plan=plan_at(at), at=at)
    of_order: dict[int, list[Any]] = {}
    for line in lines:
        of_order.setdefault(line.order_id, []).append(line)
    post(
        [_entry(order, of_order[order.id], shares, paid_at[order.id]) for order in orders if order.total_fen]
    )
    bind(
        [(o.member_id, o.seller_id) for o in orders if o.seller_id], days=value_at(BINDING_DAYS, at=at), at=at
    )
    events.publish([OrderPaid(order.order_no) for order in orders])


def _paid_at(charge: PaymentSucceeded | None, at: datetime) -> datetime:
    return datetime.fromisoformat(charge.paid_at) if charge else at


def _sell(lines: Sequence[Any]) -> None:
    units: dict[int, int] = {}
    products: dict[int, int] = {}
    for line in lines:
        units[line.sku_id] = units.get(line.sku_id, 0) + line.quantity
        products[line.product_id] = products.get(line.product_id, 0) + line.quantity
    stock.sell(units)
    stock.count_sold(products)


def _entry(
    order: Any, lines: Sequence[Any], shares: dict[int, tuple[Share, ...]], paid_at: datetime
) -> Entry:
    """The money of one order falls to its owners, the platform's deferred account, and the merchant, who gets the rest."""
    owners: dict[int, int] = {}
    deferred = 0
    for line in lines:
        deferred += line.fee_fen
        for share in shares.get(line.id, ()):
            if share.beneficiary_id == PLATFORM:
                deferred += share.amount_fen
            else:
                owners[share.beneficiary_id] = owners.get(share.beneficiary_id, 0) + share.amount_fen
    merchant = order.total_fen - deferred - sum(owners.values())
    legs = (
        Leg(Code.gateway, PLATFORM, order.total_fen),
        Leg(Code.merchant_pending, order.merchant_id, -merchant),
        *(Leg(Code.commission_pending, owner, -fen) for owner, fen in sorted(owners.items())),
        Leg(Code.deferred_platform, PLATFORM, -deferred),
    )
    return Entry(f"paid:{order.order_no}", "paid", order.order_no, legs, paid_at)


def _give_back(back: Sequence[tuple[PaymentSucceeded, str, int, str]], at: datetime) -> None:
    post(
        [
            Entry(
                f"surplus:{charge.charge_no}",
                "surplus",
                order_no,
                (Leg(Code.gateway, PLATFORM, fen), Leg(Code.refund_payable, PLATFORM, -fen)),
                datetime.fromisoformat(charge.paid_at),
            )
            for charge, order_no, fen, _ in back
        ]
    )
    ask_refunds(
        [
            RefundAsked(charge.charge_id, f"surplus:{charge.charge_no}", order_no, fen, why)
            for charge, order_no, fen, why in back
        ],
        at=at,
    )
