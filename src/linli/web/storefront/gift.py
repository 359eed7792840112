"""Gifts for members: what I gave and got, taking a share, following its parcel."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import Gift, GiftShare
from linli.campaigns.operations import gift as operations
from linli.campaigns.queries.gift import GiftFace, gift_face, gift_faces
from linli.core import clock
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.members.models import Address
from linli.trade.models import Order
from linli.trade.operations.aftersale import OPEN_STATES, AskedLine, ask_aftersale, line_states
from linli.trade.operations.deliver_order import confirm_receipt
from linli.trade.queries.gift import gift_parcel
from linli.web import poster
from linli.web.edge import actor_of, choice_in, number_in, refuse, signed_in, whole_number
from linli.web.storefront.shelf import picture_response
from linli.web.words import REFUND_REASONS

MOST = 40


@signed_in
def gifts(request: HttpRequest) -> HttpResponse:
    """The gifts that I gave (unpaid ones are in my orders), and those that I got."""
    actor = actor_of(request)
    tab = choice_in(request, "tab", ("got", "given"), "given")
    if tab == "got":
        found = Gift.objects.filter(shares__receiver_id=actor.member_id)
    else:
        found = Gift.objects.filter(giver_id=actor.member_id, sent_at__isnull=False)
    faces = gift_faces(found.select_related("giver")[:MOST])
    return render(request, "shop/gifts.html", {"tab": tab, "gifts": faces, "at": clock.now()})


def gift(request: HttpRequest, code: str) -> HttpResponse:
    """A gift as its giver shows it: taken with an address that the giver never sees. With ?part=1 only what changes."""
    found = _reached(request, code)
    if request.method == "POST":
        return _take(request, found)
    actor, at = actor_of(request), clock.now()
    face = gift_face(found)
    book = Address.objects.visible_to(actor)
    content: dict[str, Any] = {
        "face": face,
        "gift": found,
        "is_giver": found.giver_id == actor.member_id,
        "is_open": face.is_open(at),
        "mine": _parcel_of(request, face),
        "address": book.filter(pk=number_in(request, "address")).first() or book.first(),
        "reasons": REFUND_REASONS[:3],
        "url": request.build_absolute_uri(f"/gifts/{found.code}"),
    }
    return render(request, "shop/gift_part.html" if request.GET.get("part") else "shop/gift.html", content)


def _reached(request: HttpRequest, code: str) -> Gift:
    visible = Gift.objects.visible_to(actor_of(request)).select_related("giver", "community")
    return get_object_or_404(visible, code=code.upper())


def _parcel_of(request: HttpRequest, face: GiftFace) -> dict[str, Any] | None:
    """What became of the share that is mine."""
    actor = actor_of(request)
    share = next((one for one in face.taken if one.receiver_id == actor.member_id), None)
    if share is None:
        return None
    parcel = gift_parcel(share)
    aftersales = list(parcel.order.aftersales.all())
    can_report = parcel.order.state in OPEN_STATES and not aftersales
    return {"parcel": parcel, "state": parcel.order.state, "aftersales": aftersales, "can_report": can_report}


@signed_in
def _take(request: HttpRequest, found: Gift) -> HttpResponse:
    actor, at, here = actor_of(request), clock.now(), f"/gifts/{found.code}"
    address = Address.objects.visible_to(actor).filter(pk=whole_number(request.POST.get("address"))).first()
    if address is None:
        messages.error(request, gettext("Please add a delivery address."))
        return HttpResponseRedirect(here)
    where = {
        "name": address.name,
        "phone": address.phone,
        "region": address.region,
        "detail": address.detail,
    }
    try:
        count_try(key=f"gift:{actor.member_id}", limit=30, window_seconds=60, at=at)
        operations.claim_gift(gift=found, member_id=actor.member_id, address=where, at=at)
    except Refusal as error:
        return refuse(request, error, here)
    messages.success(request, gettext("It is yours, and will be sent to you."))
    return HttpResponseRedirect(here)


@require_POST
@signed_in
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """The giver does not wait for the shares that nobody has taken."""
    found = get_object_or_404(Gift, code=code.upper(), giver_id=actor_of(request).member_id)
    try:
        operations.take_gift_back(gift=found, at=clock.now())
    except Refusal as error:
        return refuse(request, error, f"/gifts/{found.code}")
    messages.success(request, gettext("The money for the rest is on its way back."))
    return HttpResponseRedirect(f"/gifts/{found.code}")


@require_POST
@signed_in
def receive(request: HttpRequest, code: str) -> HttpResponse:
    """I have my share."""
    order = _order_of_mine(request, code)
    try:
        confirm_receipt(order=order, actor=actor_of(request), at=clock.now())
    except Refusal as error:
        return refuse(request, error, f"/gifts/{code}")
    messages.success(request, gettext("Enjoy it!"))
    return HttpResponseRedirect(f"/gifts/{code}")


@require_POST
@signed_in
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Something is wrong with my share: the merchant is asked, and the money goes back to whoever gave it."""
    order, actor = _order_of_mine(request, code), actor_of(request)
    lines = [AskedLine(pk) for pk, state in line_states(order).items() if state.is_left]
    try:
        ask_aftersale(
            order=order, kind="refund", reason=request.POST.get("reason", ""), lines=lines, actor=actor, at=clock.now()
        )  # fmt: skip
    except Refusal as error:
        return refuse(request, error, f"/gifts/{code}")
    messages.success(
        request, gettext("The merchant has been asked. The money would go back to whoever gave it.")
    )
    return HttpResponseRedirect(f"/gifts/{code}")


def _order_of_mine(request: HttpRequest, code: str) -> Order:
    mine = GiftShare.objects.visible_to(actor_of(request))
    share = get_object_or_404(mine, gift__code=code.upper())
    return Order.objects.get(order_no=share.order_no)


def gift_poster(request: HttpRequest, code: str) -> HttpResponse:
    """The poster of a gift, for a chat: no price on it."""
    found = _reached(request, code)
    face = gift_face(found)
    content = poster.draw(
        title=face.title,
        subtitle=found.words or gettext("A gift for you"),
        price_fen=None,
        picture=face.image or "demo/i-gift.svg",
        shop=gettext("From %(name)s") % {"name": found.giver.name},
        hint=gettext("Scan to take it"),
        url=request.build_absolute_uri(f"/gifts/{found.code}"),
    )
    return picture_response(content, "image/jpeg")
