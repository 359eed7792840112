"""Pages that are rendered once for the same values.

A page is a function of the values that it shows. They are read afresh for every request and are the key: a price or a count that
changes is another page, and nothing is ever stale. Guests' pages hold nothing of a person; on others what is of the reader is a
value like any other (`reader_of`).
"""

import secrets
from collections.abc import Hashable, Iterable
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
PERSONAL = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
# Stands in a kept page where the form token of each reader goes; random, so that nobody can write it into a text.
TOKEN = f"form-token-{secrets.token_hex(12)}"
# And here the moment at which each page is read, by which countdowns run.
MOMENT = f"moment-{secrets.token_hex(12)}"
_kept: dict[Hashable, str] = {}


def show(request: HttpRequest, template: str, content: dict[str, Any], *, shows: Hashable) -> HttpResponse:
    """A page, kept. `shows` holds by value all that `content` gives the page to show. A message that waits for the reader is shown
    once, so that its page is nobody's again."""
    if not any(name in request.COOKIES for name in PERSONAL):
        response = HttpResponse(_page(request, template, content, shows))
        response["X-Keep-Offline"] = "1"  # the service worker may: nothing of a person is in it
        return response
    if len(get_messages(request)):
        return render(request, template, content)
    return HttpResponse(_page(request, template, content, (reader_of(request), shows)))


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
    """The kept page with the reader's own form token and the moment at which it is read."""
    key = template, look(request), shows
    page = _kept.get(key)
    if page is None:
        page = render_to_string(template, content | {"csrf_token": TOKEN, "moment_read": MOMENT}, request)
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = page
    if MOMENT in page:
        page = page.replace(MOMENT, clock.now().isoformat())
    return page.replace(TOKEN, get_token(request)) if TOKEN in page else page
