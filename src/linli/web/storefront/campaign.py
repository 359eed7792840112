"""Campaigns for members: what runs and what comes, groups, bargains, reminders."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import Bargain, Campaign
from linli.campaigns.operations import bargain as bargain_operations
from linli.campaigns.operations.campaign import remind_me
from linli.campaigns.queries.shelf import (
    CampaignFace,
    campaign_face,
    coming_campaigns,
    group_face,
    groups_to_join,
    reminders_of,
    running_campaigns,
)
from linli.core import clock
from linli.core.labels import label
from linli.core.money import yuan
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.distribution.models import Owner
from linli.trade.models import Order, OrderState
from linli.trade.operations.group_order import choose_late
from linli.web import poster
from linli.web.came_by import VIA_SECONDS
from linli.web.edge import VIA_COOKIE, actor_of, choice_in, page_of_form, refuse, signed_in, whole_number
from linli.web.kept_pages import read_offline
from linli.web.storefront.shelf import picture_response

KINDS = ("group_buy", "flash_sale", "bargain")


@read_offline
def campaigns(request: HttpRequest) -> HttpResponse:
    """What runs now by kind, the groups that wait for somebody, and the calendar of what comes."""
    at = clock.now()
    kind = choice_in(request, "kind", KINDS)
    running = running_campaigns(kind=kind, at=at, limit=60)
    coming = coming_campaigns(at=at)
    days: dict[Any, list[Any]] = {}
    for one in coming:
        days.setdefault(one.starts_at.astimezone().date(), []).append(one)
    groups = groups_to_join([one.id for one in running if one.kind == "group_buy"], at=at)
    by_id = {one.id: one for one in running}
    return render(
        request,
        "shop/campaigns.html",
        {
            "kind": kind,
            "kinds": KINDS,
            "running": running,
            "days": days,
            "reminded": reminders_of(actor_of(request).member_id, [one.id for one in coming]),
            "groups": [(group, by_id[group.campaign_id]) for group in groups],
        },
    )


def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """C4: a group in words: how many are missing, how long it has, what happens then. With ?part=1 only what changes."""
    actor, at = actor_of(request), clock.now()
    face = group_face(group_id, viewer_id=actor.member_id)
    if face is None:
        raise Http404
    campaign = campaign_face(face.campaign_id, actor=actor, at=at)
    others = [one for one in groups_to_join([face.campaign_id], at=at) if one.id != face.id]
    owner = Owner.objects.filter(pk=actor.member_id).first() if actor.is_owner else None
    path = f"/groups/{face.id}" + (f"?via={owner.shop_code}" if owner else "")
    is_over = face.expires_at <= at
    mine = Order.objects.filter(order_no=face.my_order_no).first() if face.my_order_no else None
    content = {
        "group": face,
        "campaign": campaign,
        "others": others,
        "is_over": is_over,
        "is_refunded": mine is not None and mine.state == OrderState.refunded,
        "can_join": face.state == "open" and not is_over and face.missing > 0 and campaign.state == "running",
        "url": request.build_absolute_uri(path),
        "is_mine": face.my_state in ("held", "paid", "won", "late"),
    }
    if request.GET.get("part"):
        return render(request, "shop/group_part.html", content)
    response = render(request, "shop/group.html", content)
    code = request.GET.get("via", "")
    if code.isascii() and code.isalnum() and len(code) <= 12:
        response.set_cookie(
            VIA_COOKIE,
            code,
            max_age=VIA_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def group_poster(request: HttpRequest, group_id: int) -> HttpResponse:
    """The poster of a group, to be sent to friends."""
    face = group_face(group_id)
    if face is None:
        raise Http404
    campaign = campaign_face(face.campaign_id, actor=actor_of(request), at=clock.now())
    words = {"seats": face.seats, "missing": face.missing}
    subtitle = gettext("Group of %(seats)s, %(missing)s missing") % words
    return _poster(
        request, campaign, subtitle, face.price_fen, gettext("Scan to buy together"), f"/groups/{face.id}"
    )


def campaign_poster(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The poster of a campaign, for chats and counters: what, for how much, until when."""
    face = campaign_face(campaign_id, actor=actor_of(request), at=clock.now())
    words = {"kind": label("campaign_kind", face.kind)}
    if face.state == "scheduled":
        subtitle = gettext("%(kind)s · from %(at)s") % (
            words | {"at": f"{localtime(face.starts_at):%m-%d %H:%M}"}
        )
    else:
        subtitle = gettext("%(kind)s · until %(at)s") % (
            words | {"at": f"{localtime(face.ends_at):%m-%d %H:%M}"}
        )
    return _poster(
        request, face, subtitle, face.price_fen, gettext("Scan to see it"), f"/p/{face.product_id}"
    )


