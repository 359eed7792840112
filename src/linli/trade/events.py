"""What trade tells the modules above."""

from linli.core.events import event


@event
class OrderPaid:
    """An order was paid and its shares are frozen."""

    order_no: str


@event
class OrderCompleted:
    """An order's aftersale window ended; its money is everybody's own."""

    order_no: str


@event
class OrderRefunded:
    """Money of an order goes back to its member."""

    order_no: str
    amount_fen: int
