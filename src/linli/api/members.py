"""Sessions, sign-up, me."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer
from linli.api.once import SECRET, Router, once, repeated
from linli.api.schemas import CodeIn, MemberIn, SessionIn
from linli.channels.operations import send_code
from linli.core import clock
from linli.core.codes import digest
from linli.core.typed import read_mobile
from linli.distribution.models import Owner
from linli.distribution.operations.owner import open_shop
from linli.members.models import ApiToken, Invitation, Member
from linli.members.operations import identity
from linli.members.operations.profile import find_invitation
from linli.members.rules import masked_phone

router = Router(tags=["members"])


def address_of(request: HttpRequest) -> str:
    """The caller's network address, for limits."""
    return request.META.get("REMOTE_ADDR", "")


@router.post("/codes", auth=None)
def post_code(request: HttpRequest, body: CodeIn) -> HttpResponse:
    """Send a sign-in code to a phone."""
    send_code(phone=body.phone, address=address_of(request), at=clock.now())
    return answer({"sent": True}, 202)


@router.post("/sessions", auth=None)
def post_session(request: HttpRequest, body: SessionIn) -> HttpResponse:
    """Sign in by phone and code."""
    at = clock.now()
    member = identity.sign_in(phone=body.phone, code=body.code, address=address_of(request), at=at)
    token = identity.issue_token(member=member, at=at, label=_label(request))
    return answer({"token": token, "member": _member(member)})


@router.delete("/sessions")
def delete_session(request: HttpRequest) -> HttpResponse:
    """Sign out: the token that asks ends."""
    token = request.headers.get("Authorization", "").partition(" ")[2]
    mine = ApiToken(token_hash=digest(token))
    identity.revoke_token(member_id=actor_of(request).member_id, session_id=mine.session_id)
    return answer({"signed_out": True})


@router.get("/me/sessions")
def get_sessions(request: HttpRequest) -> HttpResponse:
    """The tokens that are signed in as me."""
    mine = ApiToken.objects.filter(member_id=actor_of(request).member_id, expires_at__gt=clock.now())
    items = [
        {"id": one.session_id, "label": one.label, "created_at": one.created_at, "expires_at": one.expires_at}
        for one in mine.order_by("-created_at")
    ]
    return answer({"items": items, "next": None})


@router.delete("/me/sessions/{session_id}")
def delete_other_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """End one of my tokens; "all" ends every one, and every browser."""
    member_id = actor_of(request).member_id
    if session_id == "all":
        identity.end_sessions(member_id=member_id)
    elif not identity.revoke_token(member_id=member_id, session_id=session_id):
        raise ApiToken.DoesNotExist
    return answer({"ended": session_id})


@router.post("/members", auth=None)
def post_member(request: HttpRequest, body: MemberIn) -> HttpResponse:
    """Register; a valid invitation opens a shop in the same step."""
    at, address, phone = clock.now(), address_of(request), read_mobile(body.phone)
    # Asked again, the same request gets the same token: it is derived from the request, and stands nowhere in clear.
    token = identity.derived_token(
        request.headers.get("Idempotency-Key", "") or secrets.token_hex(16), request.body
    )
    identity.count_code_try(phone=phone, address=address, at=at)
    scope = f"members:{digest(phone).hex()[:32]}"  # no table holds a phone for the sake of a key
    if stored := repeated(request, scope, token=token):
        return stored
    # Tries are counted, and the code is spent, outside the transaction that a refusal rolls back.
    invitation = find_invitation(code=body.invitation, address=address, at=at) if body.invitation else None
    identity.use_code(phone=phone, code=body.code, at=at)
    return once(
        request,
        scope,
        lambda: _register(request, body, phone, invitation, token, at),
        token=token,
    )


def _register(
    request: HttpRequest, body: MemberIn, phone: str, invitation: Invitation | None, token: str, at: datetime
) -> HttpResponse:
    name = body.name or f"邻居{phone[-4:]}"
    with transaction.atomic():
        member = identity.register(phone=phone, name=name, at=at)
        if invitation:
            open_shop(
                member=member, invitation=invitation, shop_name=body.shop_name or f"{name[:20]}的小店", at=at
            )
        identity.issue_token(member=member, at=at, label=_label(request), token=token)
        return answer({"token": SECRET, "member": _member(member)}, 201)


def _label(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")


@router.get("/me")
def get_me(request: HttpRequest) -> HttpResponse:
    """Who I am."""
    return answer(_member(Member.objects.get(pk=actor_of(request).member_id)))


def _member(member: Member) -> dict[str, Any]:
    owner = Owner.objects.filter(pk=member.pk).first()
    return {
        "id": str(member.pk),
        "name": member.name,
        "phone": masked_phone(member.phone),
        "tier": owner.tier if owner else None,
        "shop": {"name": owner.shop_name, "code": owner.shop_code} if owner else None,
    }
