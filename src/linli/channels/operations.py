"""Sending words to people. Without a configured SMS provider the message goes to the log, for the operator to see."""

import logging
from datetime import datetime

from linli.channels.models import Message
from linli.members.operations.identity import issue_code

log = logging.getLogger(__name__)


def send_code(*, phone: str, address: str, at: datetime) -> None:
    """Send a sign-in code to a phone. Raises BadPhone, TooMany."""
    code = issue_code(phone=phone, address=address, at=at)
    log.info("sign-in code %s for %s", code, phone)
    Message.objects.create(phone=phone[:20], text="sign-in code", is_sent=True, created_at=at)
