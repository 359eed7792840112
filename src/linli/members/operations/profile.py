"""A member's own things: profile, addresses, invitations, roles."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from linli.core import audit
from linli.core.actor import Actor, Role
from linli.core.codes import digest, new_code
from linli.core.policy import policy
from linli.core.rate_limit import count_try
from linli.core.refusal import NamedRefusal, Refusal
from linli.core.typed import read_name, read_phone, read_text
from linli.members.models import Address, Device, Invitation, Member, RoleGrant, Trait, TraitKind
from linli.members.operations.index_members import index_members
from linli.members.queries import is_place
from linli.members.rules import OCCUPATIONS

INVITATION_DAYS = 30
INVITATION_USES = 100
MOST_ADDRESSES = 20
MOST_INTERESTS = 6


class BadAddress(Refusal):
    """Name, phone, region or detail are missing or wrong, or the book is full (count); `fields` says which."""

    code = "bad_address"

    def __init__(self, *fields: str) -> None:
        super().__init__(details={"field": fields[0], "fields": list(fields)})
        self.fields = fields


class InvitationRefused(NamedRefusal):
    """The invitation is unknown, used up or expired."""

    code = "invitation_refused"


def rename(*, member: Member, name: str) -> None:
    """Change a member's name. Raises BadName."""
    member.name = read_name(name)
    with transaction.atomic():
        member.save(update_fields=["name"])
        index_members([member])


def save_address(
    *,
    actor: Actor,
    name: str,
    phone: str,
    region: str,
    detail: str,
    is_default: bool = False,
    address_id: int | None = None,
) -> Address:
    """Add or change an entry of the address book. Raises BadAddress, Address.DoesNotExist when it is not the actor's."""
    fields = checked_address(name=name, phone=phone, region=region, detail=detail)
    mine = Address.objects.visible_to(actor)
    with transaction.atomic():
        if address_id is None and mine.count() >= MOST_ADDRESSES:
            raise BadAddress("count")
        address = mine.get(pk=address_id) if address_id else Address(member_id=actor.member_id)
        is_first = not mine.exists()
        if is_default or is_first:
            mine.update(is_default=False)
        for key, value in fields.items():
            setattr(address, key, value)
        address.is_default = is_default or is_first or address.is_default
        address.save()
    return address


def checked_address(*, name: str, phone: str, region: str, detail: str) -> dict[str, str]:
    """An address with every part normal: a person, a number that can be called, a place that a parcel goes to, a street.

    Raises BadAddress.
    """
    faults = []
    try:
        name = read_name(name)
    except ValueError:
        faults.append("name")
    try:
        phone = read_phone(phone)
    except ValueError:
        faults.append("phone")
    if not is_place(region):
        faults.append("region")
    detail = read_text(detail)
    if not 2 <= len(detail) <= 120:
        faults.append("detail")
    if faults:
        raise BadAddress(*faults)
    return {"name": name, "phone": phone, "region": region, "detail": detail}


def say_traits(*, member_id: int, occupation: str, interests: Sequence[str]) -> None:
    """Replace what a member says about themselves. Interests over 12 characters are dropped. Refuses: unreadable (unknown occupation)."""
    if occupation and occupation not in OCCUPATIONS:
        raise Refusal("unreadable", {"field": "occupation"})
    kept = [one for one in dict.fromkeys(word.strip() for word in interests) if 1 <= len(one) <= 12]
    said = [Trait(member_id=member_id, kind=TraitKind.interest, value=one) for one in kept[:MOST_INTERESTS]]
    if occupation:
        said.append(Trait(member_id=member_id, kind=TraitKind.occupation, value=occupation))
    with transaction.atomic():
        Trait.objects.filter(member_id=member_id).delete()
        Trait.objects.bulk_create(said)


def remember_device(*, member: Member, device: str, at: datetime) -> None:
    """A member signed in with a browser, known by a random value of its own."""
    Device.objects.update_or_create(
        member=member, device_hash=digest("device", device), defaults={"seen_at": at}
    )


def is_device_of(*, phone: str, device: str) -> bool:
    """Whether the member of a phone has signed in with this browser before."""
    return (
        bool(device)
        and Device.objects.filter(member__phone=phone, device_hash=digest("device", device)).exists()
    )


def invite(*, inviter: Member, at: datetime, words: str = "") -> Invitation:
    """The inviter's invitation in force, or a new one for 100 people and 30 days. Raises TooMany."""
    current = (
        Invitation.objects.filter(inviter=inviter, uses_left__gt=0, expires_at__gt=at).order_by("-id").first()
    )
    if current:
        return current
    for limit, seconds in policy().limits((10, 3600)):
        count_try(key=f"invite:{inviter.pk}", limit=limit, window_seconds=seconds, at=at)
    return Invitation.objects.create(
        code=new_code(8),
        inviter=inviter,
        words=words,
        uses_left=INVITATION_USES,
        expires_at=at + timedelta(days=INVITATION_DAYS),
        created_at=at,
    )


def use_invitation(invitation: Invitation) -> None:
    """Use up one place of an invitation. Raises InvitationRefused when none is left."""
    if not Invitation.objects.filter(pk=invitation.pk, uses_left__gt=0).update(uses_left=F("uses_left") - 1):
        raise InvitationRefused


def find_invitation(*, code: str, address: str, at: datetime) -> Invitation:
    """The invitation behind a code, if it can still be used. Raises InvitationRefused, TooMany (guessing)."""
    for limit, seconds in policy().limits((30, 60)):
        count_try(key=f"invitation:{address}", limit=limit, window_seconds=seconds, at=at)
    found = Invitation.objects.select_related("inviter").filter(code=code.strip().upper()).first()
    if not found or found.uses_left < 1 or found.expires_at <= at:
        raise InvitationRefused
    return found


def grant_role(*, member: Member, role: Role, scope: str = "", actor: Actor, at: datetime) -> None:
    """Give a member a role; a second time changes nothing."""
    _, created = RoleGrant.objects.get_or_create(member=member, role=role, scope=scope)
    if created:
        audit.record(
            actor=actor, action="grant_role", subject=f"member:{member.pk}", at=at, role=role, scope=scope
        )
