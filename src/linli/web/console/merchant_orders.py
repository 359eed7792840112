"""What a merchant sends and takes back: orders, parcels, aftersale. The operator may look into every merchant."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from linli.core import clock
from linli.core.labels import label
from linli.core.refusal import Refusal
from linli.fulfilment.operations import CARRIERS
from linli.trade.models import OPEN_AFTERSALE, Aftersale, Order, OrderQuerySet, PastOrder
from linli.trade.operations.aftersale import decide_aftersale
from linli.trade.operations.deliver_order import correct_shipment, ship_order
from linli.trade.queries.order import find_orders
from linli.trade.queries.past_order import past_orders_page
from linli.web.console.desks.names import product_name
from linli.web.console.merchant import console_frame
from linli.web.console.order_rows import (
    late,
    order_cells,
    order_columns,
    order_rows,
    with_open_aftersale,
    with_product,
)
from linli.web.edge import actor_of, choice_in, merchants_only, number_in, refuse, safe_path
from linli.web.listing import Cut, Link, Listing, Rows, Sort, list_page

MOST_LINES = 200
# A tracking number as it is printed: 7300 1234 5678, SF 1234 5678, EE 123 456 789 CN.
GROUPS = re.compile(r"(?:[A-Za-z]{1,4} ?)?[0-9]+(?: [0-9]+)*(?: [A-Za-z]{2})?")
SEPARATORS = re.compile(r"[\s,，;；|]+")


def _states() -> Mapping[str, object]:
    return {
        "to_ship": gettext("To ship"),
        "late": gettext("Overdue"),
        "aftersale": gettext("Open aftersale"),
        **{state: label("order_state", state) for state in ("shipped", "received", "completed", "refunded")},
    }


def _in_state(orders: Rows, state: str) -> Rows:
    if state == "to_ship":
        return orders.to_ship()
    if state == "late":
        return late(orders)
    if state == "aftersale":
        return with_open_aftersale(orders)
    return orders.filter(state=state)


ORDERS = Listing(
    name="orders",
    title=gettext_lazy("Orders"),
    template="merchant/orders.html",
    rows=lambda found: order_rows(list(found), at=clock.now()),
    sorts={
        "new": Sort(gettext_lazy("Newest first"), "-pk"),
        "due": Sort(gettext_lazy("Longest waiting first"), "paid_at"),
    },
    find=find_orders,
    hint=gettext_lazy("Number, phone's last digits, name, goods, parcel"),
    tabs=Cut("state", gettext_lazy("State"), _states, _in_state),
    first_tab="to_ship",
    tab_sorts={"to_ship": "due", "late": "due"},
    links=(Link("product", with_product, product_name),),
    moment="paid_at",
    columns=order_columns,
    cells=order_cells,
)


@merchants_only
def orders(request: HttpRequest) -> HttpResponse:
    """Orders to send, the longest waiting first; those on their way and done, the newest first. Found by anything on them."""
    return _orders(request)


def _orders(request: HttpRequest, *, batch: str = "", faults: tuple[str, ...] = ()) -> HttpResponse:
    frame = console_frame(request)
    sold = PastOrder.objects.filter(merchant=frame["merchant"])
    content = {
        **frame,
        "frame": "merchant/frame.html",
        "carriers": CARRIERS,
        "batch": batch,
        "batch_faults": faults,
        "has_past": sold.exists(),
    }
    mine = _mine(request).filter(merchant=frame["merchant"])
    return list_page(request, ORDERS, mine, content, status=422 if faults else 200)


@merchants_only
def paper(request: HttpRequest) -> HttpResponse:
    """Pick list and packing slips of the orders that were ticked, for paper."""
    numbers = request.GET.getlist("order")[:MOST_LINES]
    frame = console_frame(request)
    ticked = list(
        _mine(request)
        .filter(merchant=frame["merchant"], order_no__in=numbers)
        .to_ship()
        .order_by("paid_at", "pk")
    )
    faces = order_rows(ticked, at=clock.now())
    return render(
        request, "merchant/paper.html", {**frame, "orders": faces, "picks": _picks(faces), "at": clock.now()}
    )


def _picks(faces: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The units to pick for these orders, by product and variant."""
    units: Counter[tuple[str, str]] = Counter()
    for face in faces:
        for line in face["lines"]:
            units[line["title"], line["sku_title"]] += line["unsent_quantity"]
    return [
        {"title": title, "variant": variant, "units": count}
        for (title, variant), count in sorted(units.items())
        if count
    ]


@merchants_only
def past_orders(request: HttpRequest) -> HttpResponse:
    """What was sold before the shop moved here, found by number, phone, name or goods."""
    frame = console_frame(request)
    words = " ".join(request.GET.get("q", "").split())[:40]
    sold = PastOrder.objects.visible_to(actor_of(request)).filter(merchant=frame["merchant"])
    faces, following = past_orders_page(sold, words=words, before=number_in(request, "before"))
    content = {**frame, "orders": faces, "next": following, "q": words}
    return render(request, "merchant/past_orders.html", content)


@dataclass(frozen=True)
class _Parcel:
    """A typed line: which order travels how. line: its number as a person sees it, headings and blank ones counted."""

    line: int
    text: str
    order_no: str
    carrier: str
    tracking_no: str


