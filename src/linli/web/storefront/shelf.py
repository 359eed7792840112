"""Finding goods: home, search and categories, product, an owner's shop, a share link."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from linli.campaigns.queries.coupon import claimable_batches
from linli.campaigns.queries.recognition import badges_of
from linli.campaigns.queries.shelf import (
    CampaignFace,
    campaigns_on_show,
    groups_to_join,
    products_running,
    reminders_of,
    running_campaigns,
)
from linli.campaigns.types import Lane
from linli.catalog.models import Product
from linli.catalog.operations.favourite import note_footprint
from linli.catalog.queries.category import category_shelf
from linli.catalog.queries.favourite import kept_among
from linli.catalog.queries.product import ProductList, find_products, product_face
from linli.community.models import Post, PostState
from linli.community.queries.community import find_communities
from linli.community.queries.feed import public_words
from linli.core import clock
from linli.core.actor import Actor
from linli.core.money import yuan
from linli.distribution.models import Owner, OwnerStatus, ShareLink, ShopPick
from linli.distribution.operations import attribution
from linli.distribution.operations.owner import share
from linli.distribution.queries.plan import plan_at
from linli.distribution.queries.share import share_text, shop_of
from linli.distribution.rules.plan import Engine
from linli.insight.queries.shop import shop_figures
from linli.trade.queries.verified_buyer import verified_buyers
from linli.web import poster
from linli.web.came_by import came_by, person_behind
from linli.web.edge import actor_of, choice_in, number_in, owners_only
from linli.web.figures import counted
from linli.web.kept_pages import read_offline, shared_by_guests, show

PAGE = 12
MOST_POSTS = 3
CAMPAIGN_KINDS = ("group_buy", "flash_sale", "bargain")
MOST_HOT, MOST_SUGGESTED = 8, 6
SORTS = ("best", "new", "cheap", "dear", "rate")


@shared_by_guests
def home(request: HttpRequest) -> HttpResponse:
    """C1: the shop one came by, the hero, the categories, the feed."""
    actor = actor_of(request)
    shop = shop_of(actor.member_id) if actor.is_owner else person_behind(request)
    listing = _listing(ProductList(limit=PAGE, pages=number_in(request, "pages", 1)), actor)
    categories = category_shelf().choices
    deals, coming = campaigns_on_show(at=clock.now())
    words = public_words()
    content = {
        "shop": shop,
        "words": words,
        "categories": categories,
        "deals": deals,
        "coming": coming[0] if coming else None,
        "hero": listing["items"][0] if listing["items"] else None,
        **listing,
    }
    return show(
        request,
        "shop/home.html",
        content,
        shows=(shop, categories, tuple(deals), tuple(coming), str(words), _values(listing)),
    )


@shared_by_guests
def search(request: HttpRequest) -> HttpResponse:
    """C2: words, category, price, order. With HX-Request only the next cards."""
    actor = actor_of(request)
    sort = choice_in(request, "sort", SORTS, "best")
    sort = "best" if sort == "rate" and not actor.is_owner else sort
    shelf = category_shelf(number_in(request, "category"))
    only_groups = choice_in(request, "deal", ("group",)) == "group"
    asked = ProductList(
        words=request.GET.get("q", "")[:60],
        category_id=shelf.chosen.id if shelf.chosen else 0,
        sort=sort,
        cursor=request.GET.get("cursor", "")[:200],
        limit=PAGE,
        pages=number_in(request, "pages", 1),
        least_fen=number_in(request, "least") * 100,
        most_fen=number_in(request, "most") * 100,
        in_stock=choice_in(request, "stock", ("yes",)) == "yes",
        among=products_running("group_buy", at=clock.now()) if only_groups else None,
    )
    listing = _listing(asked, actor)
    if not listing["items"] and asked.words and not asked.cursor:
        near = replace(asked, is_near=True)
        listing = _listing(near, actor)
        asked = near if listing["items"] else asked
    is_asked = bool(
        asked.words or asked.category_id or asked.least_fen or asked.most_fen or only_groups or asked.in_stock
    )
    hot = [] if is_asked else find_products(ProductList(limit=MOST_HOT)).items
    content = {
        "asked": asked,
        "only_groups": only_groups,
        "filters": sum(map(bool, (asked.least_fen or asked.most_fen, only_groups, asked.in_stock))),
        "category": shelf.chosen,
        "categories": shelf.choices,
        "top": shelf.top,
        "is_asked": is_asked,
        "hot": hot,
        "grouped": set(products_running("group_buy", at=clock.now())) if hot else set(),
        **listing,
    }
    if request.headers.get("HX-Request") and asked.cursor:
        return render(request, "shop/cards.html", content)
    if not content["items"]:
        content["nearest"] = _decorate(find_products(ProductList(limit=4)).items, actor)
        return render(request, "shop/search.html", content)
    shown = tuple((one.id, one.title) for one in hot), tuple(sorted(content["grouped"]))
    return show(request, "shop/search.html", content, shows=(asked, shelf, shown, _values(listing)))


def suggest(request: HttpRequest) -> HttpResponse:
    """What the words that are being typed may become: the goods themselves, categories, communities."""
    words = request.GET.get("q", "").strip()[:60]
    if not words:
        return HttpResponse("")
    items = find_products(ProductList(words=words, limit=MOST_SUGGESTED)).items
    is_near = not items
    if is_near:
        items = find_products(ProductList(words=words, limit=MOST_SUGGESTED, is_near=True)).items
    content = {
        "words": words,
        "is_near": is_near,
        "items": items,
        "grouped": set(products_running("group_buy", at=clock.now())) if items else set(),
        "categories": [one for one in category_shelf().choices if words in one.name],
        "communities": find_communities(actor=actor_of(request)).filter(name__icontains=words)[:2],
    }
    return render(request, "shop/suggest.html", content)


def product(request: HttpRequest, product_id: int) -> HttpResponse:
    """C3: one product. Owners see what they earn and save; a guest's page has no such number in it."""
    actor = actor_of(request)
    face = product_face(product_id, actor=actor)
    skus: list[dict[str, Any]] = [{"sku": sku} for sku in face.skus]
    if actor.is_owner:
        plan = plan_at(clock.now()).engine
        for one in skus:
            one["earn_fen"] = plan.own_sale_fen(one["sku"].price_fen, one["sku"].rate_bp)
            one["save_fen"] = plan.saving_fen(one["sku"].price_fen, one["sku"].rate_bp)
    at = clock.now()
    running, coming = campaigns_on_show(product_id=product_id, at=at)
    groups = groups_to_join([one.id for one in running if one.kind == "group_buy"], at=at, limit=3)
    coupons = claimable_batches(member_id=0, merchant_ids=[face.merchant_id], at=at, limit=3)
    first = {kind: next((one for one in running if one.kind == kind), None) for kind in CAMPAIGN_KINDS}
    # The variant that the price at the top speaks of is chosen first.
    at_top = first["flash_sale"] or first["group_buy"]
    top_id = at_top.sku_id if at_top else 0
    skus_by_wish = sorted(skus, key=lambda one: one["sku"].id != top_id)
    chosen = next((one for one in skus_by_wish if one["sku"].available_count > 0), skus[0] if skus else None)
    person = person_behind(request, product_id=product_id)
    words = public_words(product_id=product_id)
    bought = verified_buyers({(one["author_id"], product_id) for one in words})
    said = [one | {"is_verified": (one["author_id"], product_id) in bought} for one in words]
    deal = _deal_earns(at_top, actor)
    reminded = reminders_of(actor.member_id, [one.id for one in coming[:1]])
    is_kept = product_id in kept_among(actor.member_id, [product_id])
    if actor.member_id and request.method == "GET":
        note_footprint(member_id=actor.member_id, product_id=product_id, at=at)
    content = {
        "product": face,
        "is_kept": is_kept,
        "person": person,
        "deal": deal,
        "said": said,
        "skus": skus,
        "is_shared_for_money": any(one.get("earn_fen") for one in skus),
        "chosen": chosen,
        **first,
        "coming": coming[0] if coming else None,
        "reminded": reminded,
        "groups": groups,
        "coupons": coupons,
    }
    earned = tuple((one.get("earn_fen"), one.get("save_fen")) for one in skus)
    shown = (
        tuple(running),
        tuple(coming),
        tuple(groups),
        tuple(str(one) for one in (*coupons, *said, deal)),
    )
    return show(
        request, "shop/product.html", content, shows=(face, person, shown, earned, is_kept, tuple(reminded))
    )


