"""Orders that wait for their group: their money is held, until the group is full or has failed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from linli.campaigns.operations.coupon_use import return_coupons
from linli.campaigns.operations.late_seat import give_up_late_seat, seat_late
from linli.campaigns.operations.points import return_points
from linli.campaigns.operations.seat import Paid
from linli.campaigns.types import Refusal
from linli.catalog.operations import stock
from linli.core import events, sql
from linli.ledger.operations import post
from linli.ledger.types import PLATFORM, Code, Entry, Leg
from linli.payments.operations.refund import RefundAsked, ask_refunds
from linli.trade.events import OrderRefunded
from linli.trade.models import Order, OrderState
from linli.trade.operations.settle_order import PaidOrder, settle
from linli.trade.types import Refused


def wait_for_groups(orders: Sequence[PaidOrder], seats: Mapping[str, Paid]) -> None:
    """Paid orders of groups wait; nobody earns and nothing is sent before the group is full. A late one holds no stock."""
    if not orders:
        return
    sql.rows(
        """update trade_order o set state = 'waiting_group', closed_at = null, cancel_reason = '',
                  charge_id = coalesce(nullif(p.charge_id, 0), o.charge_id)
             from unnest(%s::bigint[], %s::bigint[]) p(id, charge_id) where o.id = p.id""",
        ([order.id for order in orders], [order.charge_id or 0 for order in orders]),
    )
    post(
        [
            Entry(
                f"group_paid:{order.order_no}",
                "group_paid",
                order.order_no,
                (
                    Leg(Code.gateway, PLATFORM, order.total_fen),
                    Leg(Code.group_held, PLATFORM, -order.total_fen),
                ),
                order.paid_at,
            )
            for order in orders
            if order.total_fen
        ]
    )
    late = [o.id for o in orders if seats[o.order_no] is Paid.late and o.state == "pending_payment"]
    stock.release(_units(late))


def confirm_group_orders(order_nos: Sequence[str], *, at: datetime) -> None:
    """Their groups are full: they are sales now. Safe to run twice."""
    with transaction.atomic():
        waiting = _locked(order_nos)
        settle(
            [
                PaidOrder(
                    row.id,
                    row.order_no,
                    row.member_id,
                    row.merchant_id,
                    row.seller_id,
                    row.total_fen,
                    row.charge_id,
                    at,
                    row.state,
                    Code.group_held,
                )
                for row in waiting
            ],
            at=at,
        )


def fail_group_orders(order_nos: Sequence[str], *, at: datetime) -> None:
    """Their groups have failed: each is refunded on its own, with retries of its own (payments). Safe to run twice."""
    with transaction.atomic():
        waiting = _locked(order_nos)
        if not waiting:
            return
        stock.release(_units([row.id for row in waiting if not row.is_late]))
        sql.rows(
            """update trade_orderline set refunded_fen = total_fen, refunded_quantity = quantity where order_id = any(%s::bigint[])""",
            ([row.id for row in waiting],),
        )
        sql.rows(
            """update trade_order set state = 'refunded', refunded_fen = total_fen, freight_refunded_fen = freight_fen, closed_at = %s,
                      cancel_reason = 'group_failed' where id = any(%s::bigint[])""",
            (at, [row.id for row in waiting]),
        )
        paid = [row for row in waiting if row.total_fen]
        post([_refund_entry(row, at) for row in paid])
        ask_refunds(
            [
                RefundAsked(
                    row.charge_id, f"group:{row.order_no}", row.order_no, row.total_fen, "group_failed"
                )
                for row in paid
            ],
            at=at,
        )
        give_back_benefits(waiting, at=at)
        events.publish([OrderRefunded(row.order_no, row.total_fen) for row in waiting])


def choose_late(*, order: Order, group_id: int | None, at: datetime) -> Refused | None:
    """The member of a late payment chooses: a group to join, 0 to open one of their own, None for the money back.

    None when it is done, else why not: not_late (nothing to choose any more), sold_out, group_full, group_over ...
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.state != OrderState.waiting_group:
            return Refused("not_late")
        if group_id is None:
            return None if give_up_late_seat(order.order_no) else Refused("not_late")
        refusal = seat_late(order.order_no, group_id, at=at)
        if isinstance(refusal, Refusal):
            return Refused(refusal.code, refusal.details)
        line = order.lines.get()
        if stock.reserve([{line.sku_id: line.quantity}])[0]:
            transaction.set_rollback(True)
            return Refused("sold_out", {"sku_id": str(line.sku_id)})
    return None


def give_back_benefits(orders: Sequence[Any], *, at: datetime) -> None:
    """Wholly refunded orders free their merchant's coupon, and the platform's and the points once nothing of their checkout is
    left."""
    checkouts = [row.checkout_no for row in orders]
    left = {
        row.checkout_no
        for row in sql.rows(
            """select distinct checkout_no from trade_order where checkout_no = any(%s::text[]) and state not in ('refunded', 'cancelled')""",
            (checkouts,),
        )
    }
    whole = [checkout_no for checkout_no in dict.fromkeys(checkouts) if checkout_no not in left]
    return_coupons([(row.checkout_no, row.merchant_id) for row in orders], whole, at=at)
    return_points(whole, at=at)


def _locked(order_nos: Sequence[str]) -> list[Any]:
    return sql.rows(
        """select o.id, o.order_no, o.checkout_no, o.member_id, o.merchant_id, o.seller_id, o.total_fen, o.charge_id, o.state,
                  (select s.choose_until is not null from campaigns_seat s where s.order_no = o.order_no) as is_late
             from trade_order o where o.order_no = any(%s::text[]) and o.state = 'waiting_group' order by o.id for no key update""",
        (sorted(order_nos),),
    )


def _units(order_ids: Sequence[int]) -> dict[int, int]:
    rows: list[Any] = sql.rows(
        "select sku_id, sum(quantity)::bigint as units from trade_orderline where order_id = any(%s::bigint[]) group by sku_id",
        (list(order_ids),),
    )
    return {row.sku_id: row.units for row in rows}


def _refund_entry(row: Any, at: datetime) -> Entry:
    legs = (
        Leg(Code.group_held, PLATFORM, row.total_fen),
        Leg(Code.refund_payable, PLATFORM, -row.total_fen),
    )
    return Entry(f"refund:group:{row.order_no}", "refund", row.order_no, legs, at)
