"""What I think of buying: the cart, and the ways into it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import Campaign
from linli.catalog.queries.stock import short_of
from linli.core import clock
from linli.core.refusal import Refusal
from linli.trade.models import CartLine, Order
from linli.trade.operations import cart as cart_operations
from linli.trade.queries.quote import CouponOption, coupon_options, quote, quotes
from linli.trade.rules.basket import merged
from linli.trade.types import Basket, Line, Quote
from linli.web.edge import actor_of, asked_units, refuse, signed_in, via, whole_number


@signed_in
def cart(request: HttpRequest) -> HttpResponse:
    """C8: lines by merchant, with what has changed since they were put in."""
    actor = actor_of(request)
    lines = list(
        CartLine.objects.filter(member_id=actor.member_id).select_related(
            "sku__offer", "sku__stock", "sku__product__merchant"
        )
    )
    chosen = [line for line in lines if line.is_chosen and _buyable(line)]
    basket = basket_of(request, [Line(line.sku_id, line.quantity) for line in chosen])
    quoted = quote(basket, at=clock.now()) if chosen else None
    goods_fen = quoted.goods_fen if isinstance(quoted, Quote) else 0
    options, best = coupon_options(basket, at=clock.now()) if goods_fen else ([], ())
    cheapest = quote(replace(basket, coupon_ids=best), at=clock.now()) if best else quoted
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        shown = {"line": line, "is_buyable": _buyable(line), "left": line.sku.stock.available_count}
        groups.setdefault(line.sku.product.merchant.name, []).append(shown)
    return render(
        request,
        "shop/cart.html",
        {
            "groups": groups,
            "quote": quoted if isinstance(quoted, Quote) else None,
            "chosen_count": len(chosen),
            "best_fen": quoted.total_fen - cheapest.total_fen
            if isinstance(quoted, Quote) and isinstance(cheapest, Quote)
            else 0,
            "gap": _nearest_gap(options, goods_fen),
        },
    )


def _nearest_gap(options: Sequence[CouponOption], goods_fen: int) -> dict[str, Any] | None:
    """The held coupon that is nearest to its threshold, and what is missing for it."""
    short = [one.voucher for one in options if not one.cut_fen and one.voucher.min_spend_fen > goods_fen]
    nearest = min(short, key=lambda voucher: voucher.min_spend_fen, default=None)
    return {"voucher": nearest, "fen": nearest.min_spend_fen - goods_fen} if nearest else None


def _buyable(line: CartLine) -> bool:
    offer, product = line.sku.offer, line.sku.product
    return offer.is_active and product.state == "on_sale" and line.sku.stock.available_count >= line.quantity


@require_POST
def buy_or_add(request: HttpRequest) -> HttpResponse:
    """The product page's two buttons: straight to checkout (which asks a guest to sign in and goes on), or into the cart."""
    then = request.POST.get("then", "")
    sku_id, quantity = whole_number(request.POST.get("sku")), asked_units(request.POST)
    if then == "gift":
        return HttpResponseRedirect(f"/checkout?sku={sku_id}&quantity={quantity}&gift=yes")
    if then == "buy":
        return HttpResponseRedirect(f"/checkout?sku={sku_id}&quantity={quantity}")
    if campaign_id := whole_number(then.removeprefix("campaign-")):
        campaign = get_object_or_404(Campaign.objects.select_related("sku"), pk=campaign_id)
        if sku_id not in (0, campaign.sku_id):
            variant = gettext("This price is for the variant “%(title)s”. Choose it, or buy yours alone.")
            messages.error(request, variant % {"title": campaign.sku.title})
            return HttpResponseRedirect(f"/p/{campaign.product_id}")
        return HttpResponseRedirect(
            f"/checkout?sku={campaign.sku_id}&quantity={quantity}&campaign={campaign_id}"
        )
    return add_to_cart(request)


@signed_in
def add_to_cart(request: HttpRequest) -> HttpResponse:
    """Put a sku in the cart, and stay."""
    sku_id, quantity = whole_number(request.POST.get("sku")), asked_units(request.POST)
    back = f"/p/{whole_number(request.POST.get('product'))}"
    try:
        if isinstance(
            refused := quote(basket_of(request, [Line(sku_id, quantity)]), at=clock.now()), Refusal
        ):
            raise refused
        kept = CartLine.objects.filter(member_id=actor_of(request).member_id, sku_id=sku_id).first()
        if short_of([Line(sku_id, quantity + (kept.quantity if kept else 0))]):
            raise Refusal("sold_out")
        cart_operations.put_in_cart(actor=actor_of(request), sku_id=sku_id, quantity=quantity, at=clock.now())
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("It is in your cart."))
    return HttpResponseRedirect(back)


@require_POST
@signed_in
def buy_again(request: HttpRequest, order_no: str) -> HttpResponse:
    """Put what an order held in the cart, as far as it is still sold; what is not is named."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(Order.objects.filter(member_id=actor.member_id), order_no=order_no)
    lines = list(found.lines.all())
    priced, _ = quotes([basket_of(request, [Line(one.sku_id, one.quantity)]) for one in lines], at=at)
    short = set(short_of(lines))
    missing = {
        one.pk
        for one, answer in zip(lines, priced, strict=True)
        if isinstance(answer, Refusal) or one.sku_id in short
    }
    for line in lines:
        try:
            if line.pk not in missing:
                cart_operations.put_in_cart(actor=actor, sku_id=line.sku_id, quantity=line.quantity, at=at)
        except Refusal:  # the cart is full, or holds as many as it may
            missing.add(line.pk)
    if missing:
        titles = "、".join(f"{one.title} {one.sku_title}".strip() for one in lines if one.pk in missing)
        messages.error(request, gettext("Unavailable right now: %(titles)s") % {"titles": titles})
    if len(missing) < len(lines):
        messages.success(request, gettext("It is in your cart."))
        return HttpResponseRedirect("/cart")
    return HttpResponseRedirect(f"/orders/{order_no}")


@require_POST
@signed_in
def change_cart(request: HttpRequest) -> HttpResponse:
    """Change units, choose, or take out."""
    quantity, step = request.POST.get("quantity"), request.POST.get("step", "")
    actor, sku_id = actor_of(request), whole_number(request.POST.get("sku"))
    try:
        if step:
            cart_operations.step_cart(actor=actor, sku_id=sku_id, by={"-1": -1, "1": 1}.get(step, 0))
            return HttpResponseRedirect("/cart")
        cart_operations.change_cart(
            actor=actor,
            sku_id=sku_id,
            quantity=0 if request.POST.get("remove") else whole_number(quantity, -1) if quantity else None,
            is_chosen=request.POST.get("chosen") == "yes" if "choose" in request.POST else None,
        )
    except Refusal as error:
        return refuse(request, error, "/cart")
    return HttpResponseRedirect("/cart")


def basket_of(request: HttpRequest, lines: Sequence[Line]) -> Basket:
    """What somebody wants to buy, with the link that they came by."""
    return Basket(actor_of(request).member_id, merged(lines), via(request))


def chosen_lines(member_id: int) -> list[Line]:
    """The lines of a cart that are chosen and can be had."""
    lines = CartLine.objects.filter(member_id=member_id, is_chosen=True).select_related(
        "sku__offer", "sku__stock", "sku__product"
    )
    return [Line(line.sku_id, line.quantity) for line in lines if _buyable(line)]
