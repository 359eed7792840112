"""The audit trail as a desk, and the one field that finds anything."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from linli.catalog.models import Product
from linli.community.models import Community
from linli.core import clock
from linli.core.finding import compact
from linli.core.labels import declared, label
from linli.core.models import AuditEntry
from linli.insight.queries.people import merchant_rows, people, product_rows
from linli.members.models import Member
from linli.members.queries import find_members, names_of
from linli.merchants.models import Merchant
from linli.trade.models import Order
from linli.trade.queries.order import find_orders, order_faces
from linli.web.console.desks.names import member_name
from linli.web.console.desks.supply import find_goods, find_merchants
from linli.web.console.order_rows import whole
from linli.web.edge import actor_of, operators_only
from linli.web.listing import BY_AGE, Cut, Link, Listing, list_page
from linli.web.sheets import Column, Row

MOST_OF_EACH = 5
PAGES = {"order": "/ops/orders/", "owner": "/ops/members/", "member": "/ops/members/", "community": "/ops/profits/", "campaign": "/ops/campaigns/", "plan": "/ops/plans/", "product": "/merchant/goods/"}  # fmt: skip


def _rows(entries: Any) -> list[dict[str, Any]]:
    names = names_of([one.actor_id for one in entries])
    return [
        {"entry": one, "who": names.get(one.actor_id) or gettext("The platform"), "to": page_of(one.subject)}
        for one in entries
    ]


def page_of(subject: str) -> str:
    """The page of a thing that the trail names; empty when it has none."""
    kind, _, key = subject.partition(":")
    return f"{PAGES[kind]}{key}" if kind in PAGES and key else ""


def _columns() -> list[Column]:
    return [
        Column(gettext("When"), 17),
        Column(gettext("Who"), 16),
        Column(gettext("What"), 26),
        Column(gettext("Which"), 30),
        Column(gettext("Details"), 50),
    ]


def _cells(row: Any) -> Row:
    one = row["entry"]
    details = "; ".join(f"{name}: {value}" for name, value in one.detail.items())
    return one.created_at, row["who"], label("act", one.action), one.subject, details


TRAIL = Listing(
    name="audit",
    title=gettext_lazy("Audit trail"),
    template="ops/audit.html",
    rows=_rows,
    sorts=BY_AGE,
    find=lambda rows, words: rows.filter(subject__startswith=words.strip()),
    hint=gettext_lazy("Which thing: order:2611…, owner:12, community:3"),
    cuts=(
        Cut(
            "act",
            gettext_lazy("What"),
            lambda: declared()["act"],
            lambda rows, act: rows.filter(action=act),
        ),
    ),
    links=(Link("actor", lambda rows, key: rows.filter(actor_id=key), member_name),),
    moment="created_at",
    columns=_columns,
    cells=_cells,
)


@operators_only
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what to which thing, when."""
    return list_page(request, TRAIL, AuditEntry.objects.all(), {})


@operators_only
def find(request: HttpRequest) -> HttpResponse:
    """Orders, members, merchants, goods and communities that fit some words; the whole number of an order leads to it at once."""
    words = " ".join(request.GET.get("q", "").split())[:60]
    actor = actor_of(request)
    orders = Order.objects.visible_to(actor)
    if exact := orders.filter(order_no=compact(words)).first():
        return HttpResponseRedirect(f"/ops/orders/{exact.order_no}")
    content: dict[str, Any] = {"words": words, "sought": words}
    if words:
        goods = find_goods(Product.objects.managed_by(actor), words)
        merchants = find_merchants(Merchant.objects.visible_to(actor), words)
        content |= {
            "orders": order_faces(whole(list(find_orders(orders, words).order_by("-pk")[:MOST_OF_EACH]))),
            "members": people(_keys(find_members(Member.objects.visible_to(actor), words))),
            "merchants": merchant_rows(_keys(merchants), at=clock.now()),
            "products": product_rows(_keys(goods)),
            "communities": Community.objects.filter(name__icontains=words).order_by("-pk")[:MOST_OF_EACH],
        }
    return render(request, "ops/find.html", content)


def _keys(found: Any) -> list[int]:
    return list(found.order_by("-pk").values_list("pk", flat=True)[:MOST_OF_EACH])
