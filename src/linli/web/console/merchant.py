"""The merchant's console: to do, goods, product editor, orders, aftersale. The operator may look into every merchant."""

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from linli.catalog.models import Category, Product, ProductState
from linli.catalog.operations import product as product_operations
from linli.catalog.queries.product import low_stock
from linli.catalog.types import ProductDraft, SkuDraft
from linli.core import clock, sql
from linli.core.money import yuan
from linli.core.pictures import keep_picture
from linli.core.refusal import Refusal
from linli.core.search import normal
from linli.core.settings import value_at
from linli.core.typed import (
    BadAmount,
    BadNumber,
    HugeAmount,
    read_code,
    read_fen,
    read_rate_bp,
    read_whole,
)
from linli.distribution.queries.plan import plan_at
from linli.insight.queries.merchant import sold_by
from linli.ledger.queries import owed_fen, statement
from linli.ledger.types import Code
from linli.merchants.models import Merchant
from linli.merchants.values import SERVICE_FEE_BP
from linli.trade.models import Aftersale, AftersaleState, Order
from linli.web.edge import actor_of, choice_in, merchants_only, number_in, whole_number
from linli.web.figures import counted

CHOSEN, MOST_CHOICES = "merchant", 500
MOST_COUNTED = 100  # beside the menu
BLANK_SKUS = 3
HIDDEN = ("shown_stock", "sku_id")
SKU_COLUMNS = ("sku_title", "price", "market_price", "rate", "stock", "code", *HIDDEN)


def merchant_of(request: HttpRequest) -> Merchant:
    """The merchant that the actor works for; an operator chooses one."""
    mine = Merchant.objects.visible_to(actor_of(request)).order_by("pk")
    asked = number_in(request, "merchant")
    merchant = mine.filter(pk=asked or request.session.get(CHOSEN, 0)).first() or mine.first()
    if merchant is None:
        raise ObjectDoesNotExist("no merchant yet")
    if asked == merchant.pk:
        request.session[CHOSEN] = merchant.pk
    return merchant


def shown_count(count: int) -> str:
    """A number beside an entry of the menu: nobody counts further."""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)


def console_frame(request: HttpRequest) -> dict[str, Any]:
    """What every page of the merchant's console shows: the merchant, and what waits."""
    merchant, actor = merchant_of(request), actor_of(request)
    # The newest first: what is to be sent stands there, and the count ends with it.
    newest = Order.objects.filter(merchant=merchant).to_ship().order_by("-paid_at", "-pk")
    waiting = newest[:MOST_COUNTED].count()
    asked = Aftersale.objects.filter(
        order__merchant=merchant, state__in=(AftersaleState.asked, AftersaleState.sent_back)
    ).count()
    choices = Merchant.objects.visible_to(actor).order_by("pk")[:MOST_CHOICES]
    return {
        "merchant": merchant,
        "merchants": choices if actor.is_operator or len(actor.merchant_ids) > 1 else (),
        "waiting_shown": shown_count(waiting),
        "asked_count": asked,
    }


@merchants_only
def home(request: HttpRequest) -> HttpResponse:
    """M1: what waits, what was sold, what the ledger owes."""
    frame = console_frame(request)
    merchant = frame["merchant"]
    today = clock.shop_midnight(clock.now())
    figures = counted(request, f"sold:{merchant.pk}:{today}", lambda: sold_by(merchant.pk, today=today))
    return render(
        request,
        "merchant/home.html",
        {
            **frame,
            "figures": figures,
            "low": counted(request, f"low:{merchant.pk}", lambda: low_stock(merchant.pk)),
            "pending_fen": owed_fen(Code.merchant_pending, [merchant.pk])[merchant.pk],
            "available_fen": owed_fen(Code.merchant_available, [merchant.pk])[merchant.pk],
            "statement": statement(Code.merchant_available, merchant.pk, limit=8),
        },
    )


