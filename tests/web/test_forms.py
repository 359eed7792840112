"""Every form of every page, as every role: sent as it stands, and with what nobody should type in each of its fields.

Whatever is sent, the answer is a page, a redirect or a refusal: never a 5xx; and a refusal says something.
"""

import random
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from linli.distribution.queries.actor import actor_of
from linli.trade.models import Order
from linli.trade.operations.aftersale import AskedLine, ask_aftersale
from web.forms import Form, Page, links_within
from web.test_pages import GUARDED, OPEN, client_of, town  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db
HOSTILE = {
    "empty": "", "blank": " \t\u3000", "nul": "a\0b", "surrogate": "\ud800", "minus": "-1", "zero": "0", "huge": "9" * 20, "bigint": "9223372036854775808",
    "int": "2147483648", "fraction": "1.005", "exponent": "1e9", "nan": "NaN", "true": "true", "fullwidth": "１２．５", "comma": "1,5", "long": "长" * 5000,
    "tag": "<script>alert(1)</script>", "quote": "'\"; drop table x; --", "invisible": "\u3164\u200b", "bidi": "\u202eabc", "percent": "%s%(a)s%%{}",
    "path": "../../etc/passwd", "date": "2026-02-30T25:61", "far": "99999-01-01T00:00", "json": '[{"a": null}]', "line": "a\r\nSet-Cookie: x=y", "emoji": "👨‍👩‍👧",
}  # fmt: skip
FILES = {
    "nothing": ("a.png", b""), "text": ("a.png", b"not a picture"), "html": ("a.png", b"<html><script>alert(1)</script>"), "cut": ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
    "svg": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "zip": ("a.mp4", b"PK\x03\x04" + b"\0" * 200), "path": ("../../../etc/passwd", b"x"),
    "long name": ("长" * 300 + ".png", b"x"), "playlist": ("a.m3u8", b"#EXTM3U\nfile:///etc/passwd"), "riff": ("a.webp", b"RIFF\xff\xff\xff\xffWEBPVP8 "),
}  # fmt: skip
IN_ALL = ("nul", "minus", "bigint", "long")
MIXTURES = 2  # of a form: each field with some hostile value of its own
# One form stands on many pages: it is known by where it goes (numbers and codes apart) and what it asks for.
PLACE = re.compile(r"[0-9]+|(?<=/)[A-Z0-9]{6,}(?=/|$)|[0-9a-f]{16,}")
NOT_HERE = (
    "/demo/",
    "/signout",
    "/admin",
    "/media/",
    "/static/",
)  # the clock of all; another person; not ours
ROLES = ("guest", "buyer", "member", "owner", "merchant", "another merchant", "operator")


def pages_of(client: Client, names: dict[str, object]) -> Iterator[Page]:
    """All pages that a role can reach: the walk's own, and what they link to, one of each kind."""
    todo = [("/" + path.format(**names)) for path in (*GUARDED, *OPEN)]
    seen: set[str] = set()
    while todo:
        path = todo.pop(0)
        kind = PLACE.sub("*", path)
        if kind in seen or path.startswith(NOT_HERE):
            continue
        seen.add(kind)
        answer = client.get(path)
        assert answer.status_code < 500 or path == "/readyz", path
        if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        page = Page(path, answer.content.decode())
        todo += links_within(page)
        yield page


def forms_of(client: Client, names: dict[str, object]) -> list[Form]:
    found: dict[tuple[str, ...], Form] = {}
    for page in pages_of(client, names):
        for form in page.forms:
            if not form.action.startswith(NOT_HERE):
                found.setdefault(kind_of(form), form)
    return list(found.values())


def kind_of(form: Form) -> tuple[str, ...]:
    return PLACE.sub("*", form.action), form.method, *sorted({PLACE.sub("*", name) for name in form.names})


@pytest.mark.fuzz
def test_no_form_breaks_whatever_is_typed(town: dict) -> None:  # noqa: F811
    """A form that several roles see is fuzzed by the first of them; the others send it as it stands."""
    broken: dict[str, str] = {}
    fuzzed: set[tuple[str, ...]] = set()
    tried = sent_files = 0
    for role, person in zip(ROLES, town["people"], strict=True):
        client = client_of(person)
        client.raise_request_exception = False
        for form in forms_of(client, town["names"]):
            attempts = {"as it stands": form.data(), "without anything": {}}
            if kind_of(form) not in fuzzed:
                attempts |= dict(typed_by_nobody(form))
            files = (
                [] if kind_of(form) in fuzzed else [(name, label) for name in form.files for label in FILES]
            )
            sent_files += len(files)
            fuzzed.add(kind_of(form))
            for label, data in attempts.items():
                tried += 1
                if send(client, form, data) >= 500:
                    broken[f"{role}: {form.method} {form.action} {label}"] = "5xx"
            for name, label in files:
                file = SimpleUploadedFile(*FILES[label])
                if send(client, form, form.data(), {name: file}) >= 500:
                    broken[f"{role}: {form.method} {form.action} {name}: the file {label}"] = "5xx"
    # Every try was undone; so many of them leave PostgreSQL no room to look at deferred constraints once more.
    transaction.set_rollback(True)
    print(f"{tried} tries of {len(fuzzed)} forms, {sent_files} files")
    assert broken == {}
    assert len(fuzzed) > 100 and tried > 10_000 and sent_files > 3 * len(FILES)


def typed_by_nobody(form: Form) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Each hostile value in each field alone, in all fields at once, and mixtures of them."""
    for label, value in HOSTILE.items():
        for name in form.names:
            yield f"{name}={label}", form.data(**{name: value})
        if label in IN_ALL:
            yield f"all={label}", form.data(**dict.fromkeys(form.names, value))
    for seed in range(MIXTURES):
        chosen = random.Random(f"{form.action} {seed}")
        typed = {name: chosen.choice(list(HOSTILE.values())) for name in form.names}
        yield f"mixture {typed}", form.data(**typed)


def send(
    client: Client,
    form: Form,
    data: dict[str, list[str]],
    files: Mapping[str, SimpleUploadedFile] = MappingProxyType({}),
) -> int:
    """The status; what it changed is undone, so that every try meets the same town."""
    body: dict[str, Any] = {
        name: [value.encode("utf-8", "surrogatepass") for value in values] for name, values in data.items()
    }
    body |= files
    place = transaction.savepoint()
    try:
        answer = client.get(form.action, body) if form.method == "get" else client.post(form.action, body)
        return answer.status_code
    finally:
        transaction.savepoint_rollback(place)


def test_enter_in_a_reason_can_only_refuse(town: dict, at: datetime) -> None:  # noqa: F811
    """Enter sends the form that the field stands in, by its first button: none of those with a reason may accept."""
    order = Order.objects.get(order_no=town["names"]["order"])
    ask_aftersale(
        order=order,
        kind="refund",
        reason="坏果",
        lines=[AskedLine(order.lines.get().pk)],
        actor=actor_of(order.member_id),
        at=at,
    )
    for role, path in (("merchant", "/merchant/aftersales"), ("operator", "/merchant/aftersales")):
        client = client_of(town["people"][ROLES.index(role)])
        page = Page(path, client.get(path).content.decode())
        deciding = [form for form in page.forms if "accept" in form.names]
        assert sorted(form.data()["accept"] for form in deciding) == [["no"], ["yes"]]
        assert [form.data()["accept"] for form in deciding if "reason" in form.names] == [["no"]]
