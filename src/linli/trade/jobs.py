"""What trade does by the clock."""

from datetime import datetime

from linli.core.jobs import every
from linli.trade.operations import (
    aftersale,
    cancel_order,
    complete_order,
    daily_pack,
    deliver_order,
    entry_fee,
)


@every("* * * * * */10")
def close_unpaid_orders(*, at: datetime) -> int:
    """Orders whose time to pay is over."""
    return cancel_order.close_unpaid_orders(at=at)


@every("* * * * * */30")
def decide_aftersales(*, at: datetime) -> int:
    """Aftersales that nobody decided in time."""
    return aftersale.decide_at_deadline(at=at)


@every("* * * * *")
def receive_orders(*, at: datetime) -> int:
    """Parcels that count as received."""
    return _until_done(deliver_order.receive_after_time, at)


@every("* * * * *")
def complete_orders(*, at: datetime) -> int:
    """Orders whose aftersale window is over."""
    return _until_done(complete_order.complete_orders, at)


@every("* * * * * */20")
def close_unpaid_fees(*, at: datetime) -> int:
    """Fees for coming into a community whose time to pay is over."""
    return entry_fee.close_unpaid_fees(at=at)


@every("* * * * * */20")
def settle_fees(*, at: datetime) -> int:
    """Fees that are earned, and those that go back."""
    return _until_done(entry_fee.settle_fees, at)


@every("17 3 * * *")
def retire_weak_copies(*, at: datetime) -> int:
    """Words that bring too little."""
    return daily_pack.retire_weak_copies(at=at)


def _until_done(operation, at: datetime) -> int:  # type: ignore[no-untyped-def]
    total = 0
    while done := operation(at=at):
        total += done
    return total