@require_POST
@merchants_only
def ship(request: HttpRequest) -> HttpResponse:
    """Send parcels: one, or several at once as lines of «order carrier tracking». Lines that cannot be sent stay, each with why."""
    back = safe_path(request.POST.get("next", ""), "/merchant/orders")
    batch = request.POST.get("batch", "")
    typed = [request.POST.get(name, "") for name in ("order_no", "carrier", "tracking_no")]
    is_batch = bool(batch.strip())
    parcels, late = _parcels(batch) if is_batch else ([_Parcel(1, "", *typed)], [])
    sent = known = 0
    kept: list[str] = []
    faults: list[str] = []
    for parcel in parcels:
        is_new, fault = _ship(request, parcel)
        if fault and is_batch:
            kept.append(parcel.text)
            line = gettext("Line %(n)s, order %(order_no)s: %(why)s")
            faults.append(line % {"n": parcel.line, "order_no": parcel.order_no[:32] or "–", "why": fault})
        elif fault:
            messages.error(request, fault)
        sent, known = sent + (is_new is True), known + (is_new is False)
    if late:
        kept += late
        faults.append(gettext("%(n)s more lines: send at most 200 at once.") % {"n": len(late)})
    if sent:
        messages.success(request, gettext("Shipped: %(count)s") % {"count": sent})
    if known:
        messages.success(
            request, gettext("Shipped before with the same number: %(count)s") % {"count": known}
        )
    if faults:
        return _orders(request, batch="\n".join(kept), faults=tuple(faults))
    return HttpResponseRedirect(back)


def _ship(request: HttpRequest, parcel: _Parcel) -> tuple[bool | None, str]:
    """Whether a parcel is a new one; or a sentence of why it cannot be sent."""
    order = _mine(request).filter(order_no=parcel.order_no).first()
    if order is None:
        return None, gettext("You have no order with this number.")
    try:
        return (
            ship_order(
                order=order,
                carrier=parcel.carrier,
                tracking_no=parcel.tracking_no,
                actor=actor_of(request),
                at=clock.now(),
            ),
            "",
        )
    except Refusal as error:
        return None, error.sentence


def _parcels(text: str) -> tuple[list[_Parcel], list[str]]:
    """Lines of «order carrier tracking», whatever separates the three, without a table's headings; and the lines that are too many. A
    tracking number may be written in groups; a fourth cell of a table is no part of it and is refused with the number."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > 1 and not any(sign.isdigit() for sign in lines[0][1]):
        lines = lines[1:]
    return [_parcel(n, line) for n, line in lines[:MOST_LINES]], [line for _, line in lines[MOST_LINES:]]


def _parcel(n: int, line: str) -> _Parcel:
    order_no, carrier, tracking_no = [*SEPARATORS.split(line, 2), "", ""][:3]
    is_number = " " not in tracking_no or GROUPS.fullmatch(tracking_no)
    is_last = "\t" not in tracking_no
    return _Parcel(n, line, order_no, carrier, tracking_no.replace(" ", "") if is_number and is_last else "")


@require_POST
@merchants_only
def correct(request: HttpRequest, order_no: str, shipment_id: int) -> HttpResponse:
    """Another carrier or number for a parcel that was typed wrong."""
    back = safe_path(request.POST.get("next", ""), "/merchant/orders")
    order = get_object_or_404(_mine(request), order_no=order_no)
    carrier = request.POST.get("carrier", "")
    try:
        correct_shipment(
            order=order,
            shipment_id=shipment_id,
            carrier=carrier,
            tracking_no=request.POST.get("tracking_no", ""),
            actor=actor_of(request),
            at=clock.now(),
        )
    except Refusal as error:
        return refuse(request, error, back)
    messages.success(request, gettext("Corrected."))
    return HttpResponseRedirect(back)


def _mine(request: HttpRequest) -> OrderQuerySet:
    """Sales that this person sends: those of the merchants they work for; the operator's are all."""
    actor = actor_of(request)
    sales = Order.objects.visible_to(actor).filter(paid_at__isnull=False)
    return sales if actor.is_operator else sales.filter(merchant_id__in=actor.merchant_ids)


@merchants_only
def aftersales(request: HttpRequest) -> HttpResponse:
    """What members ask back, by deadline."""
    frame = console_frame(request)
    is_open = choice_in(request, "state", ("asked", "done"), "asked") == "asked"
    asked = Aftersale.objects.visible_to(actor_of(request)).filter(order__merchant=frame["merchant"])
    asked = (
        asked.filter(state__in=OPEN_AFTERSALE).order_by("decide_by")
        if is_open
        else asked.exclude(state__in=OPEN_AFTERSALE)
    )
    rows = asked.select_related("order__member").prefetch_related("lines__order_line")[:50]
    return render(request, "merchant/aftersales.html", {**frame, "aftersales": rows, "is_open": is_open})


@require_POST
@merchants_only
def decide(request: HttpRequest, aftersale_no: str) -> HttpResponse:
    """Accept or refuse with a reason."""
    actor = actor_of(request)
    asked = get_object_or_404(
        Aftersale.objects.visible_to(actor).select_related("order"), aftersale_no=aftersale_no
    )
    if not (actor.is_operator or asked.order.merchant_id in actor.merchant_ids):
        return render(request, "ui/forbidden.html", status=403)
    try:
        decide_aftersale(
            aftersale=asked,
            accept=request.POST.get("accept") == "yes",
            reason=request.POST.get("reason", ""),
            actor=actor,
            at=clock.now(),
        )
    except Refusal as error:
        return refuse(request, error, "/merchant/aftersales")
    messages.success(request, gettext("Decided."))
    return HttpResponseRedirect("/merchant/aftersales")