def bargain_poster(request: HttpRequest, bargain_id: int) -> HttpResponse:
    """The poster of a bargain, to ask friends by."""
    found = get_object_or_404(Bargain, pk=bargain_id)
    face = campaign_face(found.campaign_id, actor=actor_of(request), at=clock.now())
    left_fen = found.list_fen - found.cut_fen - found.floor_fen
    subtitle = gettext("Still ¥%(yuan)s to go") % {"yuan": yuan(left_fen)}
    price_fen = found.list_fen - found.cut_fen
    return _poster(
        request, face, subtitle, price_fen, gettext("Scan to take something off"), f"/bargains/{found.pk}"
    )


def _poster(
    request: HttpRequest, face: CampaignFace, subtitle: str, price_fen: int, hint: str, path: str
) -> HttpResponse:
    content = poster.draw(
        title=face.title,
        subtitle=subtitle,
        price_fen=price_fen,
        picture=face.image or "demo/i-bag.svg",
        shop=face.merchant_name,
        hint=hint,
        url=request.build_absolute_uri(path),
    )
    return picture_response(content, "image/jpeg")


@require_POST
@signed_in
def choose(request: HttpRequest, order_no: str) -> HttpResponse:
    """A payment came too late for its group: its member chooses."""
    order = get_object_or_404(Order, order_no=order_no, member_id=actor_of(request).member_id)
    wish = request.POST.get("choice", "")
    group_id = {"refund": None, "own": 0}.get(wish, whole_number(request.POST.get("group"), -1))
    try:
        if refused := choose_late(order=order, group_id=group_id, at=clock.now()):
            raise refused
    except Refusal as error:
        return refuse(request, error, f"/orders/{order_no}")
    messages.success(request, gettext("Your choice is taken."))
    return HttpResponseRedirect(f"/orders/{order_no}")


@require_POST
@signed_in
def remind(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Tell me when it begins."""
    actor = actor_of(request)
    campaign = get_object_or_404(Campaign.objects.visible_to(actor), pk=campaign_id)
    remind_me(campaign=campaign, member_id=actor.member_id, at=clock.now())
    messages.success(request, gettext("You will find a message here when it begins."))
    return HttpResponseRedirect(page_of_form(request, f"/p/{campaign.product_id}"))


@require_POST
@signed_in
def begin_bargain(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Begin a bargain, or go on with the one that I have."""
    actor = actor_of(request)
    campaign = get_object_or_404(Campaign.objects.visible_to(actor), pk=campaign_id)
    try:
        made = bargain_operations.begin_bargain(campaign=campaign, member_id=actor.member_id, at=clock.now())
    except Refusal as error:
        return refuse(request, error, f"/p/{campaign.product_id}")
    return HttpResponseRedirect(f"/bargains/{made.pk}")


def bargain(request: HttpRequest, bargain_id: int) -> HttpResponse:
    """C5: the yuan left exactly, who helped with how much, the sealed schedule, buy at today's price."""
    found = get_object_or_404(Bargain.objects.select_related("campaign", "member"), pk=bargain_id)
    if request.method == "POST":
        return _help(request, found)
    actor, at = actor_of(request), clock.now()
    helps = list(found.helps.select_related("helper"))
    is_done = found.helped_count == len(found.cuts)
    content = {
        "bargain": found,
        "campaign": campaign_face(found.campaign_id, actor=actor, at=at),
        "helps": helps,
        "price_fen": found.list_fen - found.cut_fen,
        "left_fen": found.list_fen - found.cut_fen - found.floor_fen,
        "span_fen": found.list_fen - found.floor_fen,
        "helpers_left": len(found.cuts) - found.helped_count,
        "is_mine": found.member_id == actor.member_id,
        "has_helped": any(help_.helper_id == actor.member_id for help_ in helps),
        "is_done": is_done,
        "is_over": found.expires_at <= at,
        "is_open_book": is_done or bool(found.order_no) or found.expires_at <= at,
        "url": request.build_absolute_uri(f"/bargains/{found.pk}"),
    }
    template = "shop/bargain_part.html" if request.GET.get("part") else "shop/bargain.html"
    return render(request, template, content)


@signed_in
def _help(request: HttpRequest, found: Bargain) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    try:
        count_try(key=f"help:{actor.member_id}", limit=60, window_seconds=60, at=at)
        help_ = bargain_operations.help_cut(bargain=found, helper_id=actor.member_id, at=at)
    except Refusal as error:
        return refuse(request, error, f"/bargains/{found.pk}")
    messages.success(request, gettext("You took ¥%(yuan)s off.") % {"yuan": yuan(help_.cut_fen)})
    return HttpResponseRedirect(f"/bargains/{found.pk}")
