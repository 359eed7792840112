"""Owners who come from another mall with their relations and what they had earned there: nobody is rewarded for the move."""

from datetime import datetime

from django.db import transaction

from linli.core import audit
from linli.core.actor import SYSTEM
from linli.core.typed import read_name
from linli.distribution.models import OpeningBalance, Owner
from linli.distribution.operations.owner import create_owner
from linli.distribution.operations.tree import join_community
from linli.ledger.operations import post
from linli.ledger.types import PLATFORM, Code, Entry, Leg
from linli.members.models import Member


def bring_owner(*, member: Member, sponsor_id: int | None, shop_name: str, at: datetime) -> Owner:
    """Open the shop that a member had elsewhere, below the sponsor they had. Raises AlreadyOwner, BadName."""
    shop_name = read_name(shop_name)
    with transaction.atomic():
        sponsor, leader_id = join_community(sponsor_id) if sponsor_id else (None, None)
        owner = create_owner(member, sponsor, leader_id, shop_name=shop_name, at=at)
        audit.record(actor=SYSTEM, action="bring_owner", subject=f"owner:{member.pk}", at=at)
    return owner


def bring_balance(*, owner: Owner, amount_fen: int, at: datetime) -> bool:
    """Take over what the mall before owed an owner: its money has come to the bank, and can be withdrawn here. Once for each owner;
    returns whether it is new. Raises KeyConflict when it comes back with another amount."""
    legs = (
        Leg(Code.bank, PLATFORM, amount_fen),
        Leg(Code.commission_available, owner.pk, -amount_fen),
    )
    with transaction.atomic():
        post([Entry(f"opening:{owner.pk}", "opening", f"owner:{owner.pk}", legs, at)])
        _, is_new = OpeningBalance.objects.get_or_create(
            owner=owner, defaults={"amount_fen": amount_fen, "brought_at": at}
        )
        return is_new
