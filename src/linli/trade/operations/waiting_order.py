"""Paid orders that are no sale yet: their money is held until their group is full or their gift is taken, or goes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.campaigns.operations.points import PointsBack, return_points
from linli.catalog.operations import stock
from linli.core import events, sql
from linli.ledger.operations import post
from linli.ledger.types import PLATFORM, Code, Entry, Leg
from linli.payments.operations.refund import RefundAsked, ask_refunds
from linli.trade.events import OrderRefunded
from linli.trade.models import OrderState
from linli.trade.operations.benefit import give_back_coupons, points_of_orders
from linli.trade.operations.settle_order import PaidOrder, settle

# Where the money of a waiting order is, and the word for it in keys and references of the ledger.
HELD: dict[str, tuple[Code, str]] = {
    OrderState.waiting_group: (Code.group_held, "group"),
    OrderState.waiting_gift: (Code.gift_held, "gift"),
}


@dataclass(frozen=True)
class _Waiting:
    """A locked order whose money is held. is_late: it was paid when its seat was gone; None without one."""

    id: int
    order_no: str
    checkout_no: str
    member_id: int
    merchant_id: int
    seller_id: int
    total_fen: int
    charge_id: int | None
    state: str
    is_late: bool | None


def hold_orders(orders: Sequence[PaidOrder], state: OrderState) -> None:
    """Paid orders wait in a state; nobody earns and nothing is sent before it ends."""
    if not orders:
        return
    sql.rows(
        """update trade_order o set state = %s, closed_at = null, cancel_reason = '',
                  charge_id = coalesce(nullif(p.charge_id, 0), o.charge_id)
             from unnest(%s::bigint[], %s::bigint[]) p(id, charge_id) where o.id = p.id""",
        (state.value, [order.id for order in orders], [order.charge_id or 0 for order in orders]),
    )
    held_in, word = HELD[state]
    post(
        [
            Entry(
                f"{word}_paid:{order.order_no}",
                f"{word}_paid",
                order.order_no,
                (Leg(Code.gateway, PLATFORM, order.total_fen), Leg(held_in, PLATFORM, -order.total_fen)),
                order.paid_at,
            )
            for order in orders
            if order.total_fen
        ]
    )


def confirm_orders(order_nos: Sequence[str], *, at: datetime) -> None:
    """What they waited for has come: they are sales now. Safe to run twice."""
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
                    HELD[row.state][0],
                )
                for row in waiting
            ],
            at=at,
        )


def fail_orders(order_nos: Sequence[str], *, reason: str, at: datetime) -> None:
    """It has not come: each is refunded on its own, with retries of its own (payments). Safe to run twice."""
    with transaction.atomic():
        waiting = _locked(order_nos)
        if not waiting:
            return
        sql.rows(
            """update trade_orderline set refunded_fen = total_fen, refunded_quantity = quantity, never_sent_quantity = quantity where order_id = any(%s::bigint[])""",
            ([row.id for row in waiting],),
        )
        sql.rows(
            """update trade_order set state = 'refunded', refunded_fen = total_fen, freight_refunded_fen = freight_fen, closed_at = %s,
                      cancel_reason = %s where id = any(%s::bigint[])""",
            (at, reason, [row.id for row in waiting]),
        )
        points = points_of_orders([row.id for row in waiting])
        back = [PointsBack(_reference(row), row.checkout_no, points[row.id]) for row in waiting]
        # Coupons, points, stock, ledger, as in every operation.
        entries = [*give_back_coupons(waiting, at=at), *return_points(back, at=at)]
        stock.release(units_of([row.id for row in waiting if not row.is_late]))
        paid = [row for row in waiting if row.total_fen]
        post([*entries, *(_refund_entry(row, at) for row in paid)])
        ask_refunds(
            [
                RefundAsked(row.charge_id, _reference(row), row.order_no, row.total_fen, reason)
                for row in paid
                if row.charge_id
            ],
            at=at,
        )
        events.publish([OrderRefunded(row.order_no, row.total_fen) for row in waiting])


def units_of(order_ids: Sequence[int]) -> dict[int, int]:
    """The units of each sku in orders."""
    rows = sql.rows(
        "select sku_id, sum(quantity)::bigint as units from trade_orderline where order_id = any(%s::bigint[]) group by sku_id",
        (list(order_ids),),
    )
    return {row.sku_id: row.units for row in rows}


def _locked(order_nos: Sequence[str]) -> list[_Waiting]:
    """Those that wait, locked with all that was bought together: whether something of it is left decides about its coupons."""
    rows = sql.typed(
        _Waiting,
        """select o.id, o.order_no, o.checkout_no, o.member_id, o.merchant_id, o.seller_id, o.total_fen, o.charge_id, o.state,
                  (select s.choose_until is not null from campaigns_seat s where s.order_no = o.order_no) as is_late
             from trade_order o
            where o.checkout_no in (select checkout_no from trade_order where order_no = any(%s::text[])) order by o.id for no key update""",
        (sorted(order_nos),),
    )
    asked = set(order_nos)
    return [row for row in rows if row.order_no in asked and row.state in HELD]


def _reference(row: _Waiting) -> str:
    return f"{HELD[row.state][1]}:{row.order_no}"


def _refund_entry(row: _Waiting, at: datetime) -> Entry:
    legs = (
        Leg(HELD[row.state][0], PLATFORM, row.total_fen),
        Leg(Code.refund_payable, PLATFORM, -row.total_fen),
    )
    return Entry(f"refund:{_reference(row)}", "refund", row.order_no, legs, at)
