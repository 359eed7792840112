"""What every page needs: its content policy, the reader's language, and who came by whose link."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.csp import CSP, build_policy
from django.utils.functional import SimpleLazyObject

from linli.core.actor import Actor
from linli.core.rate_limit import TooMany
from linli.distribution.queries.actor import actor_of_session
from linli.trade.refusals import refusal_of
from linli.trade.sentences import sentence

LOOKED_AFTER = ("/healthz", "/readyz", "/metrics")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Doors for machines: they read the body as it came, and check it themselves.
RAW = ("/api/", "/payments/", "/sandbox/")
Next = Callable[[HttpRequest], HttpResponse]

SHOP: dict[str, Any] = settings.SECURE_CSP
SHOP_POLICY = build_policy(SHOP)
# The staff admin's library evaluates expressions and styles inline; only staff ever get these pages.
ADMIN_POLICY = build_policy(
    SHOP
    | {
        "script-src": [CSP.SELF, CSP.UNSAFE_INLINE, CSP.UNSAFE_EVAL],
        "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    }
)


class PublicAddress:
    """A live site has one address: links, posters and payments name it, whoever asked how; another host is not answered. Machines
    that look after the site come by any."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in LOOKED_AFTER:
            request.get_host()  # DisallowedHost, a 400
        if not settings.DEMO:
            request.META["wsgi.url_scheme"] = settings.ENVIRONMENT.public_url.partition(":")[0]
            request.build_absolute_uri = partial(_public_uri, request)  # type: ignore[method-assign]
        response = self.following(request)
        # What somebody sees who is signed in is kept by nobody in between, and asked for again by their own browser.
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def _public_uri(request: HttpRequest, location: str | None = None) -> str:
    return urljoin(settings.ENVIRONMENT.public_url + "/", location or request.get_full_path())


class ContentPolicy:
    """A strict policy for the shop, another for /admin."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.following(request)
        policy = ADMIN_POLICY if request.path_info.startswith("/admin/") else SHOP_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class PlainText:
    """A NUL in a path, query, form or cookie is nobody's typing, and no text of the database may hold one: 400."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        values = [request.path_info, *request.COOKIES.values()]
        values += [value for _, many in request.GET.lists() for value in many]
        if request.content_type in FORMS and not request.path_info.startswith(RAW):
            values += [value for _, many in request.POST.lists() for value in many]
        if any("\0" in value for value in values):
            return HttpResponse(status=400)
        return self.following(request)


class Refusals:
    """The net below every page: a named error that no view turned into words, and a row that is not there, get a plain page."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.following(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ObjectDoesNotExist):
            return render(request, "ui/not_found.html", status=404)
        known = refusal_of(error)
        if known is None:
            return None
        response = render(request, "ui/refused.html", {"words": sentence(known[1])}, status=known[0])
        if isinstance(error, TooMany):
            response["Retry-After"] = str(error.retry_after_seconds)
        return response


class Language:
    """zh-Hans unless the reader chose (cookie), or asks for English only (an API client's Accept-Language)."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or _asked(
            request.headers.get("Accept-Language", "")
        )
        translation.activate("en" if language == "en" else "zh-hans")
        return self.following(request)


class Visit:
    """request.actor: who is here, looked up only when somebody asks. The API sets its own."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.following(request)


def _actor(request: HttpRequest) -> Actor:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return Actor()
    member_id, session_hash = (request.session.get(key, "") for key in (SESSION_KEY, HASH_SESSION_KEY))
    return actor_of_session(int(member_id), session_hash) if member_id else Actor()


def _asked(header: str) -> str:
    """The first language that the reader asks for and we have."""
    for part in header.lower().split(","):
        if part.strip().startswith("zh"):
            return "zh-hans"
        if part.strip().startswith("en"):
            return "en"
    return "zh-hans"
