"""Orders of group buys: they wait for their group, and the member of a late payment chooses what becomes of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from linli.campaigns.operations.late_seat import give_up_late_seat, seat_late
from linli.campaigns.operations.seat import Paid
from linli.catalog.operations import stock
from linli.core.refusal import Refusal
from linli.trade.models import Order, OrderState
from linli.trade.operations.settle_order import PaidOrder
from linli.trade.operations.waiting_order import hold_orders, units_of


def wait_for_groups(orders: Sequence[PaidOrder], seats: Mapping[str, Paid]) -> None:
    """Paid orders of groups wait. A late one holds no stock."""
    hold_orders(orders, OrderState.waiting_group)
    late = [o.id for o in orders if seats[o.order_no] is Paid.late and o.state == "pending_payment"]
    stock.release(units_of(late))


def choose_late(*, order: Order, group_id: int | None, at: datetime) -> Refusal | None:
    """The member of a late payment chooses: a group to join, 0 to open one of their own, None for the money back.

    None when it is done, else why not: not_late (nothing to choose any more), sold_out, group_full, group_over ...
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.state != OrderState.waiting_group:
            return Refusal("not_late")
        if group_id is None:
            return None if give_up_late_seat(order.order_no) else Refusal("not_late")
        refusal = seat_late(order.order_no, group_id, at=at)
        if isinstance(refusal, Refusal):
            return refusal
        line = order.lines.get()
        if stock.reserve([{line.sku_id: line.quantity}])[0]:
            transaction.set_rollback(True)
            return Refusal("sold_out", {"sku_id": str(line.sku_id)})
    return None
