"""What trade hears from below; each is safe to run twice."""

from linli.core import clock
from linli.core.events import on
from linli.payments.events import PaymentSucceeded
from linli.trade.operations.take_payment import take_payments


@on(PaymentSucceeded)
def on_payment_succeeded(happened: list[PaymentSucceeded]) -> None:
    """Charges were paid."""
    take_payments(happened, at=clock.now())
