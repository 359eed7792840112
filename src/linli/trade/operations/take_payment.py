"""A charge was paid: its orders are paid, everybody's share is frozen, the money is posted. Late or surplus money goes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.campaigns.operations.coupon_use import use_coupons
from linli.campaigns.operations.gift import send_gifts
from linli.campaigns.operations.points import use_points
from linli.campaigns.operations.seat import Paid, pay_seats
from linli.channels.operations import Told, tell_members
from linli.core import sql
from linli.core.refusal import Refusal
from linli.payments.events import PaymentSucceeded
from linli.payments.operations.surplus import Surplus, give_back
from linli.trade.models import OrderState
from linli.trade.operations.group_order import wait_for_groups
from linli.trade.operations.settle_order import PaidOrder, settle
from linli.trade.operations.waiting_order import hold_orders

PREFIX = "checkout:"


@dataclass(frozen=True)
class _Order:
    """A locked order, whoever paid for it. accepts_late_payment: its seat was freed, and its member may still choose a group."""

    id: int
    order_no: str
    checkout_no: str
    member_id: int
    merchant_id: int
    state: str
    total_fen: int
    seller_id: int
    campaign_id: int | None
    is_gift: bool
    charge_id: int | None
    accepts_late_payment: bool


def take_payments(paid: Sequence[PaymentSucceeded], *, at: datetime) -> list[Refusal | None]:
    """Take successful charges; safe to run twice. None for a payment that paid its orders, else why money goes back:

    order_closed (it came too late), already_paid (by another charge), unknown_purpose, amount_differs (less came than was
    asked: the orders wait for another charge; of more, the rest goes back). An order of a group waits for its
    group; a seat whose order was closed is late, and its member chooses what becomes of the money.
    """
    with transaction.atomic():
        orders = _lock_orders([charge.purpose.removeprefix(PREFIX) for charge in paid])
        taken: dict[int, PaymentSucceeded] = {}
        back: list[Surplus] = []
        outcomes: list[Refusal | None] = []
        for charge in paid:
            mine = orders.get(charge.purpose.removeprefix(PREFIX), [])
            outcomes.append(_match_payment(charge, mine, taken, back))
        _detach_charges([one.charge.charge_id for one in back if one.why == "amount_differs"])
        _take([order for rows in orders.values() for order in rows if order.id in taken], taken, at)
        give_back(back, at=at)
        tell_members([told for one in back if (told := _told(one, orders))], at=at)
    return outcomes


def settle_free_orders(checkout_nos: Sequence[str], *, at: datetime) -> None:
    """Orders of ¥0 need no charge: they are paid as they are placed."""
    if not checkout_nos:
        return
    orders = [order for rows in _lock_orders(checkout_nos).values() for order in rows]
    _take(orders, {}, at)


def _take(orders: Sequence[_Order], charges: dict[int, PaymentSucceeded], at: datetime) -> None:
    """Paid orders are sales at once, or wait: for their group, or for whoever takes the gift."""
    if not orders:
        return
    paid = [_paid(order, charges.get(order.id), at) for order in orders]
    checkouts = list({order.checkout_no for order in orders if order.state == "pending_payment"})
    spent = [*use_coupons(checkouts, at=at), *use_points(checkouts, at=at)]
    choosing = [order.order_no for order in orders if order.campaign_id]
    seats = pay_seats(choosing, at=at) if choosing else {}
    in_groups = {number for number, seat in seats.items() if seat is not Paid.sold}
    gifts = {order.order_no for order in orders if order.is_gift}
    wait_for_groups([order for order in paid if order.order_no in in_groups], seats)
    hold_orders([order for order in paid if order.order_no in gifts], OrderState.waiting_gift)
    send_gifts(sorted({order.checkout_no for order in orders if order.is_gift}), at=at)
    settle([order for order in paid if order.order_no not in in_groups | gifts], at=at, also=spent)


def _paid(order: _Order, charge: PaymentSucceeded | None, at: datetime) -> PaidOrder:
    return PaidOrder(
        order.id,
        order.order_no,
        order.member_id,
        order.merchant_id,
        order.seller_id,
        order.total_fen,
        charge.charge_id if charge else order.charge_id,
        datetime.fromisoformat(charge.paid_at) if charge else at,
        order.state,
    )


def _lock_orders(checkout_nos: Sequence[str]) -> dict[str, list[_Order]]:
    rows = sql.typed(
        _Order,
        """select id, order_no, checkout_no, member_id, merchant_id, state, total_fen, seller_id, campaign_id, is_gift, charge_id,
                  exists (select 1 from campaigns_seat s where s.order_no = o.order_no and s.group_id is not null
                                      and s.state = 'freed')
                  -- its coupons and points were freed too: without them it is another price, so that its money can only go back
                  and not exists (select 1 from trade_orderline l where l.order_id = o.id
                                     and (l.reasons::text like '%%_coupon"%%' or l.reasons::text like '%%"points"%%')) as accepts_late_payment
             from trade_order o where checkout_no = any(%s::text[]) order by id for no key update of o""",
        (list(checkout_nos),),
    )
    found: dict[str, list[_Order]] = {}
    for row in rows:
        found.setdefault(row.checkout_no, []).append(row)
    return found


def _match_payment(
    charge: PaymentSucceeded,
    orders: Sequence[_Order],
    taken: dict[int, PaymentSucceeded],
    back: list[Surplus],
) -> Refusal | None:
    """Which orders this money pays, and what of it goes back: all of it when a price differs or another charge was first.

    A closed order of a group takes its late money too: its member chooses what becomes of it.
    """
    open_orders = [order for order in orders if _accepts_payment(order, charge) and order.id not in taken]
    if any(
        order.state != "pending_payment"
        and order.charge_id == charge.charge_id
        and order.state != "cancelled"
        for order in orders
    ):
        return None  # this very charge was taken before
    if not orders:
        back.append(Surplus(charge, charge.purpose, charge.amount_fen, "unknown_purpose"))
        return Refusal("unknown_purpose")
    surplus = charge.amount_fen - sum(order.total_fen for order in open_orders)
    if surplus < 0:
        back.append(Surplus(charge, orders[0].order_no, charge.amount_fen, "amount_differs"))
        return Refusal("amount_differs")
    for order in open_orders:
        taken[order.id] = charge
    if not surplus:
        return None
    back.append(Surplus(charge, orders[0].order_no, surplus, _why_more(orders, open_orders)))
    return Refusal(back[-1].why)


def _why_more(orders: Sequence[_Order], open_orders: Sequence[_Order]) -> str:
    if any(order.state == "cancelled" for order in orders):
        return "order_closed"
    return "amount_differs" if open_orders else "already_paid"


def _told(one: Surplus, orders: Mapping[str, Sequence[_Order]]) -> Told | None:
    """Who paid too little hears that it goes back; other money that goes back is told when it arrives."""
    mine = orders.get(one.charge.purpose.removeprefix(PREFIX))
    if one.why != "amount_differs" or not mine or one.amount_fen != one.charge.amount_fen:
        return None
    path = f"/orders/{one.order_no}"
    return Told(
        mine[0].member_id, "amount_differs", one.charge.charge_no, path, {"fen": one.charge.amount_fen}
    )


def _detach_charges(charge_ids: Sequence[int]) -> None:
    """Orders that wait on are no longer of a charge whose money goes back: they can be paid by another, or closed."""
    sql.rows(
        "update trade_order set charge_id = null where charge_id = any(%s::bigint[]) and state = 'pending_payment'",
        (list(charge_ids),),
    )


def _accepts_payment(order: _Order, charge: PaymentSucceeded) -> bool:
    if order.state == "cancelled":
        return order.accepts_late_payment and order.charge_id == charge.charge_id
    return order.state == "pending_payment"
