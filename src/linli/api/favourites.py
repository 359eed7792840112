"""My favourites, and what I looked at."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer, parameter
from linli.api.catalog import number
from linli.api.once import Router
from linli.api.schemas import FavouriteIn
from linli.catalog.models import Product
from linli.catalog.operations.favourite import clear_footprints, drop_favourite, keep_favourite
from linli.catalog.queries.favourite import Kept, favourites_of, history_of
from linli.core import clock

router = Router(tags=["favourites"])


@router.put("/me/favourites/{product_id}")
def put_favourite(request: HttpRequest, product_id: str, body: FavouriteIn | None = None) -> HttpResponse:
    """Keep a product; wants_news: be told when it is cheaper or back in stock."""
    actor = actor_of(request)
    product = Product.objects.visible_to(actor).get(pk=number(product_id))
    wants_news = bool(body and body.wants_news)
    keep_favourite(member_id=actor.member_id, product_id=product.pk, wants_news=wants_news, at=clock.now())
    return answer({"product_id": str(product.pk), "wants_news": wants_news})


@router.delete("/me/favourites/{product_id}")
def delete_favourite(request: HttpRequest, product_id: str) -> HttpResponse:
    """Keep it no more."""
    drop_favourite(member_id=actor_of(request).member_id, product_id=number(product_id))
    return answer({"product_id": product_id})


@router.get("/me/favourites")
def get_favourites(request: HttpRequest, cursor: str = "") -> HttpResponse:
    """What I keep, the newest first."""
    rows, following = favourites_of(actor_of(request).member_id, before=parameter("cursor", cursor))
    items = [
        _face(row)
        | {"noted_fen": row.noted_fen, "cheaper_fen": row.cheaper_fen, "wants_news": row.wants_news}
        for row in rows
    ]
    return answer({"items": items, "next": str(following) if following else None})


@router.get("/me/history")
def get_history(request: HttpRequest, cursor: str = "") -> HttpResponse:
    """What I looked at, the last first."""
    rows, following = history_of(actor_of(request).member_id, before=parameter("cursor", cursor))
    return answer({"items": [_face(row) for row in rows], "next": str(following) if following else None})


@router.delete("/me/history")
def delete_history(request: HttpRequest) -> HttpResponse:
    """Clear my browsing history."""
    clear_footprints(member_id=actor_of(request).member_id)
    return answer({"items": []})


def _face(row: Kept) -> dict[str, Any]:
    return {
        "product_id": str(row.id),
        "title": row.title,
        "image": row.image,
        "price_fen": row.price_fen,
        "on_sale": row.is_on_sale,
        "sold_out": row.is_sold_out,
    }
