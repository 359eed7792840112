"""Sending words to people. Without a configured SMS provider the message goes to the log, for the operator to see."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.channels.models import InboxMessage, Message
from linli.core import sql
from linli.members.operations.identity import issue_code

log = logging.getLogger(__name__)


def send_code(*, phone: str, address: str, at: datetime) -> None:
    """Send a sign-in code to a phone. Raises BadPhone, TooMany."""
    code = issue_code(phone=phone, address=address, at=at)
    log.info("sign-in code %s for %s", code, phone)
    Message.objects.create(phone=phone[:20], text="sign-in code", is_sent=True, created_at=at)


@dataclass(frozen=True)
class Told:
    """Something to tell a member once: reference is what it is about (the same code and reference is told once)."""

    member_id: int
    code: str
    reference: str
    url: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def tell_members(told: Sequence[Told], *, at: datetime) -> None:
    """Put messages into members' inboxes, in one statement; what was told before is not told again."""
    if not told:
        return
    sql.rows(
        """insert into channels_inboxmessage (member_id, code, reference, url, values, created_at)
           select t.*, %(at)s from unnest(%(members)s::bigint[], %(codes)s::text[], %(references)s::text[], %(urls)s::text[],
                                          %(values)s::jsonb[]) t
           on conflict (member_id, code, reference) do nothing""",
        {
            "members": [one.member_id for one in told],
            "codes": [one.code for one in told],
            "references": [one.reference for one in told],
            "urls": [one.url for one in told],
            "values": [json.dumps(one.values, ensure_ascii=False) for one in told],
            "at": at,
        },
    )


def read_messages(*, member_id: int, at: datetime) -> None:
    """The member has seen what is in the inbox."""
    InboxMessage.objects.filter(member_id=member_id, read_at=None).update(read_at=at)