def _deal_earns(at_top: CampaignFace | None, actor: Actor) -> dict[str, int] | None:
    """What a share of the price at the top earns its owner, and what buying at it saves; None without a campaign there."""
    if at_top is None or not actor.is_owner:
        return None
    plan = plan_at(clock.now()).engine
    saves = Lane.self_purchase in at_top.stacks_with
    return {
        "earn_fen": plan.own_sale_fen(at_top.price_fen, at_top.rate_bp),
        "save_fen": plan.saving_fen(at_top.price_fen, at_top.rate_bp) if saves else 0,
    }


@read_offline
def owner_shop(request: HttpRequest, shop_code: str) -> HttpResponse:
    """B2: an owner's own shop, as a plain link. Whoever comes by it came by the owner."""
    owner = get_object_or_404(
        Owner.objects.select_related("member").exclude(status=OwnerStatus.closed), shop_code=shop_code.upper()
    )
    actor = actor_of(request)
    picks = list(
        ShopPick.objects.filter(owner=owner, product__state="on_sale").select_related("product")[:60]
    )
    faces = _decorate([pick.product for pick in picks], actor)
    for card, pick in zip(faces, picks, strict=True):
        card["words"] = pick.words
    listing = {} if picks else _listing(ProductList(limit=PAGE), actor)
    at, picked = clock.now(), {pick.product_id for pick in picks}
    deals = {one.id: one for one in running_campaigns(kind="group_buy", at=at) if one.product_id in picked}
    content = {
        "shop": owner,
        "badges": badges_of(owner.pk),
        "figures": counted(request, f"shop:{owner.pk}", lambda: shop_figures(owner.pk)),
        "cover": _cover_of(picks),
        "groups": [
            (deals[group.campaign_id], group) for group in groups_to_join(list(deals), at=at, limit=3)
        ],
        "picks": faces,
        "posts": Post.objects.visible_to(actor)
        .filter(author_id=owner.pk, state=PostState.shown)
        .exclude(images=[])
        .order_by("-pk")[:MOST_POSTS],
        **listing,
    }
    response = render(request, "shop/owner_shop.html", content)
    return came_by(request, response, owner.shop_code, actor)


