"""Signing in: codes are few for strangers and never used up for the owner of a phone; nothing tells who is a member; tokens end."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from factories.shop import make_member
from linli.core.models import Answer
from linli.core.rate_limit import TooMany
from linli.members.models import ApiToken, Device, Member, PhoneCode
from linli.members.operations.identity import (
    WrongCode,
    issue_code,
    issue_token,
    sign_in,
)
from linli.members.operations.profile import remember_device

pytestmark = [pytest.mark.django_db, pytest.mark.capability("G4")]


@pytest.fixture
def live(settings: Any) -> None:
    settings.DEMO = False


def asks(phone: str, address: str, at: datetime, **known: bool) -> bool:
    try:
        issue_code(phone=phone, address=address, at=at, **known)
    except TooMany:
        return False
    return True


@pytest.mark.usefixtures("live")
def test_a_phone_gets_few_codes_in_a_minute_an_hour_a_day_from_everywhere_together(at: datetime) -> None:
    at = at.replace(minute=0, second=0, microsecond=0)
    sent = [asks("13911112222", f"203.0.113.{n}", at + timedelta(seconds=7 * n)) for n in range(30)]
    assert sum(sent) <= 6, "in 211 seconds 17 were sent once"
    day = [asks("13911113333", f"198.51.100.{n % 250}", at + timedelta(minutes=10 * n)) for n in range(140)]
    assert sum(day) <= 2 * 12


@pytest.mark.usefixtures("live")
def test_strangers_do_not_keep_the_owner_of_a_phone_out(at: datetime) -> None:
    member = make_member(at)
    remember_device(member=member, device="mine", at=at)
    for n in range(20):
        asks(member.phone, f"203.0.113.{n}", at)
    assert not asks(member.phone, "198.51.100.1", at)
    assert asks(member.phone, "198.51.100.1", at, is_known=True)
    code = issue_code(phone=member.phone, address="198.51.100.1", at=at, is_known=True)
    for n in range(15):
        with pytest.raises((WrongCode, TooMany)):
            sign_in(phone=member.phone, code="x", address=f"203.0.113.{n % 3}", at=at)
    assert sign_in(phone=member.phone, code=code, address="198.51.100.1", at=at) == member
    assert Device.objects.count() == 1


@pytest.mark.usefixtures("live")
def test_a_code_dies_of_too_many_tries_by_everybody_together(at: datetime) -> None:
    member = make_member(at)
    code = issue_code(phone=member.phone, address="a", at=at)
    for n in range(20):
        with pytest.raises(WrongCode):
            sign_in(phone=member.phone, code="x", address=f"address {n}", at=at)
    with pytest.raises(WrongCode):
        sign_in(phone=member.phone, code=code, address="b", at=at)


@pytest.mark.usefixtures("live")
def test_the_page_tells_nobody_who_is_a_member(at: datetime, caplog: pytest.LogCaptureFixture) -> None:
    member = make_member(at)
    pages = []
    for phone in (member.phone, "13911112222"):
        page = Client().post("/signin", {"phone": phone, "next": "/"}, HTTP_HOST="127.0.0.1")
        assert page.status_code == 200
        pages.append(page.content.decode().replace(phone, "PHONE"))
    first, second = (re.sub(r'value="[A-Za-z0-9]{64}"', "", page) for page in pages)
    assert first == second
    said = caplog.text
    assert member.phone not in said and PhoneCode.objects.count() == 2
    assert not re.findall(r"\b\d{6}\b", said), "no code stands in a log"


def test_who_is_new_gives_a_name_once_the_code_was_right(at: datetime) -> None:
    client = Client()
    form = {"phone": "139 1111 2222", "next": "/"}
    client.post("/signin", form)
    wrong = client.post("/signin", form | {"code": "123456"})
    assert wrong.status_code == 422 and 'name="name"' not in wrong.content.decode()
    new = client.post("/signin", form | {"code": "000000"})
    assert (new.status_code, 'name="name"' in new.content.decode()) == (200, True)
    done = client.post("/signin", form | {"code": "000000", "name": "👨‍👩‍👧", "agree": "yes"})
    assert (done.status_code, Member.objects.get().name) == (302, "👨‍👩‍👧")
    assert Client().post("/signin", form | {"code": "000000"}).status_code == 302


def test_a_repeated_registration_gets_its_token_and_none_stands_in_clear(at: datetime, settings: Any) -> None:
    client, body = Client(), {"phone": "13911112222", "code": "000000", "name": "阿雅"}

    def post(changed: dict[str, str] | None = None, key: str = "k") -> Any:
        return client.post(
            "/api/v1/members",
            json.dumps(body | (changed or {})),
            content_type="application/json",
            HTTP_IDEMPOTENCY_KEY=key,
        )

    first, again = post(), post()
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    token = first.json()["token"]
    assert client.get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200
    assert token not in json.dumps(Answer.objects.get().body)
    settings.DEMO = False
    statuses = [post({"code": f"{n:06d}"}).status_code for n in range(1, 40)]
    assert 429 in statuses[:12] and 201 not in statuses, "a known key is no way around the limits"


def test_tokens_are_listed_and_end(at: datetime) -> None:
    member, other = make_member(at), make_member(at)
    mine = [issue_token(member=member, at=at, label=f"phone {n}") for n in range(3)]
    theirs = issue_token(member=other, at=at)

    def ask(method: str, path: str, token: str) -> Any:
        return getattr(Client(), method)(f"/api/v1{path}", HTTP_AUTHORIZATION=f"Bearer {token}")

    items = ask("get", "/me/sessions", mine[0]).json()["items"]
    assert {item["label"] for item in items} == {"phone 0", "phone 1", "phone 2"}
    second = next(item["id"] for item in items if item["label"] == "phone 1")
    assert ask("delete", f"/me/sessions/{second}", theirs).status_code == 404, "not another's"
    assert ask("delete", f"/me/sessions/{second}", mine[0]).status_code == 200
    assert [ask("get", "/me", token).status_code for token in mine] == [200, 401, 200]
    assert ask("delete", "/sessions", mine[2]).status_code == 200
    assert [ask("get", "/me", token).status_code for token in mine] == [200, 401, 401]
    browser = Client()
    browser.force_login(member)
    assert browser.get("/me/settings").status_code == 200
    assert ask("delete", "/me/sessions/all", mine[0]).status_code == 200
    assert browser.get("/me/settings").status_code == 302, "every browser too"
    assert set(ApiToken.objects.values_list("member_id", flat=True)) == {other.pk}
