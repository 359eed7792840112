"""Products, and an owner's links to them."""

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer, demand, optional_bearer, parameter
from linli.api.once import Router
from linli.api.schemas import ShareLinkIn
from linli.catalog.models import Product
from linli.catalog.operations.favourite import note_footprint
from linli.catalog.queries.product import ProductList, find_products, product_face
from linli.core import clock
from linli.distribution.models import Owner
from linli.distribution.operations.owner import share
from linli.distribution.queries.plan import plan_at
from linli.distribution.queries.share import share_text
from linli.distribution.rules.plan import Engine

router = Router(tags=["catalog"])


@router.get("/products", auth=optional_bearer)
def get_products(request: HttpRequest, q: str = "", category: str = "", cursor: str = "") -> HttpResponse:
    """Products on sale: found by words, within a category."""
    actor = actor_of(request)
    plan = plan_at(clock.now()).engine if actor.is_owner else None
    found = find_products(
        ProductList(words=q[:60], category_id=parameter("category", category), cursor=cursor[:200])
    )
    items = [
        {
            "id": str(row.id),
            "title": row.title,
            "subtitle": row.subtitle,
            "price_fen": row.price_fen,
            "market_price_fen": row.market_price_fen,
            "image": row.image,
            "sold_count": row.sold_count,
            **earnings(row.price_fen, row.rate_bp, plan),
        }
        for row in found.items
    ]
    return answer({"items": items, "next": found.next or None})


@router.get("/products/{product_id}", auth=optional_bearer)
def get_product(request: HttpRequest, product_id: str) -> HttpResponse:
    """One product with its skus; owners also see what a share earns and an own purchase saves."""
    actor = actor_of(request)
    plan = plan_at(clock.now()).engine if actor.is_owner else None
    product = product_face(number(product_id), actor=actor)
    if actor.member_id:
        note_footprint(member_id=actor.member_id, product_id=product.id, at=clock.now())
    return answer(
        {
            "id": str(product.id),
            "title": product.title,
            "subtitle": product.subtitle,
            "description": product.description,
            "images": product.images,
            "merchant": {"id": str(product.merchant_id), "name": product.merchant_name},
            "price_fen": product.price_fen,
            "market_price_fen": product.market_price_fen,
            "skus": [
                {
                    "id": str(sku.id),
                    "title": sku.title,
                    "option_values": sku.option_values,
                    "price_fen": sku.price_fen,
                    "market_price_fen": sku.market_price_fen,
                    "stock": sku.available_count,
                    **earnings(sku.price_fen, sku.rate_bp, plan),
                }
                for sku in product.skus
            ],
            **earnings(product.price_fen, product.rate_bp, plan),
        }
    )


@router.post("/share-links")
def post_share_link(request: HttpRequest, body: ShareLinkIn) -> HttpResponse:
    """My link to a product, or to my whole shop."""
    actor = actor_of(request)
    demand(actor.is_owner)
    product = Product.objects.visible_to(actor).get(pk=int(body.product_id)) if body.product_id else None
    owner = Owner.objects.get(pk=actor.member_id)
    link = share(owner=owner, product=product, at=clock.now())
    url = request.build_absolute_uri(f"/s/{link.code}")
    return answer(
        {
            "code": link.code,
            "url": url,
            "poster_url": request.build_absolute_uri(f"/s/{link.code}/poster.jpg"),
            "text": share_text(product=product, owner=owner, url=url),
        }
    )


def earnings(price_fen: int, rate_bp: int, plan: Engine | None) -> dict[str, int]:
    """earn_fen and save_fen by the plan of an owner; without one, a guest's answer does not even have the keys."""
    if plan is None:
        return {}
    return {
        "earn_fen": plan.own_sale_fen(price_fen, rate_bp),
        "save_fen": plan.saving_fen(price_fen, rate_bp),
    }


def number(text: str) -> int:
    """An id from outside; 0 (nothing has it) when it is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
