"""Coupons and points of what went back wholly are their members' again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from linli.campaigns.operations.coupon_use import return_coupons
from linli.campaigns.operations.points import return_points
from linli.core import sql


def give_back_benefits(orders: Sequence[Any], *, at: datetime) -> None:
    """Wholly refunded orders free their merchant's coupon once nothing of their checkout is left with that merchant, and the
    platform's and the points once nothing is left at all."""
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
    return_coupons(sorted(of_merchants), whole, at=at)
    return_points(whole, at=at)
