"""What trade hears from below; each is safe to run twice."""

from linli.campaigns.events import GiftClaimed, GiftReturned, GroupFailed, GroupFilled
from linli.campaigns.operations.points import grant_points
from linli.community.events import CoursePassed
from linli.core import clock
from linli.core.events import on
from linli.distribution.operations.tier import note_courses
from linli.payments.events import PaymentSucceeded, RefundSettled
from linli.trade.events import OrderPaid, OrdersCompleted
from linli.trade.operations import entry_fee
from linli.trade.operations.aftersale import note_refunds
from linli.trade.operations.guide import note_guided_lines
from linli.trade.operations.index_orders import index_orders
from linli.trade.operations.take_payment import take_payments
from linli.trade.operations.waiting_order import confirm_orders, fail_orders
from linli.trade.queries.earned_points import points_of_run, referral_points_of_run


@on(PaymentSucceeded)
def on_payment_succeeded(happened: list[PaymentSucceeded]) -> None:
    """Charges were paid: of orders, and of fees for coming into a community."""
    fees = [one for one in happened if one.purpose.startswith(entry_fee.PREFIX)]
    take_payments([one for one in happened if one not in fees], at=clock.now())
    entry_fee.take_fees(fees, at=clock.now())


@on(RefundSettled)
def on_refund_settled(happened: list[RefundSettled]) -> None:
    """Money has arrived: aftersales end, and buyers hear of it."""
    note_refunds(happened, at=clock.now())


@on(GroupFilled)
def on_group_filled(happened: list[GroupFilled]) -> None:
    """Groups are full: their orders are sales."""
    confirm_orders([number for one in happened for number in one.order_nos], at=clock.now())


@on(GroupFailed)
def on_group_failed(happened: list[GroupFailed]) -> None:
    """Groups have failed: their members get their money back."""
    order_nos = [number for one in happened for number in one.order_nos]
    fail_orders(order_nos, reason="group_failed", at=clock.now())


@on(GiftClaimed)
def on_gift_claimed(happened: list[GiftClaimed]) -> None:
    """Gifts were taken: their orders are sales, and can be sent."""
    confirm_orders([number for one in happened for number in one.order_nos], at=clock.now())


@on(GiftReturned)
def on_gift_returned(happened: list[GiftReturned]) -> None:
    """Nobody took them: their givers get the money back."""
    order_nos = [number for one in happened for number in one.order_nos]
    fail_orders(order_nos, reason="gift_not_taken", at=clock.now())


@on(OrdersCompleted)
def on_orders_completed(happened: list[OrdersCompleted]) -> None:
    """Orders were bought and kept: their members get points, and friends who brought or were brought."""
    at = clock.now()
    for one in happened:
        run_id = one.settlement_run_id
        grant_points([*points_of_run(run_id), *referral_points_of_run(run_id, at=at)], at=at)


@on(CoursePassed)
def on_course_passed(happened: list[CoursePassed]) -> None:
    """Members have passed courses: tiers may ask for them. The school and the network are neighbours; trade tells one of the other."""
    note_courses([(one.member_id, one.course) for one in happened], at=clock.now())


@on(OrderPaid)
def on_order_paid(happened: list[OrderPaid]) -> None:
    """Orders are sales: the posts that led to them are noted, and consoles find them."""
    order_nos = [one.order_no for one in happened]
    note_guided_lines(order_nos)
    index_orders(order_nos)