def _cover_of(picks: Sequence[ShopPick]) -> str:
    """The second-to-last picture of the first pick: in a full gallery, the one that shows the goods in use."""
    images = picks[0].product.images if picks else []
    return images[-2] if len(images) > 1 else images[0] if images else ""


def share_link(request: HttpRequest, code: str) -> HttpResponse:
    """A share link was opened: remember by whom, then the product or the shop."""
    link = get_object_or_404(ShareLink.objects.select_related("owner"), code=code.upper())
    attribution.count_click(code=link.code, at=clock.now())
    to = f"/p/{link.product_id}" if link.product_id else f"/shop/{link.owner.shop_code}"
    return came_by(request, HttpResponseRedirect(to), link.code, actor_of(request))


def share_poster(request: HttpRequest, code: str) -> HttpResponse:
    """The poster of a share link, as a real picture that a phone can save; with the campaign that runs for its goods."""
    link = get_object_or_404(ShareLink.objects.select_related("owner", "product"), code=code.upper())
    product = link.product
    running, _ = campaigns_on_show(product_id=product.pk, at=clock.now()) if product else ([], [])
    deal = next((one for one in running if one.state == "running" and one.kind != "bargain"), None)
    content = poster.draw(
        title=product.title if product else link.owner.shop_name,
        subtitle=_deal_words(deal) if deal else product.subtitle if product else link.owner.shop_intro,
        price_fen=deal.price_fen if deal else product.price_fen if product else None,
        picture=(product.images or ["demo/i-bag.svg"])[0] if product else "demo/hero.webp",
        shop=link.owner.shop_name,
        hint=gettext("Scan to buy from a neighbour"),
        url=request.build_absolute_uri(f"/s/{link.code}"),
    )
    return picture_response(content, "image/jpeg")


