"""Signing in, the invitation, me, addresses, settings."""

import secrets
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import ReferralLink
from linli.campaigns.operations.referral import note_referral
from linli.campaigns.queries.coupon import claimable_batches
from linli.campaigns.values import REFERRAL_POINTS
from linli.channels.operations import send_code
from linli.community.queries.community import known_tags
from linli.core import clock
from linli.core.actor import Role
from linli.core.refusal import Kind, Refusal
from linli.core.settings import value_at
from linli.core.typed import read_mobile
from linli.distribution.models import Owner
from linli.distribution.operations import attribution
from linli.distribution.operations.owner import open_shop
from linli.distribution.queries.commission import income_of
from linli.members.models import Address, ApiToken, Member, Trait, TraitKind
from linli.members.operations import identity, profile
from linli.members.pasted import read_pasted
from linli.members.queries import region_tree
from linli.members.rules import OCCUPATIONS
from linli.trade.models import OPEN_AFTERSALE, Order, OrderState
from linli.web.came_by import person_behind
from linli.web.edge import actor_of, refuse, safe_path, signed_in, via, whole_number

FACES = 15
DEVICE_COOKIE = "device"
FRIEND_COOKIE, FRIEND_SECONDS = "friend", 30 * 24 * 3600
DEVICE_SECONDS = 365 * 24 * 3600


def sign_in(request: HttpRequest) -> HttpResponse:
    """C20: phone, then code; who is new gives a name too. What was typed is kept."""
    form = {key: request.POST.get(key, "").strip()[:60] for key in ("phone", "code", "name")}
    following = safe_path(request.POST.get("next") or request.GET.get("next", "/"))
    content: dict[str, Any] = {"form": form, "next": following, "step": "phone"}
    if request.method != "POST":
        content["claimable"] = claimable_batches(member_id=0, merchant_ids=[], at=clock.now(), limit=2)
        return render(request, "shop/signin.html", content)
    try:
        return _sign_in_step(request, form, content)
    except Refusal as error:
        content["error"] = error.sentence
        content["step"] = "code" if form["code"] or error.code == "wrong_code" else content["step"]
        return render(
            request,
            "shop/signin.html",
            content,
            status=error.kind if error.kind != Kind.unauthorised else 422,
        )


def _sign_in_step(request: HttpRequest, form: dict[str, str], content: dict[str, Any]) -> HttpResponse:
    """Whether a phone is known here is told to nobody who has not shown its code."""
    at, address = clock.now(), request.META.get("REMOTE_ADDR", "")
    phone = read_mobile(form["phone"])
    if not form["code"]:
        is_known = profile.is_device_of(phone=phone, device=request.COOKIES.get(DEVICE_COOKIE, "")[:64])
        send_code(phone=phone, address=address, at=at, is_known=is_known)
        return render(request, "shop/signin.html", content | {"step": "code", "is_sent": True})
    content["step"] = "code"
    try:
        member = identity.sign_in(phone=phone, code=form["code"], address=address, at=at)
        return enter(request, member, content["next"])
    except identity.NoSuchMember:
        content["is_new"] = True
    if not form["name"]:
        return render(request, "shop/signin.html", content)
    if request.POST.get("agree") != "yes":
        content["error"] = gettext("Please read and accept the terms first.")
        return render(request, "shop/signin.html", content, status=422)
    member = identity.sign_up(
        phone=phone, code=form["code"], name=form["name"], address=address, at=at, avatar=_face(phone)
    )
    response = enter(request, member, content["next"])
    note_referral(code=request.COOKIES.get(FRIEND_COOKIE, "")[:8].upper(), invitee_id=member.pk, at=at)
    return response