@merchants_only
def goods(request: HttpRequest) -> HttpResponse:
    """M2: my products; several at once go on or off sale."""
    frame = console_frame(request)
    actor = actor_of(request)
    mine = Product.objects.managed_by(actor).filter(merchant=frame["merchant"])
    if request.method == "POST":
        chosen = [whole_number(value) for value in request.POST.getlist("product")]
        for product in mine.filter(pk__in=chosen):
            product_operations.set_on_sale(
                product=product, is_on_sale=request.POST.get("action") == "on", actor=actor, at=clock.now()
            )
        messages.success(request, gettext("Changed: %(count)s") % {"count": len(chosen)})
        return HttpResponseRedirect(request.get_full_path())
    state, words = choice_in(request, "state", ProductState.values), request.GET.get("q", "").strip()[:60]
    if state:
        mine = mine.filter(state=state)
    if words:
        mine = mine.filter(Q(title__icontains=words) | Q(title__icontains=normal(words)))
    before = number_in(request, "before")
    page = list(
        (mine.filter(pk__lt=before) if before else mine).select_related("category").order_by("-pk")[:31]
    )
    stocks = {
        row.product_id: row.units
        for row in sql.rows(
            """select s.product_id, sum(t.available_count)::bigint as units from catalog_sku s join catalog_stock t on t.sku_id = s.id
                where s.product_id = any(%s::bigint[]) group by s.product_id""",
            ([product.pk for product in page],),
        )
    }
    rows = [{"product": product, "stock": stocks.get(product.pk, 0)} for product in page[:30]]
    following = page[29].pk if len(page) > 30 else 0
    return render(
        request,
        "merchant/goods.html",
        {**frame, "rows": rows, "next": following, "state": state, "words": words},
    )


@merchants_only
def edit(request: HttpRequest, product_id: int | None = None) -> HttpResponse:
    """M3: a product with its variants; what a sale leaves is shown before saving. What was typed is kept."""
    frame = console_frame(request)
    actor = actor_of(request)
    product = get_object_or_404(Product.objects.managed_by(actor), pk=product_id) if product_id else None
    merchant = product.merchant if product else frame["merchant"]
    form = _typed(request) if request.method == "POST" else _shown(product)
    content = {
        **frame,
        "product": product,
        "form": form,
        "categories": Category.objects.exclude(parent=None).select_related("parent"),
    }
    at = clock.now()
    content["fee_bp"] = value_at(SERVICE_FEE_BP, at=at)
    content["nets"] = _nets(form["skus"], content["fee_bp"])
    if request.method != "POST" or request.POST.get("action") == "look":
        return render(request, "merchant/edit.html", content)
    try:
        images = _pictures(request, form["images"], product.images if product else [])
        draft = _draft(form | {"images": images}, merchant.pk)
        if product:
            product_operations.change_product(product=product, draft=draft, actor=actor, at=at)
        else:
            [product_id] = product_operations.add_products([draft], at=at)
    except product_operations.BadProduct as error:
        return render(request, "merchant/edit.html", content | {"faults": error.fields}, status=422)
    messages.success(request, gettext("Saved."))
    return HttpResponseRedirect(f"/merchant/goods/{product_id}")


def _typed(request: HttpRequest) -> dict[str, Any]:
    """The form as typed, row by row."""
    lists = [request.POST.getlist(name)[:100] for name in SKU_COLUMNS]
    skus = [dict(zip(SKU_COLUMNS, row, strict=True)) for row in zip_longest(*lists, fillvalue="")]
    texts = {
        key: request.POST.get(key, "").strip()
        for key in ("title", "subtitle", "description", "category", "option_name")
    }
    return {
        **texts,
        "skus": skus,
        "images": [path for path in request.POST.getlist("image") if path],
        "is_on_sale": request.POST.get("is_on_sale") == "yes",
    }


def _shown(product: Product | None) -> dict[str, Any]:
    """The form of a product as it is."""
    blank = [dict.fromkeys(SKU_COLUMNS, "") for _ in range(BLANK_SKUS)]
    if product is None:
        return {
            "title": "",
            "subtitle": "",
            "description": "",
            "category": "",
            "option_name": "",
            "skus": blank,
            "images": [],
            "is_on_sale": True,
        }
    rows = product.skus.filter(offer__is_active=True).select_related("offer", "stock")
    skus = [
        {
            "sku_title": sku.title,
            "price": yuan(sku.offer.price_fen),
            "market_price": yuan(sku.offer.market_price_fen) if sku.offer.market_price_fen else "",
            "rate": f"{sku.offer.commission_rate_bp / 100:g}",
            "stock": str(sku.stock.available_count),
            "code": sku.code,
            "shown_stock": str(sku.stock.available_count),
            "sku_id": str(sku.pk),
        }
        for sku in rows
    ]
    return {
        "title": product.title, "subtitle": product.subtitle, "description": product.description, "category": str(product.category_id),
        "option_name": (product.option_names or [""])[0], "skus": skus + blank[:1], "images": product.images,
        "is_on_sale": product.state == ProductState.on_sale,
    }  # fmt: skip


