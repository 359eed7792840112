"""What payments tells the modules above."""

from linli.core.events import event


@event
class PayoutSettled:
    """A payout was made, or failed for good, at the gateway's moment (ISO 8601)."""

    reference: str
    amount_fen: int
    succeeded: bool
    why: str
    settled_at: str


@event
class RefundSettled:
    """Money has gone back to its payer, at the gateway's moment (ISO 8601)."""

    reference: str
    order_no: str
    amount_fen: int
    settled_at: str


@event
class PaymentSucceeded:
    """A charge was paid, at the gateway's moment (ISO 8601). amount_fen: what came, which may be another amount than was asked."""

    charge_id: int
    charge_no: str
    purpose: str
    amount_fen: int
    gateway: str
    paid_at: str