def friend(request: HttpRequest, code: str) -> HttpResponse:
    """By a friend's link, remembered until one registers: whoever is new sees what both get, everybody else goes on."""
    inviter = Member.objects.filter(
        pk__in=ReferralLink.objects.filter(code=code.upper()).values("member")
    ).first()
    response: HttpResponse = HttpResponseRedirect(safe_path(request.GET.get("next", "/")))
    if inviter and actor_of(request).is_guest and "next" not in request.GET:
        points = value_at(REFERRAL_POINTS, at=clock.now())
        response = render(request, "shop/friend.html", {"inviter": inviter, "points": points})
    if code.isascii() and code.isalnum() and len(code) <= 8:
        response.set_cookie(
            FRIEND_COOKIE,
            code,
            max_age=FRIEND_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def enter(request: HttpRequest, member: Member, to: str) -> HttpResponse:
    """Begin a member's session; a share link they came by is theirs from now on."""
    code = via(request)
    login(request, member, backend="django.contrib.auth.backends.ModelBackend")
    if code:
        attribution.touch(member_id=member.pk, code=code, at=clock.now())
    device = request.COOKIES.get(DEVICE_COOKIE, "")[:64] or secrets.token_urlsafe(24)
    profile.remember_device(member=member, device=device, at=clock.now())
    response = HttpResponseRedirect(to)
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=DEVICE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave."""
    logout(request)
    return HttpResponseRedirect("/")


def invite_landing(request: HttpRequest, code: str) -> HttpResponse:
    """C20: the inviter's face and words; opening a shop in under a minute."""
    actor = actor_of(request)
    try:
        invitation = profile.find_invitation(
            code=code, address=request.META.get("REMOTE_ADDR", ""), at=clock.now()
        )
    except profile.InvitationRefused:
        return render(request, "shop/invite_refused.html", status=404)
    shop_name = request.POST.get("shop_name", "")[:40]
    content = {
        "invitation": invitation,
        "inviter_shop": Owner.objects.filter(pk=invitation.inviter_id).first(),
        "shop_name": shop_name,
    }
    if request.method != "POST":
        return render(request, "shop/invite.html", content)
    if actor.is_guest:
        return HttpResponseRedirect(f"/signin?next=/invite/{invitation.code}")
    try:
        open_shop(
            member=Member.objects.get(pk=actor.member_id),
            invitation=invitation,
            shop_name=shop_name,
            at=clock.now(),
        )
    except Refusal as error:
        return render(request, "shop/invite.html", content | {"error": error.sentence}, status=error.kind)
    messages.success(request, gettext("Your shop is open. Pick a few goods and share them."))
    return HttpResponseRedirect("/owner")


@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """C18: me."""
    actor = actor_of(request)
    mine = Order.objects.filter(member_id=actor.member_id)
    counts = {
        "pending_payment": mine.filter(state=OrderState.pending_payment).count(),
        "waiting_group": mine.filter(state=OrderState.waiting_group).count(),
        "paid": mine.filter(state=OrderState.paid).count(),
        "shipped": mine.filter(state=OrderState.shipped).count(),
        "aftersale": mine.filter(aftersales__state__in=OPEN_AFTERSALE).count(),
    }
    return render(
        request,
        "shop/me.html",
        {
            "member": Member.objects.get(pk=actor.member_id),
            "counts": counts,
            "person": person_behind(request),
            "income": income_of(actor.member_id) if actor.is_owner else None,
            "is_operator": Role.operator in actor.roles,
        },
    )


@signed_in
def settings_page(request: HttpRequest) -> HttpResponse:
    """C21: name, language, theme, text size."""
    member = Member.objects.get(pk=actor_of(request).member_id)
    if request.method == "POST":
        try:
            profile.rename(member=member, name=request.POST.get("name", ""))
        except Refusal as error:
            return refuse(request, error, "/me/settings")
        messages.success(request, gettext("Saved."))
        return HttpResponseRedirect("/me/settings")
    tokens = ApiToken.objects.filter(member=member, expires_at__gt=clock.now()).order_by("-created_at")[:50]
    return render(request, "shop/settings.html", {"member": member, "tokens": tokens})


@require_POST
@signed_in
def end_session(request: HttpRequest) -> HttpResponse:
    """Sign one program out, or every program and browser, this one too."""
    member_id, session_id = actor_of(request).member_id, request.POST.get("session", "")
    if session_id == "all":
        identity.end_sessions(member_id=member_id)
        logout(request)
        return HttpResponseRedirect("/signin")
    if identity.revoke_token(member_id=member_id, session_id=session_id):
        messages.success(request, gettext("Signed out there."))
    else:
        messages.error(request, gettext("It is not signed in any more."))
    return HttpResponseRedirect("/me/settings")


@signed_in
def traits(request: HttpRequest) -> HttpResponse:
    """What I say of myself, so that fitting communities are shown to me; all of it may stay empty."""
    member_id = actor_of(request).member_id
    if request.method == "POST":
        profile.say_traits(
            member_id=member_id,
            occupation=request.POST.get("occupation", ""),
            interests=request.POST.getlist("interest")[:20],
        )
        messages.success(request, gettext("Saved."))
        return HttpResponseRedirect("/me/traits")
    said = list(Trait.objects.filter(member_id=member_id))
    content = {
        "occupations": OCCUPATIONS,
        "occupation": next((one.value for one in said if one.kind == TraitKind.occupation), ""),
        "interests": {one.value for one in said if one.kind == TraitKind.interest},
        "known": known_tags(),
    }
    return render(request, "shop/traits.html", content)


@signed_in
def addresses(request: HttpRequest) -> HttpResponse:
    """The address book."""
    mine = Address.objects.visible_to(actor_of(request))
    return render(
        request,
        "shop/addresses.html",
        {"addresses": mine, "next": safe_path(request.GET.get("next", ""), "")},
    )


@signed_in
def address_form(request: HttpRequest, address_id: int | None = None) -> HttpResponse:
    """Add or change an address; what was typed is kept when something is wrong."""
    actor = actor_of(request)
    known = get_object_or_404(Address.objects.visible_to(actor), pk=address_id) if address_id else None
    fields = ("name", "phone", "detail")
    form: dict[str, Any] = {key: getattr(known, key, "") for key in (*fields, "region")}
    form["is_default"] = known.is_default if known else False
    following = safe_path(request.POST.get("next") or request.GET.get("next", ""), "/me/addresses")
    content: dict[str, Any] = {"form": form, "address": known, "provinces": _provinces(), "next": following}
    if request.method != "POST":
        return render(request, "shop/address_form.html", content)
    # Enter in any field presses the first button of the form, which reads: with nothing to read it saves.
    if request.POST.get("then") == "read" and (text := request.POST.get("pasted", "").strip()):
        pasted = asdict(read_pasted(text))
        understood = {name: value for name, value in pasted.items() if value}
        content |= {
            "form": form | understood,
            "is_read": True,
            "missing": [name for name in pasted if name not in understood],
        }
        return render(request, "shop/address_form.html", content)
    form |= {key: request.POST.get(key, "") for key in fields} | {
        "is_default": request.POST.get("is_default") == "yes"
    }
    form["region"] = next(
        (request.POST[key] for key in ("district", "city", "province") if request.POST.get(key)), ""
    )
    try:
        saved = profile.save_address(
            actor=actor, name=form["name"], phone=form["phone"], region=form["region"], detail=form["detail"],
            is_default=form["is_default"], address_id=address_id,
        )  # fmt: skip
    except profile.BadAddress as error:
        return render(request, "shop/address_form.html", content | {"faults": error.fields}, status=422)
    joint = "&" if "?" in following else "?"
    is_choosing = following.startswith(("/checkout", "/gifts/"))
    return HttpResponseRedirect(f"{following}{joint}address={saved.pk}" if is_choosing else following)


@signed_in
@require_POST
def delete_address(request: HttpRequest, address_id: int) -> HttpResponse:
    """Take an address out of the book."""
    get_object_or_404(Address.objects.visible_to(actor_of(request)), pk=address_id).delete()
    return HttpResponseRedirect("/me/addresses")


def regions(request: HttpRequest, province: str) -> HttpResponse:
    """Cities and districts of a province, for the picker."""
    node = next((p for p in region_tree() if p["code"].ljust(6, "0") == province), None)
    cities = _regions_below(node) if node else []
    response = JsonResponse(cities, safe=False)
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _provinces() -> list[tuple[str, str]]:
    return [(p["code"].ljust(6, "0"), p["name"]) for p in region_tree()]


def _regions_below(node: dict) -> list[list[Any]]:
    return [
        [
            child["code"].ljust(6, "0"),
            child["name"],
            *([_regions_below(child)] if child.get("children") else []),
        ]
        for child in node.get("children", [])
    ]


def _face(phone: str) -> str:
    """One of the cheerful faces that come with the shop."""
    return f"demo/a{whole_number(phone[-2:]) % FACES + 1}.webp"
