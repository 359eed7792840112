"""Coupons of what went back wholly, and points of every part that went back, are their members' again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from linli.campaigns.operations.coupon_use import return_coupons
from linli.core import sql
from linli.ledger.types import Entry

# What points paid of a line, in fen: its reason says so.
LINE_POINTS = """coalesce((select -sum((reason->>'fen')::bigint) from jsonb_array_elements(reasons) reason
                            where reason->>'code' = 'points'), 0)::bigint"""


class Bought(Protocol):
    """An order as a part of what was bought together."""

    @property
    def checkout_no(self) -> str: ...
    @property
    def merchant_id(self) -> int: ...


def give_back_coupons(orders: Sequence[Bought], *, at: datetime) -> list[Entry]:
    """Wholly refunded orders free their merchant's coupon once nothing of their checkout is left with that merchant, and the
    platform's once nothing is left at all."""
    checkouts = [row.checkout_no for row in orders]
    left = {
        (row.checkout_no, row.merchant_id)
        for row in sql.rows(
            """select distinct checkout_no, merchant_id from trade_order
                where checkout_no = any(%s::text[]) and state not in ('refunded', 'cancelled')""",
            (checkouts,),
        )
    }
    unfinished = {checkout_no for checkout_no, _ in left}
    of_merchants = {(row.checkout_no, row.merchant_id) for row in orders} - left
    whole = [checkout_no for checkout_no in dict.fromkeys(checkouts) if checkout_no not in unfinished]
    return return_coupons(sorted(of_merchants), whole, at=at)


def points_of_orders(order_ids: Sequence[int]) -> dict[int, int]:
    """What points paid of whole orders."""
    rows = sql.rows(
        f"select order_id, sum({LINE_POINTS})::bigint as points from trade_orderline where order_id = any(%s::bigint[]) group by 1",
        (list(order_ids),),
    )
    return {row.order_id: row.points for row in rows}
