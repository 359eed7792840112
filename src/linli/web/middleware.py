"""What every page needs: its name in the log, the reader's language, and who is there."""

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
from linli.core.language import LANGUAGES, language_of
from linli.core.logs import begin_request, name_member
from linli.core.refusal import Kind, Refusal
from linli.distribution.queries.actor import actor_of_session
from linli.web.errors import refused, unreadable

LOOKED_AFTER = ("/healthz", "/readyz", "/metrics")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# Doors for machines: they read the body as it came, and check it themselves.
RAW = ("/api/", "/payments/", "/sandbox/")
Next = Callable[[HttpRequest], HttpResponse]


class NamedRequest:
    """Every line of the log that a request writes bears its name, and who asked; the page of an error tells it."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begin_request()
        return self.following(request)


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


class AdminPolicy:
    """The staff admin's library evaluates expressions and styles inline; only staff ever get these pages."""

    def __init__(self, following: Next) -> None:
        self.following = following
        inline: dict[str, Any] = {
            "script-src": [CSP.SELF, CSP.UNSAFE_INLINE, CSP.UNSAFE_EVAL],
            "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
        }
        shop: dict[str, Any] = settings.SECURE_CSP
        self.policy = build_policy(shop | inline)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.following(request)
        if request.path_info.startswith("/admin/"):
            response.headers["Content-Security-Policy"] = self.policy
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
            return unreadable(request, ValueError("a NUL"))
        return self.following(request)


class Refusals:
    """The net below every page: a named error that no view turned into words, a row that is not there and a method that nobody
    takes are told in words."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.following(request)
        if response.status_code != 405:
            return response
        known = refused(request, "wrong_method", 405)
        known["Allow"] = response["Allow"]
        return known

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ObjectDoesNotExist):
            return render(request, "ui/not_found.html", status=404)
        if not isinstance(error, Refusal):
            return None
        response = refused(request, error.code, error.kind)
        if error.kind == Kind.busy:
            response["Retry-After"] = str(getattr(error, "retry_after_seconds", 1))
        return response


class Language:
    """The one that the reader chose (cookie), else the first of ours that their browser prefers, else zh-Hans."""

    def __init__(self, following: Next) -> None:
        self.following = following

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        preferred = language_of(request.headers.get("Accept-Language", ""))
        translation.activate(chosen if chosen in LANGUAGES else preferred)
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
    if not member_id:
        return Actor()
    name_member(int(member_id))
    return actor_of_session(int(member_id), session_hash)
