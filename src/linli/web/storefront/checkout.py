"""Cart, checkout, payment, result."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from linli.campaigns.models import Seat
from linli.campaigns.queries.coupon import claimable_batches
from linli.campaigns.queries.gift import gift_codes
from linli.campaigns.queries.points import points_of
from linli.campaigns.queries.shelf import group_face
from linli.campaigns.queries.sold_out import is_sold_out
from linli.campaigns.types import Choice, GiftWish
from linli.catalog.models import Sku
from linli.catalog.queries.stock import short_of
from linli.community.queries.community import communities_of
from linli.core import clock
from linli.core.batcher import Batcher, QueueIsFull, place_kept, ticket_of
from linli.core.codes import digest
from linli.core.refusal import Refusal, sentence
from linli.members.models import Address
from linli.payments.adapters.registry import first_gateway, gateway_names
from linli.payments.operations.refund import paid_back_fen
from linli.trade.models import Order, OrderState
from linli.trade.operations import cart as cart_operations
from linli.trade.operations.charge_order import charge_order
from linli.trade.operations.place_order import place_orders
from linli.trade.queries.quote import coupon_options, quote
from linli.trade.rules.basket import shared
from linli.trade.types import Basket, Line, Placed, PlaceRequest, Quote
from linli.web.came_by import person_behind
from linli.web.edge import actor_of, asked_units, number_in, refuse, signed_in, to_sign_in, whole_number
from linli.web.storefront.cart import basket_of, chosen_lines


def _place(requests: Sequence[PlaceRequest]) -> list[Placed | Refusal]:
    return place_orders(requests, at=clock.now())


AGAIN_SECONDS, KEPT_WORDS = 3, 400
# Of the address: one that cannot be read would be another price, which nobody asked for.
NUMBERS = ("sku", "campaign", "group", "seats", "bargain")
# Past its payment an order tells of itself on its own page.
PAST = (OrderState.shipped, OrderState.received, OrderState.completed, OrderState.refunded)
placing: Batcher[PlaceRequest, Placed | Refusal] = Batcher(_place)


def checkout(request: HttpRequest) -> HttpResponse:
    """C9: address, lines, every fen explained, one button. Comes from the cart, or from one sku; a guest sees what that one costs,
    and signs in to order it."""
    is_open = request.method == "GET" and "sku" in request.GET
    if actor_of(request).is_guest and not is_open:
        return to_sign_in(request)
    for name in NUMBERS if request.method == "GET" else ():
        number_in(request, name)
    return _checkout(request)


def _checkout(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    sku_id, quantity = whole_number(asked.get("sku")), asked_units(asked)
    choice = _choice(asked)
    if choice and is_sold_out(choice.campaign_id, at=clock.now()):
        messages.error(request, sentence("sold_out"))
        return HttpResponseRedirect(_way_back(choice, sku_id))
    lines = [Line(sku_id, quantity)] if sku_id else chosen_lines(actor.member_id)
    uses_points = asked.get("points") == "yes"
    gift = _gift(asked)
    basket = replace(basket_of(request, lines), choice=choice, uses_points=uses_points, gift=gift)
    options, best = coupon_options(basket, at=clock.now())
    # What was chosen stays chosen; who has not chosen yet gets the best.
    coupon_ids = (
        tuple(filter(None, map(whole_number, asked.getlist("coupon")))) if "coupon" in asked else best
    )
    quoted = quote(replace(basket, coupon_ids=coupon_ids), at=clock.now())
    error = ""
    if isinstance(quoted, Refusal) and (coupon_ids or gift):
        # Without what was refused the page can be shown, with what else was typed.
        error, coupon_ids = quoted.sentence, ()
        basket = replace(basket, gift=GiftWish() if gift else None)
        quoted = quote(basket, at=clock.now())
    if isinstance(quoted, Refusal) or (not choice and short_of(shared(basket).lines)):
        messages.error(request, quoted.sentence if isinstance(quoted, Refusal) else sentence("sold_out"))
        return HttpResponseRedirect(_way_back(choice, sku_id))
    book = Address.objects.visible_to(actor)
    chosen = book.filter(pk=whole_number(asked.get("address"))).first()
    if request.method == "POST" and not chosen and not gift and not error and book.exists():
        error = sentence("address_gone")
    address = chosen or book.first()
    content = {
        "quote": quoted,
        "person": person_behind(request),
        "address": address,
        "key": request.POST.get("key", "")[:64] or secrets.token_urlsafe(16),
        "sku": sku_id,
        "quantity": quantity,
        "choice": choice,
        "gift": gift,
        "communities": communities_of(actor.member_id) if gift else [],
        "options": options,
        "coupon_ids": coupon_ids,
        "uses_points": uses_points,
        "points": points_of([actor.member_id], at=clock.now())[actor.member_id],
        "here": request.get_full_path() if actor.is_guest else _here(sku_id, quantity, choice),
        "note": request.POST.get("note", "")[:200],
        "gateways": gateway_names(),
        "claimable": _claimable(quoted) if actor.is_guest else (),
        "error": error,
        "is_looked_at": request.POST.get("action") == "look",
    }
    if request.method != "POST" or error or request.POST.get("action") == "look":
        return render(request, "shop/checkout.html", content, status=409 if error else 200)
    return _place_from_page(request, replace(basket, coupon_ids=coupon_ids), address, content)


def _claimable(quoted: Quote) -> list[dict[str, Any]]:
    """Coupons that a newcomer can claim for these merchants' goods."""
    merchants = sorted({parcel.merchant_id for parcel in quoted.parcels})
    return claimable_batches(member_id=0, merchant_ids=merchants, at=clock.now(), limit=3)


