"""Promises under fault, by real processes: nothing oversold, nothing acknowledged is lost, every payment counts once."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from factories.recording import video
from processes.server import Server

pytestmark = pytest.mark.processes

SHOP = """
import json
from linli.cli.bench.shop import make_shop
from linli.catalog.models import Stock
shop = make_shop(members=200)
Stock.objects.filter(sku_id=shop.skus[0]).update(available_count=50)
print(json.dumps({"skus": [str(sku) for sku in shop.skus[:20]], "tokens": shop.tokens, "share_code": shop.share_code}))
"""
ADDRESS = {"name": "林邻", "phone": "13800138000", "region": "330102", "detail": "清波街道 1 号"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("linli with spaces"))
    made.start("sandbox", "web", "worker")
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def shop(server: Server) -> dict[str, Any]:
    import json

    return json.loads(server.python(SHOP))


def order(shop: dict[str, Any], sku: str) -> dict[str, Any]:
    return {
        "lines": [{"sku_id": sku, "quantity": 1}],
        "share_code": shop["share_code"],
        "address": ADDRESS,
        "charge": {"gateway": "sandbox"},
    }


def clean(server: Server) -> None:
    done = server.linli("verify")
    assert done.returncode == 0, done.stdout


@pytest.mark.capability("D10")
def test_two_hundred_people_on_fifty_units_through_two_servers_sell_exactly_fifty(
    server: Server, shop: dict[str, Any]
) -> None:
    server.start("web2")
    hot = shop["skus"][0]
    barrier = threading.Barrier(200)

    def buy(n: int) -> int:
        barrier.wait()
        port = server.port + (50 if n % 2 else 0)
        return server.ask(
            "/api/v1/orders", order(shop, hot), token=shop["tokens"][n % len(shop["tokens"])], port=port
        )[0]

    with ThreadPoolExecutor(200) as people:
        statuses = list(people.map(buy, range(200)))
    server.kill("web2")
    assert (statuses.count(201), statuses.count(409)) == (50, 150)
    assert server.rows(
        f"select available_count, held_count, sold_count from catalog_stock where sku_id = {hot}"
    ) == [(0, 50, 0)]
    clean(server)


COMMUNITY = """
from datetime import datetime, UTC
from linli.community.operations.community import found_community
from linli.community.rules.community import CommunityDraft
from linli.core.actor import SYSTEM
draft = CommunityDraft("群", "light", capacity=60, daily_intake=30)
print(found_community(draft=draft, actor=SYSTEM, at=datetime.now(UTC)).pk)
"""


@pytest.mark.capability("C4")
def test_two_hundred_joins_through_two_servers_take_exactly_the_days_intake(
    server: Server, shop: dict[str, Any]
) -> None:
    server.start("web2")
    community_id = server.python(COMMUNITY)
    barrier = threading.Barrier(200)

    def join(n: int) -> dict[str, Any]:
        barrier.wait()
        path, port = f"/api/v1/communities/{community_id}/memberships", server.port + (50 if n % 2 else 0)
        return server.ask(path, {}, token=shop["tokens"][n], port=port)[1]

    with ThreadPoolExecutor(200) as people:
        answers = list(people.map(join, range(200)))
    server.kill("web2")
    assert [one["state"] for one in answers].count("joined") == 30
    places = sorted(one["place"] for one in answers if one["state"] == "queued")
    assert places == list(range(1, 171)), "everybody else has a place of their own"
    assert server.rows(f"select member_count from community_community where id = {community_id}") == [(30,)]
    clean(server)


PAID_COMMUNITY = COMMUNITY.replace("daily_intake=30", 'daily_intake=30, entry_kind="fee", entry_fee_fen=1990')


@pytest.mark.capability("C4")
def test_many_taps_on_one_fee_make_one_charge_and_one_place(server: Server, shop: dict[str, Any]) -> None:
    community_id, token = server.python(PAID_COMMUNITY), shop["tokens"][3]
    path, body = f"/api/v1/communities/{community_id}/fees", {"fee_fen": 1990, "gateway": "sandbox"}
    with ThreadPoolExecutor(20) as taps:
        answers = list(taps.map(lambda _: server.ask(path, body, token=token), range(20)))
    assert {status for status, _ in answers} == {201}
    [number] = {told["charge_no"] for _, told in answers}
    with ThreadPoolExecutor(4) as taps:
        list(taps.map(lambda _: server.ask(f"/sandbox/charges/{number}/pay", {"outcome": "twice"}), range(4)))
    until = time.monotonic() + 20
    while time.monotonic() < until and not server.rows("select 1 from trade_entryfee where state = 'paid'"):
        time.sleep(0.2)
    assert server.rows("select state, amount_fen from trade_entryfee") == [("paid", 1990)]
    assert server.rows(f"select member_count from community_community where id = {community_id}") == [(1,)]
    clean(server)


@pytest.mark.capability("C7")
def test_a_video_goes_up_is_encoded_by_the_worker_and_played_in_parts(
    server: Server, shop: dict[str, Any]
) -> None:
    content = video(seconds=2, width=640, height=360)
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
        + content
        + b"\r\n--b--\r\n"
    )
    headers = {
        "Content-Type": "multipart/form-data; boundary=b",
        "Authorization": f"Bearer {shop['tokens'][4]}",
    }
    request = urllib.request.Request(f"{server.url}/api/v1/recordings?kind=video", body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        name = json.loads(answer.read())["name"]
    until = time.monotonic() + 30
    while time.monotonic() < until and server.rows("select 1 from core_recording where state = 'waiting'"):
        time.sleep(0.2)
    assert server.rows("select state, seconds, width from core_recording") == [("ready", 2, 640)]
    asked = urllib.request.Request(f"{server.url}/media/{name}.mp4", headers={"Range": "bytes=100-199"})
    with urllib.request.urlopen(asked, timeout=10) as part:
        size = int(part.headers["Content-Range"].rpartition("/")[2])
        assert (part.status, len(part.read()), part.headers["Content-Type"]) == (206, 100, "video/mp4")
    with urllib.request.urlopen(f"{server.url}/media/{name}.mp4", timeout=10) as whole:
        content = whole.read()
        assert (whole.status, len(content), whole.headers["X-Content-Type-Options"]) == (200, size, "nosniff")
    for wanted, bytes_ in (
        ("bytes=-7", content[-7:]),
        (f"bytes={size - 4}-", content[-4:]),
        ("bytes=0-0", content[:1]),
    ):
        asked = urllib.request.Request(f"{server.url}/media/{name}.mp4", headers={"Range": wanted})
        with urllib.request.urlopen(asked, timeout=10) as part:
            assert (part.status, part.read()) == (206, bytes_), wanted
    head = urllib.request.Request(f"{server.url}/media/{name}.mp4", method="HEAD")
    with urllib.request.urlopen(head, timeout=10) as told:
        assert (told.status, told.headers["Content-Length"], told.read()) == (200, str(size), b"")
    with pytest.raises(urllib.error.HTTPError) as beyond:
        urllib.request.urlopen(
            urllib.request.Request(f"{server.url}/media/{name}.mp4", headers={"Range": f"bytes={size}-"}),
            timeout=10,
        )
    assert beyond.value.code == 416
    huge = urllib.request.Request(
        f"{server.url}/api/v1/recordings", b"", headers | {"Content-Length": str(200 * 1024**2)}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(huge, timeout=10)
    assert refused.value.code == 413


def test_equal_keys_from_many_threads_place_one_order(server: Server, shop: dict[str, Any]) -> None:
    with ThreadPoolExecutor(20) as people:
        answers = list(
            people.map(
                lambda _: server.ask(
                    "/api/v1/orders", order(shop, shop["skus"][1]), token=shop["tokens"][0], key="same"
                ),
                range(20),
            )
        )
    assert {status for status, _ in answers} == {201}
    assert len({body["order_no"] for _, body in answers}) == 1


@pytest.mark.capability("G2")
@pytest.mark.parametrize("outcome", ["success", "twice", "late", "out_of_order", "lost"])
def test_every_way_a_notice_comes_pays_once(server: Server, shop: dict[str, Any], outcome: str) -> None:
    token = shop["tokens"][1]
    _, made = server.ask("/api/v1/orders", order(shop, shop["skus"][2]), token=token)
    status, _ = server.ask(f"/sandbox/charges/{made['charge']['charge_no']}/pay", {"outcome": outcome})
    assert status == 202
    if outcome == "lost":
        server.python(
            "from linli.core import clock\nfrom linli.payments.operations.charge import ask_gateways\n"
            f"ask_gateways(['{made['charge']['charge_no']}'], at=clock.now())"
        )
    assert wait_for(server, made["order_no"], token, "paid")
    time.sleep(1.5)
    assert server.rows(f"select count(*) from ledger_transaction where reference = '{made['order_no']}'") == [
        (1,)
    ]
    clean(server)


def wait_for(server: Server, order_no: str, token: str, state: str, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        status, body = server.ask(f"/api/v1/orders/{order_no}", token=token)
        if status == 200 and body["state"] == state:
            return True
        time.sleep(0.2)
    return False


def test_a_failed_payment_leaves_the_order_and_a_refund_is_paid_back(
    server: Server, shop: dict[str, Any]
) -> None:
    token = shop["tokens"][2]
    _, made = server.ask("/api/v1/orders", order(shop, shop["skus"][3]), token=token)
    server.ask(f"/sandbox/charges/{made['charge']['charge_no']}/pay", {"outcome": "failure"})
    until = time.monotonic() + 15
    charge = made["charge"]["charge_no"]
    while charge == made["charge"]["charge_no"] and time.monotonic() < until:
        time.sleep(0.3)
        charge = server.ask(
            f"/api/v1/orders/{made['order_no']}/charges", {"gateway": "sandbox"}, token=token
        )[1]["charge_no"]
    server.ask(f"/sandbox/charges/{charge}/pay", {"outcome": "success"})
    assert wait_for(server, made["order_no"], token, "paid")
    line = server.ask(f"/api/v1/orders/{made['order_no']}", token=token)[1]["lines"][0]["id"]
    wish = {"lines": [{"order_line_id": line}], "kind": "refund", "reason": "不想要了"}
    _, asked = server.ask(f"/api/v1/orders/{made['order_no']}/aftersales", wish, token=token)
    server.python(
        "from linli.core import clock\nfrom linli.core.actor import SYSTEM\nfrom linli.trade.models import Aftersale\n"
        "from linli.trade.operations.aftersale import decide_aftersale\n"
        f"decide_aftersale(aftersale=Aftersale.objects.get(aftersale_no='{asked['aftersale_no']}'), accept=True, reason='', actor=SYSTEM, at=clock.now())"
    )
    until = time.monotonic() + 30
    while time.monotonic() < until and server.rows(
        "select count(*) from payments_refund where state <> 'succeeded'"
    ) != [(0,)]:
        time.sleep(0.5)
    assert server.rows("select state, amount_fen, last_error from payments_refund") == [
        ("succeeded", 19_900, "")
    ]
    clean(server)


@pytest.mark.parametrize("victim", ["web", "worker", "database"])
def test_what_was_acknowledged_survives_kill_9(server: Server, shop: dict[str, Any], victim: str) -> None:
    """Orders flow and are paid while a process is killed: every acknowledged order exists once, every payment is taken once."""
    stop = threading.Event()
    acknowledged: list[str] = []

    def shopper(n: int) -> None:
        token, count = shop["tokens"][n], 0
        while not stop.is_set():
            count += 1
            key = f"{victim}-{n}-{count}"
            status, body = 0, None
            while status not in (201, 409, 422) and not stop.is_set():  # the same key until somebody answers
                status, body = server.ask(
                    "/api/v1/orders", order(shop, shop["skus"][5 + n]), token=token, key=key, timeout=10
                )
                if status != 201:
                    time.sleep(0.1)
            if status == 201:
                acknowledged.append(body["order_no"])
                server.ask(
                    f"/sandbox/charges/{body['charge']['charge_no']}/pay", {"outcome": "success"}, timeout=10
                )

    threads = [threading.Thread(target=shopper, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    if victim == "database":
        server.kill_database()
    else:
        server.kill(victim)
        server.start(victim)
    time.sleep(3)
    stop.set()
    for thread in threads:
        thread.join()
    if server.processes["worker"].poll() is not None:
        server.start("worker")
    assert len(acknowledged) > 20
    assert len(set(acknowledged)) == len(acknowledged)
    numbers = ",".join(f"'{number}'" for number in acknowledged)
    assert server.rows(f"select count(*) from trade_order where order_no in ({numbers})") == [
        (len(acknowledged),)
    ]
    unheard = (
        "select count(*) from payments_charge c where state = 'succeeded' and purpose like 'checkout:%' and not exists "
        "(select 1 from trade_order o where o.charge_id = c.id and o.paid_at is not null)"
    )
    until = time.monotonic() + 150  # the gateway tells again after up to a minute what nobody took
    while time.monotonic() < until:
        if server.processes["worker"].poll() is not None:
            server.start("worker")  # as the supervisor of demo and serve does
        if server.rows(unheard) == [(0,)] and server.rows("select count(*) from sandbox.notice") == [(0,)]:
            break
        time.sleep(0.5)
    assert server.rows(unheard) == [(0,)]
    assert server.rows("select count(*) from payments_notice where state = 'received'") == [(0,)]
    assert server.rows(
        "select count(*) from (select reference from ledger_transaction where kind = 'paid' group by 1 having count(*) > 1) x"
    ) == [(0,)]
    clean(server)


def test_a_forged_notice_is_refused_at_the_door(server: Server) -> None:
    assert server.ask("/payments/notices/sandbox", {"notice_id": "x"})[0] == 401


def test_large_and_strange_requests_get_an_answer(server: Server, shop: dict[str, Any]) -> None:
    token = shop["tokens"][0]
    assert server.ask("/api/v1/orders", {"note": "x" * 70_000}, token=token)[0] == 413
    assert server.ask("/api/v1/orders", order(shop, shop["skus"][4]) | {"note": "\u0000"}, token=token)[
        0
    ] in (400, 422)
    assert server.ask("/api/v1/orders", order(shop, "1"), token="nobody")[0] == 401
    assert server.ask("/api/v1/orders", order(shop, "9" * 18), token=token)[0] == 422
    assert server.ask("/api/v1/products?q=%00")[0] == 400
    assert server.ask("/api/v1/products?q=%27%3B%5C&cursor=%FF")[0] == 200
