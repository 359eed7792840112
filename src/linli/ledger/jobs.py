"""What the ledger does by the clock."""

from datetime import datetime

from linli.core.jobs import every
from linli.ledger.operations import sum_days


@every("17 * * * *")
def sum_ledger_days(at: datetime) -> int:
    """Sum up what the platform's accounts moved until an hour ago."""
    return sum_days()
