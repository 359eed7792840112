"""Campaigns and coupons under a crowd, by real processes: counted by the script that people can point at any mall, and a storm
of paying, cancelling and the passing of time that must leave every fen where it belongs."""

import importlib.util
import json
import random
import socket
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from linli.web.live import MOST_WATCHERS
from processes.server import HOME, Server

pytestmark = pytest.mark.processes

spec = importlib.util.spec_from_file_location("race", HOME / "scripts" / "race.py")
assert spec and spec.loader
race: Any = importlib.util.module_from_spec(spec)
spec.loader.exec_module(race)

TOWN = """
import json
from datetime import datetime, UTC
from pathlib import Path
from django.conf import settings
from linli.cli.bench.shop import make_shop
from linli.catalog.models import Sku
from linli.core.actor import SYSTEM, Role
from linli.members.models import Member
from linli.members.operations.profile import grant_role
from linli.merchants.models import Staff
shop = make_shop(members=60)
at = datetime.now(UTC)
staff = Member.objects.create(phone="13900000009", name="掌柜", created_at=at, password="!")
operator = Member.objects.create(phone="13800000009", name="运营", created_at=at, password="!")
grant_role(member=operator, role=Role.operator, actor=SYSTEM, at=at)
Staff.objects.create(merchant=Sku.objects.get(pk=shop.skus[0]).product.merchant, member=staff)
people = [{"role": "merchant", "phone": staff.phone}, {"role": "operator", "phone": operator.phone}]
(Path(settings.ENVIRONMENT.data) / "people.json").write_text(json.dumps(people))
print(json.dumps({"skus": [str(sku) for sku in shop.skus[:20]], "tokens": shop.tokens}))
"""
ADDRESS = {"name": "林邻", "phone": "13800138000", "region": "330102", "detail": "清波街道 1 号"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("campaigns"))
    made.start("sandbox", "web", "worker")
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def town(server: Server) -> dict[str, Any]:
    return json.loads(server.python(TOWN))


def clean(server: Server) -> None:
    done = server.linli("verify")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("what", "units", "people"),
    [
        pytest.param("flash_sale", 3, 200, marks=pytest.mark.capability("D8")),
        pytest.param("group_buy", 3, 100, marks=pytest.mark.capability("D1")),
        pytest.param("coupon", 1, 200, marks=pytest.mark.capability("D4")),
    ],
)
def test_a_crowd_gets_exactly_what_there_is(
    server: Server, town: dict[str, Any], what: str, units: int, people: int
) -> None:
    """crmeb, shopxo, litemall oversell; nearly every coupon engine passes its limit (saleor #544, django-oscar #4580 ...)."""
    answers, _ = race.race(race.Linli(server.url).prepare(what, units, people))
    assert dict(answers) == {"yes": units, "no": people - units}
    clean(server)


@pytest.mark.capability("D7")
def test_thirty_people_at_once_get_the_four_shares_of_a_gift(server: Server, town: dict[str, Any]) -> None:
    giver, *friends = town["tokens"][:31]
    body = {
        "lines": [{"sku_id": town["skus"][7], "quantity": 1}], "gift": {"shares": 4, "words": "过节好"},
        "charge": {"gateway": "sandbox"}, "use_points": False,
    }  # fmt: skip
    placed = server.ask("/api/v1/orders", body, token=giver)[1]
    assert (
        server.ask(f"/sandbox/charges/{placed['charge']['charge_no']}/pay", {"outcome": "success"})[0] == 202
    )
    gift, sent = f"/api/v1/gifts/{placed['gift']['code']}", time.monotonic()
    while server.ask(gift, token=giver)[1]["left"] < 4 and time.monotonic() - sent < 20:
        time.sleep(0.2)
    with ThreadPoolExecutor(30) as people:
        answers = list(
            people.map(lambda token: server.ask(f"{gift}/claims", {"address": ADDRESS}, token=token), friends)
        )
    assert Counter(status for status, _ in answers) == {201: 4, 409: 26}
    assert {answer["error"]["code"] for status, answer in answers if status == 409} == {"gift_gone"}
    clean(server)


