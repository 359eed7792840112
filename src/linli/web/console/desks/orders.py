"""The desk of orders: which are late, where one is, and who got which fen of it."""

from collections.abc import Mapping

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from linli.core import clock
from linli.core.audit import acts_on
from linli.core.labels import label
from linli.core.notes import notes_of, write_note
from linli.ledger.queries import booked_for
from linli.members.models import Member
from linli.members.queries import names_of
from linli.merchants.models import Merchant
from linli.trade.models import Order
from linli.trade.queries.order import find_orders, for_the_sender, order_face
from linli.web.console.desks.names import member_name, merchant_name, named, product_name
from linli.web.console.order_rows import (
    late,
    order_cells,
    order_columns,
    order_rows,
    with_open_aftersale,
    with_product,
)
from linli.web.edge import actor_of, operators_only, page_of_form
from linli.web.listing import BY_AGE, DAYS, Cut, Link, Listing, Rows, list_page

STATES = ("paid", "shipped", "received", "completed", "pending_payment", "waiting_group", "waiting_gift", "refunded", "cancelled")  # fmt: skip


def _states() -> Mapping[str, object]:
    return {
        "late": gettext("Overdue"),
        "aftersale": gettext("Open aftersale"),
        **{state: label("order_state", state) for state in STATES},
    }


def _in_state(orders: Rows, state: str) -> Rows:
    if state == "late":
        return late(orders)
    if state == "aftersale":
        return with_open_aftersale(orders)
    return orders.filter(state=state)


def _kinds() -> Mapping[str, object]:
    return {
        "group": gettext("Campaign price"),
        "gift": gettext("Gift"),
        "own": gettext("Owner's own purchase"),
        "shared": gettext("Referred by an owner"),
    }


_KINDS = {
    "group": Q(campaign__isnull=False),
    "gift": Q(is_gift=True),
    "own": Q(is_self_purchase=True),
    "shared": ~Q(seller_id=0) & Q(is_self_purchase=False),
}


def _spans() -> Mapping[str, object]:
    return {
        "1": gettext("Sold today"),
        **{days: gettext("Sold in the last %(n)s days") % {"n": days} for days in DAYS[1:]},
    }


def _sold_in(orders: Rows, days: str) -> Rows:
    """What the overview counts: orders by the day on which they became a sale."""
    return orders.filter(paid_at__gte=clock.begin_of_days(int(days), at=clock.now()))


ORDERS = Listing(
    name="orders",
    title=gettext_lazy("Orders"),
    template="ops/orders.html",
    rows=lambda found: order_rows(list(found), at=clock.now()),
    sorts=BY_AGE,
    find=find_orders,
    hint=gettext_lazy("Number, phone's last digits, name, goods, parcel"),
    tabs=Cut("state", gettext_lazy("State"), _states, _in_state),
    cuts=(
        Cut("kind", gettext_lazy("Kind"), _kinds, lambda rows, kind: rows.filter(_KINDS[kind])),
        Cut("sold", gettext_lazy("Sold on"), _spans, _sold_in),
    ),
    links=(
        Link("merchant", lambda rows, key: rows.filter(merchant_id=key), merchant_name),
        Link("member", lambda rows, key: rows.filter(member_id=key), member_name),
        Link("seller", lambda rows, key: rows.filter(seller_id=key), member_name),
        Link("product", with_product, product_name),
    ),
    moment="placed_at",
    columns=order_columns,
    cells=order_cells,
)


@operators_only
def orders(request: HttpRequest) -> HttpResponse:
    """Every order."""
    return list_page(request, ORDERS, Order.objects.visible_to(actor_of(request)), {})


@operators_only
def order(request: HttpRequest, order_no: str) -> HttpResponse:
    """One order: what was bought, where it is, what the books hold for it, who did what, and notes."""
    found = get_object_or_404(Order.objects.visible_to(actor_of(request)), order_no=order_no)
    [face] = for_the_sender([order_face(found)])
    subject = f"order:{found.order_no}"
    aftersales = [f"aftersale:{one['aftersale_no']}" for one in face["aftersales"]]
    booked = booked_for(found.order_no)
    acts, notes = acts_on([subject, *aftersales]), notes_of(subject)
    content = {
        "order": face,
        "buyer": Member.objects.get(pk=found.member_id),
        "seller": Member.objects.filter(pk=found.seller_id).first() if found.seller_id else None,
        "merchant": Merchant.objects.get(pk=found.merchant_id),
        "run": found.settlement_run,
        "booked": named(booked),
        "acts": acts,
        "notes": notes,
        "people": names_of([*(one.actor_id for one in acts), *(one.author_id for one in notes)]),
        "subject": subject,
    }
    return render(request, "ops/order.html", content)


@require_POST
@operators_only
def note(request: HttpRequest, order_no: str) -> HttpResponse:
    """Write something down about an order for colleagues."""
    found = get_object_or_404(Order.objects.visible_to(actor_of(request)), order_no=order_no)
    write_note(
        subject=f"order:{found.order_no}",
        words=request.POST.get("words", ""),
        actor=actor_of(request),
        at=clock.now(),
    )
    return HttpResponseRedirect(page_of_form(request, f"/ops/orders/{found.order_no}"))
