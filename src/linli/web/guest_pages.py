"""Pages of guests, rendered once for the same values.

A guest's page holds nothing of a person, so it is a function of the values that it shows. The values are read afresh for
every request and are the key: a price or a count that changes is another page, and nothing is ever stale.
"""

import secrets
from collections.abc import Hashable
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string

from linli.core import clock
from linli.web.context import look

MOST = 400
PERSONAL = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
# Stands in a kept page where the form token of each reader goes; random, so that nobody can write it into a text.
TOKEN = f"form-token-{secrets.token_hex(12)}"
# And here the moment at which each page is read, by which countdowns run.
MOMENT = f"moment-{secrets.token_hex(12)}"
_kept: dict[Hashable, str] = {}


def show(request: HttpRequest, template: str, content: dict[str, Any], *, shows: Hashable) -> HttpResponse:
    """A page, for a guest the kept one. `shows` holds by value all that `content` gives the page to show."""
    if any(name in request.COOKIES for name in PERSONAL):
        return render(request, template, content)
    key = template, look(request), shows
    page = _kept.get(key)
    if page is None:
        page = render_to_string(template, content | {"csrf_token": TOKEN, "moment_read": MOMENT}, request)
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = page
    if MOMENT in page:
        page = page.replace(MOMENT, clock.now().isoformat())
    response = HttpResponse(page.replace(TOKEN, get_token(request)) if TOKEN in page else page)
    response["X-Keep-Offline"] = "1"  # the service worker may: nothing of a person is in it
    return response
