"""What payments does by the clock."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from linli.core.jobs import every
from linli.payments.adapters.registry import gateway_names
from linli.payments.models import Reconciliation
from linli.payments.operations import notice, payout, reconciliation, refund
from linli.payments.types import GatewayUnavailable

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
def reconcile_yesterday(*, at: datetime) -> int:
    """Reconcile yesterday with every gateway, once the day has passed."""
    yesterday = (at.astimezone(ZoneInfo("Asia/Shanghai")) - timedelta(days=1)).date()
    made = 0
    for name in gateway_names():
        if Reconciliation.objects.filter(gateway=name, day=yesterday).exists():
            continue
        try:
            reconciliation.reconcile(name=name, day=yesterday, at=at)
            made += 1
        except GatewayUnavailable as error:
            log.warning("no bill of %s from %s yet: %s", yesterday, name, error)
    return made
