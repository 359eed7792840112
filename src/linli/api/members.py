"""Sessions, sign-up, me."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router

from linli.api.app import actor_of, answer
from linli.api.once import once, repeated
from linli.api.schemas import CodeIn, MemberIn, SessionIn
from linli.channels.operations import send_code
from linli.core import clock
from linli.distribution.models import Owner
from linli.distribution.operations.owner import open_shop
from linli.members.models import Invitation, Member
from linli.members.operations import identity
from linli.members.operations.profile import find_invitation
from linli.members.rules import masked_phone, normal_phone

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
    return answer({"token": identity.issue_token(member=member, at=at), "member": _member(member)})


@router.post("/members", auth=None)
def post_member(request: HttpRequest, body: MemberIn) -> HttpResponse:
    """Register; a valid invitation opens a shop in the same step."""
    at, address = clock.now(), address_of(request)
    if stored := repeated(request, f"members:{body.phone}"):
        return stored
    # Tries are counted, and the code is spent, outside the transaction that a refusal rolls back.
    invitation = find_invitation(code=body.invitation, address=address, at=at) if body.invitation else None
    identity.use_code(phone=normal_phone(body.phone), code=body.code, address=address, at=at)
    return once(request, f"members:{body.phone}", lambda: _register(body, invitation, at), 201)


def _register(body: MemberIn, invitation: Invitation | None, at: datetime) -> dict[str, Any]:
    name = body.name or f"邻居{body.phone[-4:]}"
    with transaction.atomic():
        member = identity.register(phone=body.phone, name=name, at=at)
        if invitation:
            open_shop(
                member=member, invitation=invitation, shop_name=body.shop_name or f"{name[:20]}的小店", at=at
            )
        return {"token": identity.issue_token(member=member, at=at), "member": _member(member)}


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
