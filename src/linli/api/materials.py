"""Materials and the daily pack over HTTP."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

from linli.api.app import actor_of, answer, demand
from linli.api.catalog import number
from linli.api.once import Router
from linli.api.schemas import MaterialIn
from linli.api.values import Day
from linli.catalog.models import Product
from linli.community.operations.material import write_checked_material
from linli.core import clock
from linli.core.clock import shop_day
from linli.distribution.models import Material, Owner, PackItem
from linli.distribution.operations.material import retire_material
from linli.distribution.operations.pack import mark_posted
from linli.distribution.queries.pack import best_hour_of, video_of
from linli.distribution.queries.share import pack_words
from linli.insight.queries.material import material_results
from linli.trade.operations.daily_pack import daily_pack

router = Router(tags=["materials"])


@router.get("/owners/me/pack")
def get_pack(request: HttpRequest, date: Day | None = None) -> HttpResponse:
    """(owner) What to share today (or what there was on a day before): words with my own link, pictures, poster, the best hour."""
    actor, at = actor_of(request), clock.now()
    demand(actor.is_owner)
    owner = Owner.objects.get(pk=actor.member_id)
    items = daily_pack(owner=owner, day=date or shop_day(at), at=at)
    hour = best_hour_of(owner.pk)
    return answer([_item(request, item, owner, hour) for item in items])


@router.post("/owners/me/pack/{item_id}/posted")
def post_posted(request: HttpRequest, item_id: str) -> HttpResponse:
    """(owner) I have posted it."""
    actor = actor_of(request)
    demand(actor.is_owner)
    item = PackItem.objects.get(pk=number(item_id), owner_id=actor.member_id)
    mark_posted(item=item, at=clock.now())
    item.refresh_from_db()
    return answer({"id": str(item.pk), "posted_at": item.posted_at})


@router.get("/products/{product_id}/materials")
def get_materials(request: HttpRequest, product_id: str) -> HttpResponse:
    """(its merchant, operator) The words about a product, with what each has brought."""
    product = Product.objects.managed_by(actor_of(request)).get(pk=number(product_id))
    return answer(
        {
            "items": [
                _material(row.material)
                | {
                    "given": row.given,
                    "posted": row.posted,
                    "clicks": row.clicks,
                    "orders": row.orders,
                    "kept_fen": row.kept_fen,
                    "owners_fen": row.owners_fen,
                    "fee_fen": row.fee_fen,
                }
                for row in material_results(product.pk)
            ],
            "next": None,
        }
    )


@router.post("/products/{product_id}/materials")
def post_material(request: HttpRequest, product_id: str, body: MaterialIn) -> HttpResponse:
    """(its merchant, operator) New words for owners to post."""
    actor = actor_of(request)
    product = Product.objects.managed_by(actor).get(pk=number(product_id))
    made = write_checked_material(
        product_id=product.pk,
        words=body.words,
        months=body.months,
        recording=body.recording,
        actor=actor,
        at=clock.now(),
    )
    return answer(_material(made), 201)


@router.post("/materials/{material_id}/retire")
def post_retire(request: HttpRequest, material_id: str) -> HttpResponse:
    """(its merchant, operator) Owners do not get it any more."""
    actor = actor_of(request)
    material = Material.objects.get(pk=number(material_id), product__in=Product.objects.managed_by(actor))
    retire_material(material=material, actor=actor, at=clock.now())
    material.refresh_from_db()
    return answer(_material(material))


def _item(request: HttpRequest, item: PackItem, owner: Owner, hour: int) -> dict[str, Any]:
    product = item.product
    url = request.build_absolute_uri(f"/s/{item.share_link.code}")
    return {
        "id": str(item.pk),
        "product": {"id": str(product.pk), "title": product.title, "price_fen": product.price_fen},
        "copy": pack_words(item, owner=owner, url=url),
        "images": [
            request.build_absolute_uri(static(image) if image.startswith("demo/") else f"/media/{image}")
            for image in product.images
        ],
        "video_url": request.build_absolute_uri(video) if (video := video_of(item)) else None,
        "best_hour": hour,
        "url": url,
        "poster_url": f"{url}/poster.jpg",
        "why": item.why,
        "posted_at": item.posted_at,
    }


def _material(material: Material) -> dict[str, Any]:
    return {
        "id": str(material.pk),
        "words": material.words,
        "months": material.months,
        "recording": material.recording.name if material.recording else None,
        "state": "retired" if material.retired_at else "live",
        "retired_why": material.retired_why,
    }
