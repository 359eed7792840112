"""What trade tells the modules above."""

from linli.core.events import event


@event
class OrderPaid:
    """An order was paid and its shares are frozen."""

    order_no: str


@event
class OrdersCompleted:
    """The aftersale windows of a settlement run's orders ended; their money is everybody's own. Who listens reads the orders
    by the run: there may be many thousands."""

    settlement_run_id: int


@event
class OrderRefunded:
    """Money of an order goes back to its member."""

    order_no: str
    amount_fen: int
