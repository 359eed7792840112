"""What payments tells the modules above."""

from linli.core.events import event


@event
class PaymentSucceeded:
    """A charge was paid in full, at the gateway's moment (ISO 8601)."""

    charge_id: int
    charge_no: str
    purpose: str
    amount_fen: int
    gateway: str
    paid_at: str