def test_a_storm_of_paying_cancelling_and_expiring_loses_no_fen(server: Server, town: dict[str, Any]) -> None:
    """Nobody is deadlocked, every group ends full or failed, all money of failed ones goes back."""
    token = server.ask("/api/v1/sessions", {"phone": "13900000009", "code": "000000"})[1]["token"]
    made = [
        server.ask(
            "/api/v1/group-buys",
            {"sku_id": sku, "price_fen": 9_900, "seats": 3, "hours": 1, "stock": 40, "per_member": 3},
            token=token,
        )[1]["campaign_id"]
        for sku in town["skus"][:3]
    ]
    groups: list[tuple[str, str, str]] = []
    statuses: list[int] = []

    def live(n: int) -> None:
        dice = random.Random(n)
        for _ in range(14):
            which = dice.randrange(3)
            choice = {"campaign_id": made[which]}
            open_ones = [one for one in groups if one[0] == made[which]]
            if open_ones and dice.random() < 0.7:
                choice["group_id"] = dice.choice(open_ones[-4:])[1]
            body = {
                "lines": [{"sku_id": town["skus"][which], "quantity": 1}], "group_buy": choice, "address": ADDRESS,
                "charge": {"gateway": "sandbox"},
            }  # fmt: skip
            status, placed = server.ask("/api/v1/orders", body, token=town["tokens"][n])
            statuses.append(status)
            if status != 201:
                continue
            groups.append((made[which], placed["group_id"], placed["order_no"]))
            charge_no, act = placed["charge"]["charge_no"], dice.random()
            if act < 0.75:
                outcome = dice.choice(["success", "twice", "late"])
                statuses.append(server.ask(f"/sandbox/charges/{charge_no}/pay", {"outcome": outcome})[0])
            if act > 0.6:
                path = f"/api/v1/orders/{placed['order_no']}/cancel"
                statuses.append(server.ask(path, {}, token=town["tokens"][n])[0])

    with ThreadPoolExecutor(24) as people:
        list(people.map(live, range(24)))
    assert {status for status in statuses if status >= 500 or status == 0} == set()
    operator = server.ask("/api/v1/sessions", {"phone": "13800000009", "code": "000000"})[1]["token"]
    waiting = "select count(*) from campaigns_seat where state in ('held', 'paid', 'late')"
    for _ in range(6):  # a notice that is on its way yet makes a late seat after the clock has moved
        assert server.ask("/api/v1/clock", {"advance_seconds": 5400}, token=operator, timeout=120)[0] == 200
        time.sleep(3)
        if server.rows(waiting) == [(0,)]:
            break
    assert server.rows(waiting) == [(0,)]
    assert server.rows("select count(*) from campaigns_group where state = 'open'") == [(0,)]
    clean(server)
    assert "deadlock" not in (server.data / "web.log").read_text() + (server.data / "worker.log").read_text()


def test_a_page_that_is_open_hears_at_once(server: Server, town: dict[str, Any]) -> None:
    """Server-sent events: the page of a group hears of a joining neighbour."""
    token = server.ask("/api/v1/sessions", {"phone": "13900000009", "code": "000000"})[1]["token"]
    sku = town["skus"][5]
    campaign = server.ask(
        "/api/v1/group-buys",
        {"sku_id": sku, "price_fen": 9_900, "seats": 3, "hours": 1, "stock": 9},
        token=token,
    )[1]["campaign_id"]
    body = {
        "lines": [{"sku_id": sku, "quantity": 1}],
        "group_buy": {"campaign_id": campaign},
        "address": ADDRESS,
    }
    group_id = server.ask("/api/v1/orders", body, token=town["tokens"][30])[1]["group_id"]
    heard: list[float] = []

    def listen() -> None:
        with urllib.request.urlopen(f"{server.url}/live/groups/{group_id}", timeout=20) as stream:
            for line in stream:
                if line.startswith(b"data:"):
                    heard.append(time.monotonic())
                    if len(heard) > 1:
                        return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    time.sleep(1.5)
    joined = time.monotonic()
    choice = {"campaign_id": campaign, "group_id": group_id}
    assert server.ask("/api/v1/orders", body | {"group_buy": choice}, token=town["tokens"][31])[0] == 201
    listener.join(10)
    assert [moment for moment in heard if moment >= joined], "the page heard nothing"


def test_more_watchers_than_allowed_are_turned_away_and_pages_still_answer(server: Server) -> None:
    """Open streams must never use up what the server may have open, or the shop would be shut by its own live pages."""
    group_id = server.rows("select max(id) from campaigns_group")[0][0]
    asked = f"GET /live/groups/{group_id} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    sockets = [socket.create_connection(("127.0.0.1", server.port), 10) for _ in range(MOST_WATCHERS + 20)]
    try:
        for one in sockets:
            one.sendall(asked)
        answers = Counter(one.recv(64).split()[1] for one in sockets)
        assert answers == {b"200": MOST_WATCHERS, b"503": 20}
        assert server.ask("/readyz", timeout=5)[0] == 200
        assert server.ask("/api/v1/products", timeout=5)[0] == 200
    finally:
        for one in sockets:
            one.close()
