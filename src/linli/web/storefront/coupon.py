"""Coupons for members: to claim, mine, one that grows by friends, one that is given away."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import Coupon, CouponKind, CouponState
from linli.campaigns.operations.coupon import claim_coupons, help_grow, take_gift
from linli.campaigns.queries.coupon import claimable_batches, coupons_of
from linli.campaigns.rules.coupon import Asked
from linli.core import clock
from linli.core.batcher import Batcher
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.web.edge import actor_of, choice_in, refuse, safe_path, signed_in, whole_number

STATES = ("unused", "used", "expired")


def _claim(asked: Sequence[Asked]) -> list[int | Refusal]:
    return claim_coupons(asked, at=clock.now())


claiming: Batcher[Asked, int | Refusal] = Batcher(_claim)


def coupons(request: HttpRequest) -> HttpResponse:
    """C15: what can be claimed, and for members what they have; what ends first stands first."""
    actor, at = actor_of(request), clock.now()
    state = choice_in(request, "state", STATES, "unused")
    return render(
        request,
        "shop/coupons.html",
        {
            "state": state,
            "states": STATES,
            "mine": coupons_of(actor.member_id, state=state, at=at) if actor.member_id else [],
            "batches": claimable_batches(member_id=actor.member_id, at=at) if state == "unused" else [],
        },
    )


@require_POST
@signed_in
def claim(request: HttpRequest) -> HttpResponse:
    """Claim a coupon of a batch, or by a code that was given out."""
    actor, at = actor_of(request), clock.now()
    back = safe_path(request.POST.get("next", ""), "/coupons")
    try:
        count_try(key=f"claim:{actor.member_id}", limit=60, window_seconds=60, at=at)
        asked = Asked(whole_number(request.POST.get("batch")), actor.member_id)
        outcome = claiming.ask(asked)
        if isinstance(outcome, Refusal):
            raise outcome
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("The coupon is yours."))
    return HttpResponseRedirect(back)


def coupon(request: HttpRequest, code: str) -> HttpResponse:
    """A coupon as its member shows it to friends: they let it grow, or take it as a gift."""
    found = get_object_or_404(Coupon.objects.select_related("batch__merchant", "member"), code=code.upper())
    if request.method == "POST":
        return _act(request, found)
    actor, at = actor_of(request), clock.now()
    helps = list(found.helps.select_related("helper").order_by("-id")[:50])
    is_open = found.state == CouponState.unused and found.expires_at > at
    is_growing = found.batch.kind == CouponKind.growth
    return render(
        request,
        "shop/coupon.html",
        {
            "coupon": found,
            "batch": found.batch,
            "helps": helps,
            "is_mine": found.member_id == actor.member_id,
            "is_open": is_open,
            "is_growing": is_growing and is_open and found.face_fen < found.batch.cap_fen,
            "is_gift": not is_growing and is_open and found.batch.is_giftable and not found.owed_fen,
            "has_helped": any(help_.helper_id == actor.member_id for help_ in helps),
            "left_fen": found.batch.cap_fen - found.face_fen,
            "url": request.build_absolute_uri(f"/coupons/{found.code}"),
        },
    )


@signed_in
def _act(request: HttpRequest, found: Coupon) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    try:
        count_try(key=f"help:{actor.member_id}", limit=60, window_seconds=60, at=at)
        if found.batch.kind == CouponKind.growth:
            help_grow(code=found.code, helper_id=actor.member_id, at=at)
            messages.success(request, gettext("Thank you: your friend's coupon has grown."))
            return HttpResponseRedirect(f"/coupons/{found.code}")
        take_gift(code=found.code, member_id=actor.member_id, at=at)
    except Refusal as error:
        return refuse(request, error, f"/coupons/{found.code}")
    messages.success(request, gettext("The coupon is yours."))
    return HttpResponseRedirect("/coupons")
