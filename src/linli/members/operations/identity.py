"""Signing in: one-time codes by phone, bearer tokens."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from linli.core.codes import digest
from linli.core.policy import policy
from linli.core.rate_limit import count_try
from linli.core.refusal import NamedRefusal
from linli.core.typed import read_mobile, read_name, read_text
from linli.members.models import ApiToken, Member, MemberStatus, PhoneCode
from linli.members.operations.index_members import index_members

CODE_MINUTES = 5
CODE_TRIES = 20  # of one code, by everybody together
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
# How many, in so many seconds.
PHONE_CODES = ((2, MINUTE), (6, HOUR), (12, DAY))
ADDRESS_CODES = ((30, MINUTE), (120, HOUR), (500, DAY))
PHONE_TRIES = ((10, 5 * MINUTE), (30, HOUR))
ADDRESS_TRIES = ((30, MINUTE), (200, HOUR))
TOKEN_DAYS = 30


class WrongCode(NamedRefusal):
    """The code is wrong, used, expired or tried too often."""

    code = "wrong_code"


class NoSuchMember(NamedRefusal):
    """Nobody is registered with this phone."""

    code = "no_such_member"


class AlreadyMember(NamedRefusal):
    """The phone is registered already."""

    code = "already_member"


def issue_code(*, phone: str, address: str, at: datetime, is_known: bool = False) -> str:
    """Make the one-time code of a phone, valid for 5 minutes. is_known: asked for by a browser that this phone has signed in with,
    which strangers who ask for the same phone cannot keep out. Raises BadPhone, TooMany."""
    phone = read_mobile(phone)
    _count("code", f"{'known' if is_known else 'phone'}:{phone}", PHONE_CODES, at)
    _count("code", f"address:{address}", ADDRESS_CODES, at)
    code = policy().fixed_code or f"{secrets.randbelow(10**6):06d}"
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
    phone = read_mobile(phone)
    member = Member.objects.filter(phone=phone, status=MemberStatus.active).first()
    count_code_try(phone=phone, address=address, at=at)
    use_code(phone=phone, code=code, at=at, keep=member is None)
    if member is None:
        raise NoSuchMember
    return member


def sign_up(*, phone: str, code: str, name: str, address: str, at: datetime, avatar: str = "") -> Member:
    """Register a member by phone and code. Raises BadPhone, BadName, WrongCode, AlreadyMember, TooMany."""
    name, phone = read_name(name), read_mobile(phone)
    count_code_try(phone=phone, address=address, at=at)
    use_code(phone=phone, code=code, at=at)
    return register(phone=phone, name=name, at=at, avatar=avatar)


def register(*, phone: str, name: str, at: datetime, avatar: str = "") -> Member:
    """Make the member of a phone that has shown its code. Raises BadPhone, BadName, AlreadyMember."""
    with transaction.atomic():
        member, created = Member.objects.get_or_create(
            phone=read_mobile(phone),
            defaults={"name": read_name(name), "avatar": avatar, "created_at": at, "password": "!"},
        )
        if not created:
            raise AlreadyMember
        index_members([member])
    return member


def count_code_try(*, phone: str, address: str, at: datetime) -> None:
    """Count a try at the code of a phone. One address has few at a phone, so that a stranger's wrong codes do not use up those of
    its owner. Raises TooMany."""
    _count("try", f"{phone}:{address}", PHONE_TRIES, at)
    _count("try", f"address:{address}", ADDRESS_TRIES, at)


def use_code(*, phone: str, code: str, at: datetime, keep: bool = False) -> None:
    """Spend the code of a phone (or only look at it, to go on to sign-up); its try is counted before. A demo's fixed code is right
    for everybody. Raises WrongCode."""
    if code and code == policy().fixed_code:
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
        raise WrongCode


def issue_token(*, member: Member, at: datetime, label: str = "", token: str = "") -> str:
    """A new bearer token of a member, valid for 30 days; only its hash is kept. label: what asked for it, for its member to know it
    by; token: one that was derived (`derived_token`)."""
    token = token or secrets.token_urlsafe(32)
    ApiToken.objects.create(
        token_hash=digest(token),
        member=member,
        label=read_text(label)[:80],
        created_at=at,
        expires_at=at + timedelta(days=TOKEN_DAYS),
    )
    return token


def derived_token(*parts: str | bytes) -> str:
    """The token of one request, the same whenever the request is repeated, so that its answer need not be kept in clear."""
    return salted_hmac("linli.token", digest(*parts), algorithm="sha256").hexdigest()


def revoke_token(*, member_id: int, session_id: str) -> bool:
    """End one token of a member. False when they have no such one."""
    mine = ApiToken.objects.filter(member_id=member_id)
    found = [token.token_hash for token in mine if token.session_id == session_id]
    return bool(mine.filter(token_hash__in=found).delete()[0])


def end_sessions(*, member_id: int) -> None:
    """Sign a member out everywhere: every token, and every browser (a session bears a hash of the password field, which changes)."""
    with transaction.atomic():
        ApiToken.objects.filter(member_id=member_id).delete()
        Member.objects.filter(pk=member_id).update(password=f"!{secrets.token_urlsafe(24)}")


def _count(what: str, key: str, limits: Sequence[tuple[int, int]], at: datetime) -> None:
    """Count a try in every window of seconds. Raises TooMany."""
    for limit, seconds in policy().limits(*limits):
        count_try(key=f"{what}:{key}", limit=limit, window_seconds=seconds, at=at)
