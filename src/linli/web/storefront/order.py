"""My orders and their aftersale."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.queries.shelf import groups_to_join
from linli.core import clock
from linli.core.refusal import Refusal
from linli.core.typed import read_fen, read_whole
from linli.trade.models import Aftersale, Order, OrderState, PastOrder
from linli.trade.operations import aftersale as aftersale_operations
from linli.trade.operations.cancel_order import cancel_order
from linli.trade.operations.deliver_order import confirm_receipt
from linli.trade.queries.order import order_face, orders_page
from linli.trade.queries.past_order import past_orders_page
from linli.web.edge import actor_of, choice_in, number_in, refuse, signed_in
from linli.web.words import REFUND_REASONS

# What was bought, or wished for and not paid, can be wished for once more.
AGAIN = (
    OrderState.shipped,
    OrderState.received,
    OrderState.completed,
    OrderState.refunded,
    OrderState.cancelled,
)
TABS = ("", "pending_payment", "paid", "shipped", "received", "completed")


@signed_in
def orders(request: HttpRequest) -> HttpResponse:
    """C11: my orders by state."""
    state = choice_in(request, "state", TABS)
    mine = Order.objects.filter(member_id=actor_of(request).member_id)
    if choice_in(request, "aftersale", ("1",)):
        mine = mine.filter(aftersales__isnull=False).distinct()
    faces, following = orders_page(mine, state=state, before=number_in(request, "before"))
    content = {
        "orders": faces,
        "next": following,
        "state": state,
        "tabs": TABS,
        "has_past": PastOrder.objects.filter(member_id=actor_of(request).member_id).exists(),
    }
    return render(request, "shop/orders.html", content)


@signed_in
def past_orders(request: HttpRequest) -> HttpResponse:
    """What I bought in the shop from which this one moved."""
    mine = PastOrder.objects.filter(member_id=actor_of(request).member_id)
    faces, following = past_orders_page(mine, before=number_in(request, "before"))
    return render(request, "shop/past_orders.html", {"orders": faces, "next": following})


@signed_in
def order(request: HttpRequest, order_no: str) -> HttpResponse:
    """C12: one order, from placing to completion."""
    found = _mine(request, order_no)
    lines = aftersale_operations.line_states(found)
    can_ask = found.state in aftersale_operations.OPEN_STATES and any(
        state.is_left for state in lines.values()
    )
    face = order_face(found)
    choices = groups_to_join([found.campaign_id or 0], at=clock.now()) if face["choose_until"] else []
    return render(
        request,
        "shop/order.html",
        {
            "order": face,
            "can_ask": can_ask,
            "can_buy_again": found.state in AGAIN and not found.is_gift,
            "groups_to_choose": choices,
        },
    )


@require_POST
@signed_in
def cancel(request: HttpRequest, order_no: str) -> HttpResponse:
    """Cancel an unpaid order."""
    here = f"/orders/{order_no}"
    try:
        cancel_order(order=_mine(request, order_no), actor=actor_of(request), at=clock.now())
    except Refusal as error:
        return refuse(request, error, here)
    messages.success(request, gettext("The order is closed."))
    return HttpResponseRedirect(here)


@require_POST
@signed_in
def receive(request: HttpRequest, order_no: str) -> HttpResponse:
    """I have it."""
    here = f"/orders/{order_no}"
    try:
        confirm_receipt(order=_mine(request, order_no), actor=actor_of(request), at=clock.now())
    except Refusal as error:
        return refuse(request, error, here)
    messages.success(request, gettext("Thank you. You can ask for a refund within the aftersale window."))
    return HttpResponseRedirect(here)


@signed_in
def ask_aftersale(request: HttpRequest, order_no: str) -> HttpResponse:
    """C13: which lines, how many or how much, and why. What was typed is kept when it cannot be."""
    found = _mine(request, order_no)
    states = aftersale_operations.line_states(found)
    content = {
        "order": order_face(found),
        "lines": [
            (line, states[line.pk], _typed(request, line.pk, states[line.pk])) for line in found.lines.all()
        ],
        "reasons": REFUND_REASONS,
        "form": request.POST,
    }
    if request.method != "POST":
        return render(request, "shop/aftersale.html", content)
    try:
        lines = [
            _asked(request, line.pk, states[line.pk])
            for line in found.lines.all()
            if request.POST.get(f"line-{line.pk}") == "yes"
        ]
        said = (request.POST.get(name, "").strip() for name in ("reason", "reason_text"))
        reason = " · ".join(filter(None, said))
        made = aftersale_operations.ask_aftersale(
            order=found,
            kind=request.POST.get("kind", ""),
            reason=reason,
            lines=lines,
            actor=actor_of(request),
            at=clock.now(),
        )
    except Refusal as error:
        return render(request, "shop/aftersale.html", content | {"error": error.sentence}, status=error.kind)
    messages.success(
        request, gettext("The merchant has been asked. If nobody decides in time, your request is accepted.")
    )
    return HttpResponseRedirect(f"/orders/{made.order.order_no}")


def _typed(request: HttpRequest, line_id: int, state: aftersale_operations.LineState) -> dict[str, Any]:
    """What was typed about a line; before that nothing is chosen: money is not asked back by one tap."""
    if request.method != "POST":
        return {"is_chosen": False, "quantity": state.left_quantity, "amount": ""}
    return {
        "is_chosen": request.POST.get(f"line-{line_id}") == "yes",
        "quantity": request.POST.get(f"quantity-{line_id}", ""),
        "amount": request.POST.get(f"amount-{line_id}", ""),
    }


def _asked(
    request: HttpRequest, line_id: int, state: aftersale_operations.LineState
) -> aftersale_operations.AskedLine:
    amount = request.POST.get(f"amount-{line_id}", "").strip()
    if amount:
        return aftersale_operations.AskedLine(line_id, amount_fen=read_fen(amount))
    typed = request.POST.get(f"quantity-{line_id}")
    quantity = state.left_quantity if typed is None else read_whole(typed)
    return aftersale_operations.AskedLine(line_id, quantity=quantity)


@require_POST
@signed_in
def withdraw_aftersale(request: HttpRequest, aftersale_no: str) -> HttpResponse:
    """Take a wish back."""
    asked = _my_wish(request, aftersale_no)
    here = f"/orders/{asked.order.order_no}"
    try:
        aftersale_operations.withdraw_aftersale(aftersale=asked, actor=actor_of(request), at=clock.now())
    except Refusal as error:
        return refuse(request, error, here)
    return HttpResponseRedirect(here)


@require_POST
@signed_in
def send_back(request: HttpRequest, aftersale_no: str) -> HttpResponse:
    """By what parcel the goods go back."""
    agreed = _my_wish(request, aftersale_no)
    here = f"/orders/{agreed.order.order_no}"
    try:
        aftersale_operations.send_back(
            aftersale=agreed,
            carrier=request.POST.get("carrier", ""),
            tracking_no=request.POST.get("tracking_no", ""),
            actor=actor_of(request),
            at=clock.now(),
        )
    except Refusal as error:
        return refuse(request, error, here)
    messages.success(request, gettext("Thank you. Your money goes back once the merchant has the goods."))
    return HttpResponseRedirect(here)


def _my_wish(request: HttpRequest, aftersale_no: str) -> Aftersale:
    return get_object_or_404(
        Aftersale.objects.select_related("order"),
        aftersale_no=aftersale_no,
        order__member_id=actor_of(request).member_id,
    )


def _mine(request: HttpRequest, order_no: str) -> Order:
    return get_object_or_404(
        Order.objects.select_related("merchant", "charge"),
        order_no=order_no,
        member_id=actor_of(request).member_id,
    )
