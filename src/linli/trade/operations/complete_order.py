"""The aftersale window is over: everybody's pending money becomes their own. A list in, one statement per step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.core import events, sql
from linli.core.money import remaining
from linli.distribution.operations.commission import mature
from linli.distribution.types import PLATFORM
from linli.ledger.operations import post
from linli.ledger.types import Code, Entry, Leg
from linli.trade.events import OrderCompleted
from linli.trade.rules.subsidy import subsidy_left

AT_ONCE = 500


def complete_orders(*, at: datetime) -> int:
    """Complete received orders whose window has ended and that have no open aftersale. Returns how many."""
    with transaction.atomic():
        orders = sql.rows(
            """select id, order_no, merchant_id, total_fen, refunded_fen from trade_order o
                where state = 'received' and completes_at <= %s
                  and not exists (select 1 from trade_aftersale a where a.order_id = o.id and a.state in ('asked', 'agreed', 'sent_back'))
                order by completes_at limit %s for no key update skip locked""",
            (at, AT_ONCE),
        )
        if not orders:
            return 0
        left = _left_of([order.id for order in orders])
        matured = mature([order.order_no for order in orders], at=at)
        post(
            [
                _entry(order, *left[order.id], matured.get(order.order_no, {}), at)
                for order in orders
                if order.total_fen or left[order.id][1]
            ]
        )
        sql.rows(
            "update trade_order set state = 'completed', closed_at = %s where id = any(%s::bigint[])",
            (at, [order.id for order in orders]),
        )
        events.publish([OrderCompleted(order.order_no) for order in orders])
    return len(orders)


def _left_of(order_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """The service fee and the subsidy left of each order, after the cumulative reversal of each line."""
    rows = sql.rows(
        """select order_id, fee_fen, total_fen, refunded_fen, subsidy_fen, quantity, refunded_quantity
             from trade_orderline where order_id = any(%s::bigint[])""",
        (list(order_ids),),
    )
    left = dict.fromkeys(order_ids, (0, 0))
    for row in rows:
        fee, subsidy = left[row.order_id]
        still = subsidy_left(
            subsidy_fen=row.subsidy_fen,
            total_fen=row.total_fen,
            refunded_fen=row.refunded_fen,
            quantity=row.quantity,
            refunded_quantity=row.refunded_quantity,
        )
        left[row.order_id] = (fee + remaining(row.fee_fen, row.total_fen, row.refunded_fen), subsidy + still)
    return left


def _entry(order: Any, fee_fen: int, subsidy_fen: int, parties: dict[int, int], at: datetime) -> Entry:
    breakage = parties.get(PLATFORM, 0)
    owners = {party: fen for party, fen in sorted(parties.items()) if party != PLATFORM}
    merchant = order.total_fen + subsidy_fen - order.refunded_fen - fee_fen - breakage - sum(owners.values())
    legs = (
        Leg(Code.merchant_pending, order.merchant_id, merchant),
        Leg(Code.merchant_available, order.merchant_id, -merchant),
        *(Leg(Code.commission_pending, owner, fen) for owner, fen in owners.items()),
        *(Leg(Code.commission_available, owner, -fen) for owner, fen in owners.items()),
        Leg(Code.deferred_platform, PLATFORM, fee_fen + breakage),
        Leg(Code.service_fee, PLATFORM, -fee_fen),
        Leg(Code.breakage, PLATFORM, -breakage),
    )
    return Entry(f"completed:{order.order_no}", "completed", order.order_no, legs, at)
