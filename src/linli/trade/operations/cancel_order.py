"""Unpaid orders close: by their member, or when their time is over. Stock, seats and coupons go back, the charge closes first."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from linli.campaigns.operations.coupon_use import release_coupons
from linli.campaigns.operations.gift import free_gifts
from linli.campaigns.operations.points import release_points
from linli.campaigns.operations.seat import free_seats
from linli.catalog.operations import stock
from linli.core import sql
from linli.core.actor import Actor
from linli.core.refusal import NamedRefusal
from linli.core.work import work_off
from linli.payments.operations.charge import ask_gateways, close_charges
from linli.trade.models import Order
from linli.trade.operations.waiting_order import units_of

AT_ONCE = 200  # of one gateway: one that does not answer keeps no other's orders open
QUEUE = "trade.close_unpaid_orders"
# A charge that is paid is about to be taken (trade.take_payment).
_OVER = """
select id, charge_no from (
  select o.id, coalesce(c.charge_no, '') as charge_no, row_number() over (partition by c.gateway order by o.expires_at, o.id) as turn
    from trade_order o left join payments_charge c on c.id = o.charge_id
   where o.state = 'pending_payment' and o.expires_at <= %(at)s and c.state is distinct from 'succeeded'
     and not exists (select 1 from core_setaside s where s.queue = %(queue)s and s.item = o.id and s.next_try_at > %(at)s)) over
 where turn <= %(most)s
"""
_DUE = """
select o.id from trade_order o left join payments_charge c on c.id = o.charge_id
 where o.id = any(%(asked)s::bigint[]) and o.state = 'pending_payment' and c.state is distinct from 'succeeded'
   and o.id <> all(%(aside)s::bigint[]) order by o.id limit %(most)s
"""


class NotCancellable(NamedRefusal):
    """The order is no longer waiting for payment (a paid one goes through aftersale)."""

    code = "not_cancellable"


def cancel_order(*, order: Order, actor: Actor, at: datetime) -> None:
    """The member cancels an unpaid order, and with it the other orders of its checkout: one basket, one price, one charge.

    Raises NotCancellable.
    """
    if not _cancel([order.pk], reason="by_member", at=at):
        raise NotCancellable


def close_unpaid_orders(*, at: datetime) -> int:
    """Close orders whose time to pay is over. The gateways are asked first: a payment whose notice is late still counts, and while
    one cannot tell, its orders stay open (a late payment goes back by itself)."""
    due = sql.rows(_OVER, {"at": at, "most": AT_ONCE, "queue": QUEUE})
    unknown = ask_gateways(sorted({row.charge_no for row in due if row.charge_no}), at=at)
    asked = [row.id for row in due if row.charge_no not in unknown]
    close = partial(_cancel, reason="unpaid", at=at)
    return work_off(QUEUE, _DUE, close, at=at, parameters={"asked": asked})


def _cancel(order_ids: Sequence[int], *, reason: str, at: datetime) -> int:
    """Cancel those that still wait for payment and whose charge is not paid, whole checkouts only: coupons and points were
    reckoned for all of a basket. Returns how many."""
    if not order_ids:
        return 0
    with transaction.atomic():
        orders = sql.rows(
            """select id, order_no, checkout_no, campaign_id, is_gift, charge_id from trade_order
                where checkout_no in (select checkout_no from trade_order where id = any(%s::bigint[])) and state = 'pending_payment'
                order by id for no key update""",
            (sorted(order_ids),),
        )
        closed = close_charges([order.charge_id for order in orders if order.charge_id])
        closing = [order for order in orders if order.charge_id is None or order.charge_id in closed]
        release_coupons([order.checkout_no for order in closing])
        release_points([order.checkout_no for order in closing], at=at)
        free_seats([order.order_no for order in closing if order.campaign_id], at=at)
        free_gifts([order.order_no for order in closing if order.is_gift])
        sql.rows(
            "update trade_order set state = 'cancelled', cancel_reason = %s, closed_at = %s where id = any(%s::bigint[])",
            (reason, at, [order.id for order in closing]),
        )
        stock.release(units_of([order.id for order in closing]))
    return len(closing)
