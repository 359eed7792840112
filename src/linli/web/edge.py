"""What page views share: who must be signed in, and how a named error becomes a sentence on the page it came from."""

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from linli.core.actor import Actor
from linli.core.refusal import Refusal
from linli.core.typed import BadValue, read_fen, read_rate_bp, read_whole
from linli.members.queries import region_names

View = Callable[..., HttpResponse]
VIA_COOKIE = "via"


def actor_of(request: HttpRequest) -> Actor:
    """Who is here."""
    return request.actor  # type: ignore[attr-defined]


def signed_in(view: View) -> View:
    """Guests are asked to sign in, and come back."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if actor_of(request).is_guest:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    return inner


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back to where the reader is."""
    # A form cannot be sent by coming back: the page that it stands on is.
    following = request.get_full_path() if request.method == "GET" else page_of_form(request)
    return HttpResponseRedirect(f"/signin?next={quote(following)}")


def page_of_form(request: HttpRequest, otherwise: str = "/") -> str:
    """The page that the form stands on which was sent."""
    parts = urlsplit(request.headers.get("Referer", ""))
    return safe_path(f"{parts.path}?{parts.query}" if parts.query else parts.path, otherwise)


def demand(allowed: Callable[[Actor], bool]) -> Callable[[View], View]:
    """Pages of a role: guests sign in, others are told that it is not theirs."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not allowed(actor_of(request)):
                return render(request, "ui/forbidden.html", status=403)
            return view(request, *args, **kwargs)

        return signed_in(inner)

    return decorate


owners_only = demand(lambda actor: actor.is_owner)
merchants_only = demand(lambda actor: bool(actor.merchant_ids) or actor.is_operator)
operators_only = demand(lambda actor: actor.is_operator)


def demo_only(view: View) -> View:
    """404 on a live site."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return inner


def safe_path(text: str, otherwise: str = "/") -> str:
    """A path on this site from outside, else another: never an address elsewhere."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return otherwise
    if text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme:
        return text
    return otherwise


def refuse(request: HttpRequest, refusal: Refusal, to: str) -> HttpResponse:
    """A refusal becomes a message on the page that the person came from."""
    messages.error(request, refusal.sentence)
    return HttpResponseRedirect(to)


def via(request: HttpRequest) -> str:
    """The code of the share link that a visitor came by, from their cookie; empty when there is none that could be one."""
    code = request.COOKIES.get(VIA_COOKIE, "")
    return code if code.isascii() and code.isalnum() and len(code) <= 12 else ""


def whole_number(text: Any, otherwise: int = 0) -> int:
    """A whole number from a form or query; something else when it is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else otherwise


def number_in(request: HttpRequest, name: str, otherwise: int = 0) -> int:
    """A number from the query string, or `otherwise` when it is absent. Refuses: bad_parameter, since a page for another number would
    be taken for the one that was asked for."""
    text = _once(request, name)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise Refusal("bad_parameter", {"field": name})
    return int(text)


def choice_in(request: HttpRequest, name: str, choices: Collection[str], otherwise: str = "") -> str:
    """One of `choices` from the query string, or `otherwise` when it is absent. Refuses: bad_parameter."""
    word = _once(request, name) or otherwise
    if word != otherwise and word not in choices:
        raise Refusal("bad_parameter", {"field": name})
    return word


def region_in(request: HttpRequest) -> str:
    """The code of a region from the query string, or empty when it is absent or all are asked for. Refuses: bad_parameter."""
    code = request.GET.get("region", "")
    if code in ("", "all"):
        return ""
    if not region_names(code):
        raise Refusal("bad_parameter", {"field": "region"})
    return code


def _once(request: HttpRequest, name: str) -> str:
    texts = request.GET.getlist(name)
    if len(texts) > 1:
        raise Refusal("bad_parameter", {"field": name})
    return texts[0] if texts else ""


def asked_units(form: Mapping[str, Any]) -> int:
    """The units that a form asks for: one when it does not say. What cannot be read is 0, which every basket refuses."""
    return whole_number(form.get("quantity") or "") if "quantity" in form else 1


class Unreadable(ValueError):
    """A form field that cannot be read; `field` names it, `code` says why."""

    def __init__(self, field: str, code: str = "unreadable") -> None:
        super().__init__(field)
        self.field, self.code = field, code


def typed_number(form: Mapping[str, Any], field: str) -> int:
    """A whole number as typed; 0 for an empty field. Raises Unreadable, so that nothing silently becomes another value."""
    return _typed(form, field, read_whole)


def typed_fen(form: Mapping[str, Any], field: str) -> int:
    """An amount of yuan as typed, in fen; 0 for an empty field. Raises Unreadable."""
    return _typed(form, field, read_fen)


def typed_bp(form: Mapping[str, Any], field: str) -> int:
    """Percent as typed, in bp; 0 for an empty field. Raises Unreadable."""
    return _typed(form, field, read_rate_bp)


def _typed(form: Mapping[str, Any], field: str, read: Callable[[str], int]) -> int:
    text = str(form[field]).strip()
    try:
        return read(text) if text else 0
    except BadValue as error:
        raise Unreadable(field, error.code) from None
