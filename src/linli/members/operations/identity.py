"""Signing in: one-time codes by phone, bearer tokens."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from linli.core.codes import digest
from linli.core.rate_limit import count_try
from linli.members.models import ApiToken, Member, MemberStatus, PhoneCode
from linli.members.rules import normal_name, normal_phone

CODE_MINUTES = 5
CODE_TRIES = 5
TOKEN_DAYS = 30
DEMO_CODE = "000000"


class WrongCode(Exception):
    """The code is wrong, used, expired or tried too often."""


class NoSuchMember(Exception):
    """Nobody is registered with this phone."""


class AlreadyMember(Exception):
    """The phone is registered already."""


def issue_code(*, phone: str, address: str, at: datetime) -> str:
    """Make the one-time code of a phone, valid for 5 minutes. Raises BadPhone, TooMany (per phone and per address)."""
    phone = normal_phone(phone)
    _limit("code", phone, address, at)
    code = DEMO_CODE if settings.DEMO else f"{secrets.randbelow(10**6):06d}"
    PhoneCode.objects.update_or_create(
        phone=phone,
        defaults={
            "code_hash": digest(phone, code),
            "tries": 0,
            "expires_at": at + timedelta(minutes=CODE_MINUTES),
        },
    )
    return code


def sign_in(*, phone: str, code: str, address: str, at: datetime) -> Member:
    """The member of a phone, by its code. Raises BadPhone, WrongCode, NoSuchMember, TooMany."""
    phone = normal_phone(phone)
    member = Member.objects.filter(phone=phone, status=MemberStatus.active).first()
    use_code(phone=phone, code=code, address=address, at=at, keep=member is None)
    if member is None:
        raise NoSuchMember(phone)
    return member


def sign_up(*, phone: str, code: str, name: str, address: str, at: datetime, avatar: str = "") -> Member:
    """Register a member by phone and code. Raises BadPhone, BadName, WrongCode, AlreadyMember, TooMany."""
    name = normal_name(name)
    use_code(phone=normal_phone(phone), code=code, address=address, at=at)
    return register(phone=phone, name=name, at=at, avatar=avatar)


def register(*, phone: str, name: str, at: datetime, avatar: str = "") -> Member:
    """Make the member of a phone that has shown its code. Raises BadPhone, BadName, AlreadyMember."""
    member, created = Member.objects.get_or_create(
        phone=normal_phone(phone),
        defaults={"name": normal_name(name), "avatar": avatar, "created_at": at, "password": "!"},
    )
    if not created:
        raise AlreadyMember(phone)
    return member


def use_code(*, phone: str, code: str, address: str, at: datetime, keep: bool = False) -> None:
    """Spend the code of a phone (or only look at it, to go on to sign-up). In the demo 000000 is right for everybody.

    Raises WrongCode, TooMany.
    """
    _limit("try", phone, address, at)
    if settings.DEMO and code == DEMO_CODE:
        return
    with transaction.atomic():
        found = (
            PhoneCode.objects.select_for_update()
            .filter(phone=phone, expires_at__gt=at, tries__lt=CODE_TRIES)
            .first()
        )
        right = found is not None and hmac.compare_digest(bytes(found.code_hash), digest(phone, code))
        if found and right and not keep:
            found.delete()
        elif found and not right:
            found.tries += 1
            found.save(update_fields=["tries"])
    if not right:
        raise WrongCode(phone)


def issue_token(*, member: Member, at: datetime) -> str:
    """A new bearer token of a member, valid for 30 days; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        token_hash=digest(token), member=member, created_at=at, expires_at=at + timedelta(days=TOKEN_DAYS)
    )
    return token


def _limit(what: str, phone: str, address: str, at: datetime) -> None:
    """Codes and tries are few per phone, more per address; the demo is wide (600 a minute from one address)."""
    per_phone, per_address = (600, 600) if settings.DEMO else (5, 30)
    count_try(key=f"{what}:phone:{phone}", limit=per_phone, window_seconds=60, at=at)
    count_try(key=f"{what}:address:{address}", limit=per_address, window_seconds=60, at=at)
