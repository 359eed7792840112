"""The desks of merchants and of all goods."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext, gettext_lazy

from linli.catalog.models import Category, Product, ProductState, Stock
from linli.core import clock
from linli.core.labels import label
from linli.core.search import query
from linli.insight.queries.people import MerchantRow, ProductRow, merchant_rows, product_rows
from linli.merchants.models import Merchant
from linli.web.console.desks.names import merchant_name
from linli.web.edge import actor_of, operators_only
from linli.web.figures import counted
from linli.web.listing import BY_AGE, Cut, Link, Listing, Rows, Sort, list_page
from linli.web.sheets import Column, Row

LOW = 10


def find_merchants(rows: Rows, words: str) -> Rows:
    """Merchants found by part of their name."""
    return rows.filter(name__icontains=words)


def _merchant_columns() -> list[Column]:
    return [
        Column(gettext("Merchant"), 24),
        Column(gettext("On sale"), 10),
        Column(gettext("Orders in 30 days"), 12),
        Column(gettext("Sold in 30 days ¥"), 14, is_money=True),
        Column(gettext("Not yet due ¥"), 14, is_money=True),
        Column(gettext("Due ¥"), 14, is_money=True),
    ]


def _merchant_cells(one: MerchantRow) -> Row:
    return (
        one.name, str(one.on_sale_count), str(one.order_count), one.sold_fen, one.pending_fen, one.available_fen,
    )  # fmt: skip


MERCHANTS = Listing(
    name="merchants",
    title=gettext_lazy("Merchants"),
    template="ops/merchants.html",
    rows=lambda found: merchant_rows([one.pk for one in found], at=clock.now()),
    sorts=BY_AGE,
    find=find_merchants,
    hint=gettext_lazy("Part of the name"),
    columns=_merchant_columns,
    cells=_merchant_cells,
)


def _categories() -> Mapping[str, object]:
    name = "name_en" if get_language() == "en" else "name"
    tops = Category.objects.filter(parent=None).order_by("position", "pk")
    return {str(pk): words for pk, words in tops.values_list("pk", name)}


def _stocks() -> Mapping[str, object]:
    return {
        "none": gettext("Sold out"),
        "low": gettext("Fewer than %(n)s left of a variant") % {"n": LOW},
    }


def _by_stock(rows: Rows, kind: str) -> Rows:
    stocks = Stock.objects.filter(sku__product=OuterRef("pk"))
    if kind == "none":
        return rows.filter(~Exists(stocks.filter(available_count__gt=0)))
    return rows.filter(Exists(stocks.filter(available_count__lt=LOW)))


def find_goods(rows: Rows, words: str) -> Rows:
    """Products found as the shop finds them."""
    question = query(words)
    return rows.extra(where=["search @@ %s::tsquery"], params=[question]) if question else rows.none()


def _product_columns() -> list[Column]:
    return [
        Column(gettext("Goods"), 40),
        Column(gettext("Merchant"), 20),
        Column(gettext("Category"), 12),
        Column(gettext("State"), 10),
        Column(gettext("From ¥"), 10, is_money=True),
        Column(gettext("Stock"), 8),
        Column(gettext("Sold"), 8),
    ]


def _product_cells(one: ProductRow) -> Row:
    return (
        one.title, one.merchant, one.category, label("product_state", one.state), one.least_fen, str(one.stock), str(one.sold_count),
    )  # fmt: skip


PRODUCTS = Listing(
    name="products",
    title=gettext_lazy("Goods"),
    template="ops/products.html",
    rows=lambda found: product_rows([one.pk for one in found]),
    sorts={
        "new": Sort(gettext_lazy("Newest first"), "-pk"),
        "sold": Sort(gettext_lazy("Most sold first"), "-sold_count"),
        "dear": Sort(gettext_lazy("Price: high to low"), "-price_fen"),
        "cheap": Sort(gettext_lazy("Price: low to high"), "price_fen"),
    },
    find=find_goods,
    hint=gettext_lazy("Title, pinyin or initials"),
    tabs=Cut(
        "state",
        gettext_lazy("State"),
        lambda: {state: label("product_state", state) for state in ProductState.values},
        lambda rows, state: rows.filter(state=state),
    ),
    cuts=(
        Cut(
            "category",
            gettext_lazy("Category"),
            _categories,
            lambda rows, top: rows.filter(Q(category=int(top)) | Q(category__parent=int(top))),
        ),
        Cut("stock", gettext_lazy("Stock"), _stocks, _by_stock),
    ),
    links=(Link("merchant", lambda rows, key: rows.filter(merchant_id=key), merchant_name),),
    columns=_product_columns,
    cells=_product_cells,
)  # fmt: skip


@operators_only
def merchants(request: HttpRequest) -> HttpResponse:
    """Every merchant; what they sold in a month is kept for a while when it is slow to count."""

    def rows(found: Sequence[Merchant]) -> list[MerchantRow]:
        ids = [one.pk for one in found]
        return counted(request, f"merchants:{ids}", lambda: merchant_rows(ids, at=clock.now()))

    return list_page(
        request, replace(MERCHANTS, rows=rows), Merchant.objects.visible_to(actor_of(request)), {}
    )


@operators_only
def products(request: HttpRequest) -> HttpResponse:
    """The goods of every merchant."""
    return list_page(request, PRODUCTS, Product.objects.managed_by(actor_of(request)), {})