def _deal_words(deal: CampaignFace) -> str:
    alone = {"n": deal.seats, "yuan": yuan(deal.list_fen)}
    if deal.kind == "group_buy":
        return gettext("Group of %(n)s, alone ¥%(yuan)s") % alone
    return gettext("Flash sale, else ¥%(yuan)s") % alone


def share_qr(request: HttpRequest, code: str) -> HttpResponse:
    """The QR of a share link."""
    link = get_object_or_404(ShareLink, code=code.upper())
    return picture_response(poster.qr_svg(request.build_absolute_uri(f"/s/{link.code}")), "image/svg+xml")


@owners_only
def share_sheet(request: HttpRequest, product_id: int) -> HttpResponse:
    """C7: link, QR, poster and words to share a product, and what it earns."""
    actor = actor_of(request)
    shared = get_object_or_404(Product.objects.visible_to(actor), pk=product_id)
    return _sheet(request, shared)


@owners_only
def share_shop(request: HttpRequest) -> HttpResponse:
    """C7 for the whole shop."""
    return _sheet(request, None)


def _sheet(request: HttpRequest, shared: Product | None) -> HttpResponse:
    owner = Owner.objects.get(pk=actor_of(request).member_id)
    at = clock.now()
    link = share(owner=owner, product=shared, at=at)
    url = request.build_absolute_uri(f"/s/{link.code}")
    plan = plan_at(at).engine
    running, _ = campaigns_on_show(product_id=shared.pk, at=at) if shared else ([], [])
    at_top = next((one for one in running if one.kind in ("flash_sale", "group_buy")), None)
    return render(
        request,
        "shop/share.html",
        {
            "product": shared,
            "deal": _deal_earns(at_top, actor_of(request)),
            "link": link,
            "url": url,
            "text": share_text(product=shared, owner=owner, url=url),
            "earn_fen": _alone_earns(shared, at_top, plan) if shared else None,
        },
    )


def _alone_earns(shared: Product, at_top: CampaignFace | None, plan: Engine) -> int:
    """What a share earns, in fen, at the regular price of the campaign's variant, or of the cheapest one without a campaign."""
    sku = shared.skus.select_related("offer").filter(pk=at_top.sku_id).first() if at_top else None
    price_fen, rate_bp = (
        (sku.offer.price_fen, sku.offer.commission_rate_bp) if sku else (shared.price_fen, shared.rate_bp)
    )
    return plan.own_sale_fen(price_fen, rate_bp)


def _listing(asked: ProductList, actor: Actor) -> dict[str, Any]:
    found = find_products(asked)
    return {"items": _decorate(found.items, actor), "next": found.next, "pages": asked.pages}


def _values(listing: dict[str, Any]) -> tuple[Any, ...]:
    """All that a list shows, by value."""
    cards = tuple((card["product"], card.get("earn_fen")) for card in listing["items"])
    return cards, listing["next"], listing["pages"]


def _decorate(rows: list[Any], actor: Actor) -> list[dict[str, Any]]:
    """Cards of products; with what they earn for owners only."""
    if not actor.is_owner:
        return [{"product": row, "image": _first_image(row)} for row in rows]
    plan = plan_at(clock.now()).engine
    return [
        {
            "product": row,
            "image": _first_image(row),
            "earn_fen": plan.own_sale_fen(row.price_fen, row.rate_bp),
        }
        for row in rows
    ]


def _first_image(row: Any) -> str:
    return row.image if hasattr(row, "image") else (row.images or [""])[0]


def picture_response(content: bytes, kind: str) -> HttpResponse:
    """A picture that browsers keep for a while."""
    response = HttpResponse(content, content_type=kind)
    response["Cache-Control"] = "public, max-age=600"
    return response


def missing_product(request: HttpRequest) -> HttpResponse:
    """410-like page of a product that is not on sale any more: similar goods instead of a dead end."""
    cards = _decorate(find_products(ProductList(limit=4)).items, actor_of(request))
    return render(request, "shop/gone.html", {"items": cards}, status=404)


@shared_by_guests
def product_or_gone(request: HttpRequest, product_id: int) -> HttpResponse:
    """C3, or where to go from a product that is gone."""
    try:
        return product(request, product_id)
    except Product.DoesNotExist:
        return missing_product(request)
