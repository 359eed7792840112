"""Sending words to people. Without a configured SMS provider the message goes to the log, for the operator to see."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linli.channels.models import InboxMessage, Message, RegionalAccount
from linli.core import audit, sql
from linli.core.actor import Actor
from linli.core.policy import policy
from linli.core.refusal import NamedRefusal
from linli.core.typed import is_named
from linli.members.operations.identity import issue_code
from linli.members.queries import region_tree
from linli.members.rules import masked_phone

log = logging.getLogger(__name__)
REGIONS_TO_START = 26


def send_code(*, phone: str, address: str, at: datetime, is_known: bool = False) -> None:
    """Send a sign-in code to a phone; is_known: see members.issue_code. Raises BadPhone, TooMany.

    Without a provider of messages nothing leaves: `linli code PHONE` tells the operator a code. None stands in a log.
    """
    issue_code(phone=phone, address=address, at=at, is_known=is_known)
    log.info("a sign-in code for %s is due to be sent", masked_phone(phone))
    Message.objects.create(
        phone=masked_phone(phone), text="sign-in code", is_sent=bool(policy().fixed_code), created_at=at
    )


class BadAccount(NamedRefusal):
    """An account's name has 1 to 40 characters, its id at most 40, and its followers are a whole number."""

    code = "bad_account"


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


def found_accounts(*, actor: Actor, at: datetime) -> int:
    """Register a service account for each of the first regions that have none. Returns how many."""
    provinces = [(node["code"].ljust(6, "0"), node["name"]) for node in region_tree()][:REGIONS_TO_START]
    known = set(RegionalAccount.objects.values_list("region", flat=True))
    made = RegionalAccount.objects.bulk_create(
        RegionalAccount(region=code, name=f"邻里·{name}", created_at=at)
        for code, name in provinces
        if code not in known
    )
    if made:
        audit.record(
            actor=actor, action="found_accounts", subject="regional_accounts", at=at, count=len(made)
        )
    return len(made)


def count_followers(
    *, account: RegionalAccount, name: str, wechat: str, followers: int, actor: Actor, at: datetime
) -> None:
    """What a person read in the backend of an account. Raises BadAccount."""
    name, wechat = " ".join(name.split()), wechat.strip()
    if not is_named(name, 40) or len(wechat) > 40 or not 0 <= followers <= 10**9:
        raise BadAccount
    account.name, account.account, account.follower_count, account.counted_at = name, wechat, followers, at
    account.save(update_fields=["name", "account", "follower_count", "counted_at"])
    audit.record(
        actor=actor, action="count_followers", subject=f"account:{account.region}", at=at, count=followers
    )
