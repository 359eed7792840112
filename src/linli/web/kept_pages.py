"""Pages that are rendered once for the same values.

A page is a function of the values that it shows. They are read afresh for every request and are the key: a price or a count that
changes is another page, and nothing is stale. Guests' pages hold nothing of a person; on others what is of the reader is a value
like any other (`reader_of`). What many guests ask for within seconds is read once (`shared_by_guests`).
"""

import secrets
import time
from collections.abc import Callable, Hashable, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string

from linli.core import clock
from linli.core.actor import Actor
from linli.distribution.queries.plan import latest_plan
from linli.web.context import cart_count, look

MOST = 4000
# How old a guest's page may be; one that counts down to a price is read again sooner than its script asks for it at the end (app.js).
GUEST_SECONDS, COUNTDOWN_SECONDS = 5, 1
PERSONAL = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
# Stands in a kept page where the form token of each reader goes; random, so that nobody can write it into a text.
TOKEN = f"form-token-{secrets.token_hex(12)}"
# And here the moment at which each page is read, by which countdowns run.
MOMENT = f"moment-{secrets.token_hex(12)}"
_kept: dict[Hashable, str] = {}
_shared: dict[Hashable, tuple[float, str]] = {}


def shared_by_guests(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guests who ask a web process for the same page within seconds get the same one: a link that thousands open at once costs the
    database one reading. Whoever is signed in reads afresh, as does everything that decides. docs/decisions/0034."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_part = "HX-Request" in request.headers  # of the same address, but not its page
        if not settings.ENVIRONMENT.answers or request.method != "GET" or is_part or not _is_guest(request):
            return view(request, *args, **kwargs)
        known = {name: value for name, value in request.COOKIES.items() if name != settings.CSRF_COOKIE_NAME}
        key = request.get_host(), request.get_full_path(), look(request), tuple(sorted(known.items()))
        until, page = _shared.get(key, (0.0, ""))
        if time.monotonic() < until:
            return _for_guest(request, page)
        response = view(request, *args, **kwargs)
        if page := getattr(response, "kept_page", ""):
            seconds = COUNTDOWN_SECONDS if MOMENT in page else GUEST_SECONDS
            _put(_shared, key, (time.monotonic() + seconds, page))
        return response

    return inner


def show(request: HttpRequest, template: str, content: dict[str, Any], *, shows: Hashable) -> HttpResponse:
    """A page, kept. `shows` holds by value all that `content` gives the page to show. A message that waits for the reader is shown
    once, so that its page is nobody's again."""
    if _is_guest(request):
        return _for_guest(request, _page(request, template, content, shows))
    if len(get_messages(request)):
        return render(request, template, content)
    return HttpResponse(_filled(request, _page(request, template, content, (reader_of(request), shows))))


def read_offline(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What a guest is shown of a public page may be kept by the service worker, to be read without a network (ui/sw.js)."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if _is_guest(request) and response.status_code == 200:
            response["X-Keep-Offline"] = "1"
        return response

    return inner


def _is_guest(request: HttpRequest) -> bool:
    return not any(name in request.COOKIES for name in PERSONAL)


def _for_guest(request: HttpRequest, page: str) -> HttpResponse:
    response = HttpResponse(_filled(request, page))
    response["X-Keep-Offline"] = "1"  # the service worker may: nothing of a person is in it
    response.kept_page = page  # type: ignore[attr-defined]
    return response


def reader_of(request: HttpRequest) -> Hashable:
    """What the frame of a page shows of its reader (ui/page.html, ui/tabbar.html); in the demo also who it is."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    who = actor.member_id if settings.DEMO else bool(actor.member_id)
    plan = latest_plan().plan_id if settings.DEMO and (actor.is_owner or actor.is_operator) else 0
    return who, actor.is_owner, actor.is_operator, cart_count(actor.member_id), plan


def values_of(rows: Iterable[Model]) -> str:
    """Rows by their values, as a part of what a page shows: a model's own name says its number only."""
    return repr([{name: value for name, value in vars(row).items() if name != "_state"} for row in rows])


def _page(request: HttpRequest, template: str, content: dict[str, Any], shows: Hashable) -> str:
    key = template, look(request), shows
    page = _kept.get(key)
    if page is None:
        page = render_to_string(template, content | {"csrf_token": TOKEN, "moment_read": MOMENT}, request)
        _put(_kept, key, page)
    return page


def _put[T](kept: dict[Hashable, T], key: Hashable, value: T) -> None:
    while len(kept) >= MOST:
        kept.pop(next(iter(kept)), None)
    kept[key] = value


def _filled(request: HttpRequest, page: str) -> str:
    """The kept page with the reader's own form token and the moment at which it is read."""
    if MOMENT in page:
        page = page.replace(MOMENT, clock.now().isoformat())
    return page.replace(TOKEN, get_token(request)) if TOKEN in page else page