def _draft(form: dict[str, Any], merchant_id: int) -> ProductDraft:
    """The form as a draft. Raises BadProduct for what is no number, no amount, no category."""
    skus = [sku for sku in form["skus"] if any(sku[name].strip() for name in sku if name not in HIDDEN)]
    category = Category.objects.filter(pk=whole_number(form["category"])).first()
    if category is None:
        raise product_operations.BadProduct({"category": "bad_category"})
    return ProductDraft(
        merchant_id=merchant_id,
        category_id=category.pk,
        title=form["title"],
        subtitle=form["subtitle"],
        description=form["description"],
        option_names=(form["option_name"] or "规格",),
        images=tuple(form["images"]),
        is_on_sale=form["is_on_sale"],
        search_extra=category.name,
        skus=tuple(_sku_of_row(sku, row) for row, sku in enumerate(form["skus"]) if sku in skus),
    )


def _sku_of_row(sku: dict[str, str], row: int) -> SkuDraft:
    """A variant of the form; what is wrong with it is named with its row, counted from 0. Raises BadProduct."""
    try:
        return _sku(sku)
    except product_operations.BadProduct as error:
        raise product_operations.BadProduct(
            {f"{field}.{row}": code for field, code in error.faults.items()}
        ) from None


def _sku(sku: dict[str, str]) -> SkuDraft:
    try:
        return SkuDraft(
            option_values=(sku["sku_title"].strip(),),
            price_fen=read_fen(sku["price"]),
            market_price_fen=read_fen(sku["market_price"]) if sku["market_price"].strip() else 0,
            rate_bp=_rate_bp(sku["rate"]),
            stock_count=read_whole(sku["stock"]) if sku["stock"].strip() else 0,
            code=read_code(sku["code"]),
            shown_stock_count=whole_number(sku["shown_stock"], -1) if sku["shown_stock"] else None,
            sku_id=whole_number(sku["sku_id"]) or None,
        )
    except HugeAmount:
        raise product_operations.BadProduct({"price": "price_range"}) from None
    except BadAmount:
        raise product_operations.BadProduct({"price": "bad_price"}) from None
    except BadNumber as error:
        raise product_operations.BadProduct({"stock": error.code}) from None


def _rate_bp(text: str) -> int:
    """Percent as typed, with at most two decimals, in bp. Raises BadProduct."""
    try:
        return read_rate_bp(text) if text.strip() else 0
    except BadNumber:
        raise product_operations.BadProduct({"rate": "rate_range"}) from None


def _nets(skus: list[dict[str, str]], fee_bp: int) -> list[str]:
    """What a sale of each variant leaves: fee, commission, and the merchant's own."""
    plan = plan_at(clock.now()).engine
    nets = []
    for sku in skus:
        try:
            draft = _sku(sku)
        except product_operations.BadProduct:
            nets.append("")
            continue
        fee = draft.price_fen * fee_bp // 10_000
        commission = plan.merchant_cost_fen(draft.price_fen, draft.rate_bp)
        nets.append(
            gettext("fee ¥%(fee)s, commission ¥%(commission)s, yours ¥%(net)s")
            % {
                "fee": yuan(fee),
                "commission": yuan(commission),
                "net": yuan(draft.price_fen - fee - commission),
            }
        )
    return nets


def _pictures(request: HttpRequest, kept: list[str], mine: list[str]) -> list[str]:
    # Only what the product has already: a path from outside is never believed.
    known = [path for path in kept if path in mine]
    try:
        fresh = request.FILES.getlist("pictures")[:9]
        member_id, at = actor_of(request).member_id, clock.now()
        return known + [keep_picture(file, member_id=member_id, at=at) for file in fresh]
    except Refusal as error:
        raise product_operations.BadProduct({"images": error.code}) from None