def _choice(asked: QueryDict) -> Choice | None:
    campaign_id = whole_number(asked.get("campaign"))
    if not campaign_id:
        return None
    group_id, seats, bargain_id = (whole_number(asked.get(name)) for name in ("group", "seats", "bargain"))
    return Choice(campaign_id, group_id, seats, bargain_id)


def _gift(asked: QueryDict) -> GiftWish | None:
    if asked.get("gift") != "yes":
        return None
    words = " ".join(asked.get("words", "").split())[:KEPT_WORDS]
    shares = whole_number(asked.get("shares", "1"), -1)
    return GiftWish(shares, words, whole_number(asked.get("community")) or None)


def _here(sku_id: int, quantity: int, choice: Choice | None) -> str:
    """This checkout again, with what was chosen."""
    values = {"sku": sku_id, "quantity": quantity} if sku_id else {}
    if choice:
        values |= {
            "campaign": choice.campaign_id,
            "group": choice.group_id,
            "seats": choice.seats,
            "bargain": choice.bargain_id,
        }
    return (
        f"/checkout?{urlencode({name: value for name, value in values.items() if value})}"
        if values
        else "/checkout"
    )


def _way_back(choice: Choice | None, sku_id: int) -> str:
    """Where somebody goes whose basket cannot be bought: to the group, bargain or product that it is about, else to the cart."""
    if choice and choice.group_id:
        return f"/groups/{choice.group_id}"
    if choice and choice.bargain_id:
        return f"/bargains/{choice.bargain_id}"
    if choice:
        return "/campaigns"
    product_id = Sku.objects.filter(pk=sku_id).values_list("product_id", flat=True).first()
    return f"/p/{product_id}" if product_id else "/" if sku_id else "/cart"


def _place_from_page(
    request: HttpRequest, basket: Basket, address: Address | None, content: dict[str, Any]
) -> HttpResponse:
    shown = (
        {"name": address.name, "phone": address.phone, "region": address.region, "detail": address.detail}
        if address
        else None
    )
    wanted = PlaceRequest(
        basket=basket,
        address=shown,
        note=content["note"],
        quoted_fen=whole_number(request.POST.get("quoted_fen"), -1),
        charge_gateway=content["gateways"][0] if content["gateways"] else "",
        idempotency_key=f"page:{content['key']}",
        input_hash=digest(
            repr((basket.lines, basket.choice, basket.coupon_ids, basket.uses_points, basket.gift))
        ),
    )
    since = place_kept(request.POST.get("ticket", ""), holder=_holder(request))
    try:
        outcome = placing.ask(wanted, since=since)
    except QueueIsFull as full:
        return _queue(request, full)
    if isinstance(outcome, Refusal):
        return render(request, "shop/checkout.html", content | {"error": outcome.sentence}, status=409)
    if not basket.choice and not basket.gift:
        cart_operations.take_out_of_cart(
            actor=actor_of(request), sku_ids=[line.sku_id for line in basket.lines]
        )
    first = outcome.orders[0]
    return HttpResponseRedirect(outcome.pay_path or f"/orders/{first.order_no}/result")


def _holder(request: HttpRequest) -> str:
    return f"member:{actor_of(request).member_id}"


def _queue(request: HttpRequest, full: QueueIsFull) -> HttpResponse:
    """More come at once than can be served: how many are ahead, and the same form again, with the place kept."""
    again = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "ticket")
        for value in values
    ]
    content = {"ahead": full.ahead, "ticket": ticket_of(full, holder=_holder(request)), "again": again}
    response = render(request, "shop/queue.html", content, status=429)
    response["Retry-After"] = str(AGAIN_SECONDS)
    return response


@require_POST
@signed_in
def pay(request: HttpRequest, order_no: str) -> HttpResponse:
    """Go on to pay an order that waits."""
    order = get_object_or_404(Order, order_no=order_no, member_id=actor_of(request).member_id)
    try:
        opened = charge_order(order=order, gateway_name=first_gateway(), at=clock.now())
    except Refusal as error:
        return refuse(request, error, f"/orders/{order_no}")
    return HttpResponseRedirect(opened.pay_path)


@signed_in
def result(request: HttpRequest, order_no: str) -> HttpResponse:
    """C10: paid, or on its way; and what to do next."""
    order = get_object_or_404(
        Order.objects.select_related("charge"), order_no=order_no, member_id=actor_of(request).member_id
    )
    orders = list(Order.objects.filter(checkout_no=order.checkout_no).order_by("pk"))
    is_failed = bool(order.charge and order.charge.state == "failed")
    back_fen = 0
    if order.charge is None:
        back_fen = paid_back_fen([one.order_no for one in orders], "amount_differs")
    if request.headers.get("Accept") == "application/json":
        is_over = (is_failed or back_fen) and order.state == OrderState.pending_payment
        return JsonResponse({"state": "failed" if is_over else order.state})
    if order.state in PAST:
        return HttpResponseRedirect(f"/orders/{order.order_no}")
    seat = Seat.objects.filter(order_no=order.order_no).exclude(group=None).first()
    content = {
        "seat": seat,
        "gift_code": gift_codes([order.order_no]).get(order.order_no) if order.is_gift else None,
        "group": group_face(seat.group_id or 0) if seat else None,
        "order": order,
        "orders": orders,
        "total_fen": sum(one.total_fen for one in orders),
        "is_failed": is_failed,
        "back_fen": back_fen,
        "is_unpaid": request.GET.get("paid") == "no",
    }
    return render(request, "shop/result.html", content)
