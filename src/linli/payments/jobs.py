"""What payments does by the clock."""

import logging
from datetime import datetime

from linli.core.jobs import every
from linli.payments.adapters.registry import gateway_names
from linli.payments.operations import notice, payout, reconciliation, refund

log = logging.getLogger(__name__)


@every("* * * * * */2")
def send_refunds(*, at: datetime) -> int:
    """Send the refunds that are due."""
    return refund.send_refunds(at=at)


@every("* * * * * */2")
def send_payouts(*, at: datetime) -> int:
    """Send the payouts that are due."""
    return payout.send_payouts(at=at)


@every("* * * * * */5")
def handle_notices(*, at: datetime) -> int:
    """Handle notices that a crash left stored but not handled."""
    return notice.handle_notices(at=at)


@every("*/10 * * * *")
def reconcile_days(*, at: datetime) -> int:
    """Reconcile every day that has passed with every gateway; one that cannot tell stops no other."""
    made = 0
    for name in gateway_names():
        try:
            for day in reconciliation.days_to_reconcile(name, at=at):
                reconciliation.reconcile(name=name, day=day, at=at)
                made += 1
        except Exception:
            log.exception("%s could not be reconciled; the next round comes again", name)
    return made
