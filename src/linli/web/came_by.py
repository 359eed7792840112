"""By whom a visitor came: remembered in a cookie, and for a member as the last touch."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from linli.core import clock
from linli.core.actor import Actor
from linli.core.settings import value_at
from linli.distribution.operations import attribution
from linli.distribution.queries.attribution import attribute
from linli.distribution.queries.share import ShopFace, shop_of
from linli.distribution.values import TOUCH_DAYS
from linli.web.edge import VIA_COOKIE, actor_of, via

VIA_SECONDS = 7 * 24 * 3600


def came_by(request: HttpRequest, response: HttpResponse, code: str, actor: Actor) -> HttpResponse:
    """The response, with the code of a share link or shop that the visitor came by; the last one counts."""
    response.set_cookie(
        VIA_COOKIE,
        code,
        max_age=VIA_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    if actor.member_id:
        attribution.touch(member_id=actor.member_id, code=code, at=clock.now())
    return response


def person_behind(request: HttpRequest, *, product_id: int = 0) -> ShopFace | None:
    """The owner whose sale it would be if this reader bought now, with what they say of a product: by the link of this browser, else
    by what the ledger knows of the member, on every device. None for an owner, who buys on their own."""
    actor, code = actor_of(request), via(request)
    if actor.is_owner or not (code or actor.member_id):
        return None
    at = clock.now()
    [sale] = attribute([(actor.member_id, code)], touch_days=value_at(TOUCH_DAYS, at=at), at=at)
    return shop_of(sale.seller_id, product_id=product_id) if sale.seller_id else None
