"""By whom a visitor came: remembered in a cookie, and for a member as the last touch."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from linli.core import clock
from linli.core.actor import Actor
from linli.distribution.operations import attribution
from linli.web.edge import VIA_COOKIE

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
