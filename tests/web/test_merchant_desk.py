"""A merchant's orders: what must leave first, everything found, a file, and paper to pick and pack by."""

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from factories.shop import make_member, make_sku, paid_order, placed, received_order, request
from linli.core.actor import SYSTEM
from linli.members.models import Member
from linli.trade.models import Order
from linli.trade.operations.aftersale import AskedLine, ask_aftersale
from linli.trade.operations.deliver_order import ship_order
from web.reading import flat
from web.test_network_pages import client_of

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("G9")]


def staff_of(order: Order) -> Client:
    return client_of(Member.objects.get(pk=order.merchant.staff.get().member_id), language="en")


def rows_of(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()[:300]
    return re.findall(r'name="order" value="(\w+)"', flat(answer).partition("<tbody>")[2])


def test_tabs_hold_exactly_what_they_say(at: datetime) -> None:
    sku, buyer = make_sku(at), make_member(at)
    first = paid_order(at, request(buyer, (sku, 1)))
    part = paid_order(at, request(buyer, (sku, 3)))
    line = part.lines.get()
    ship_order(
        order=part, carrier="sf", tracking_no="SF0001", lines=[{"order_line_id": line.pk, "quantity": 1}], actor=SYSTEM, at=at
    )  # fmt: skip
    sent = paid_order(at, request(buyer, (sku, 1)))
    ship_order(order=sent, carrier="sf", tracking_no="SF0002", actor=SYSTEM, at=at)
    done = received_order(at, request(buyer, (sku, 1)))
    asked = paid_order(at, request(buyer, (sku, 2)))
    ask_aftersale(
        order=asked,
        kind="refund",
        reason="不要了",
        lines=[AskedLine(asked.lines.get().pk)],
        actor=SYSTEM,
        at=at,
    )
    late = paid_order(at, request(buyer, (sku, 1)))
    Order.objects.filter(pk=late.pk).update(paid_at=at - timedelta(days=9))
    placed(at, request(buyer, (sku, 1)))  # nobody has paid it: it is none of the merchant's
    paid_order(at, request(buyer, (make_sku(at), 1)))  # another merchant's
    staff = staff_of(first)
    all_of = [late, asked, done, sent, part, first]
    cases = {
        "": [late, first, part, asked],
        "state=late": [late],
        "state=aftersale": [asked],
        "state=shipped": [sent, part],
        "state=received": [done],
        "state=completed": [],
        "state=all": all_of,
        "state=all&sort=due": [late, first, part, sent, done, asked],
        "state=all&days=7": [asked, done, sent, part, first],
        f"q={sent.order_no}": [sent],
        "q=SF0002": [sent],
        f"product={sku.product_id}&state=shipped": [sent, part],
    }
    assert {query: rows_of(staff, f"/merchant/orders?{query}") for query in cases} == {
        query: [one.order_no for one in orders] for query, orders in cases.items()
    }
    page = flat(staff.get("/merchant/orders"))
    ticks = dict(re.findall(r'value="(\w+)" form="bulk" aria-label="\w+"( disabled)?', page))
    assert {no for no, off in ticks.items() if off} == {asked.order_no}, "its refund is decided first"


def test_the_file_says_where_it_goes_and_nothing_of_the_buyer(at: datetime) -> None:
    order = paid_order(at, request(make_member(at), (make_sku(at), 2)))
    answer = staff_of(order).get("/merchant/orders?as=csv")
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    address = order.address
    assert row["Order"].strip() == order.order_no and row["Consignee"] == address["name"]
    assert address["detail"] in row["Address"] and row["Phone"].strip() == address["phone"]
    assert Member.objects.get(pk=order.member_id).phone not in answer.content.decode()


def test_paper_lists_what_is_to_be_picked_and_packed(at: datetime) -> None:
    sku, other = make_sku(at), make_sku(at)
    one, two = (paid_order(at, request(make_member(at), (sku, n))) for n in (2, 3))
    gone = received_order(at, request(make_member(at), (sku, 1)))
    foreign = paid_order(at, request(make_member(at), (other, 7)))
    staff = staff_of(one)
    numbers = "&".join(f"order={x.order_no}" for x in (one, two, gone, foreign))
    page = flat(staff.get(f"/merchant/orders/paper?{numbers}")).partition("<main")[2]
    picks = page.partition('<table class="paper">')[2].partition("</table>")[0]
    assert re.findall(r'<td class="n"><b>(\d+)</b></td>', picks) == ["5"]
    assert one.order_no in page and two.order_no in page
    assert gone.order_no not in page and foreign.order_no not in page
    assert page.index(one.order_no) < page.index(two.order_no), "the longest waiting first"
    for nothing in ("", "?order=NOSUCH", f"?order={foreign.order_no}", "?order=%F0%9F%98%80"):
        assert "Select orders" in flat(staff.get(f"/merchant/orders/paper{nothing}"))


def test_a_line_of_one_batch_is_no_heading(at: datetime) -> None:
    order = paid_order(at, request(make_member(at), (make_sku(at), 1)))
    answer = staff_of(order).post("/merchant/ship", {"batch": "abc"})
    assert answer.status_code == 422 and ">abc</textarea>" in flat(answer)


def test_the_field_of_the_first_tab_looks_in_all(at: datetime) -> None:
    page = flat(staff_of(paid_order(at, request(make_member(at), (make_sku(at), 1)))).get("/merchant/orders"))
    form = page.partition('class="filterbar"')[2].partition("</form>")[0]
    assert 'name="state"' not in form


def test_the_first_tab_can_be_left(at: datetime) -> None:
    order = received_order(at, request(make_member(at), (make_sku(at), 1)))
    staff = staff_of(order)
    page = flat(staff.get("/merchant/orders?days=7"))
    assert 'href="?days=7&amp;state=all"' in page or 'href="?state=all&amp;days=7"' in page
    assert rows_of(staff, "/merchant/orders?state=all&days=7") == [order.order_no]
