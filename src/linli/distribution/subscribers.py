"""What distribution hears from below; each is safe to run twice."""

from linli.core.events import on
from linli.distribution.operations.withdrawal import settle_withdrawals
from linli.payments.events import PayoutSettled


@on(PayoutSettled)
def on_payout_settled(happened: list[PayoutSettled]) -> None:
    """Payouts were made or failed."""
    settle_withdrawals(happened)
