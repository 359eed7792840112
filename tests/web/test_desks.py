"""The operator's desks: exact sets for every condition, pages that lose nobody, files that are the list, numbers that open."""

import csv
import io
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories.shop import (
    completed_order,
    make_member,
    make_merchant,
    make_owner,
    make_sku,
    paid_order,
    placed,
    received_order,
    request,
)
from linli.core import clock
from linli.core.actor import SYSTEM, Role
from linli.core.models import AuditEntry, Note
from linli.insight.queries.overview import overview
from linli.members.models import Member
from linli.members.operations.profile import grant_role
from linli.merchants.models import Staff
from linli.trade.models import Order
from linli.trade.operations.aftersale import AskedLine, ask_aftersale
from linli.web import listing
from web.reading import flat
from web.test_network_pages import client_of

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("G9")]


@pytest.fixture
def operator(at: datetime) -> Client:
    member = make_member(at, name="周全")
    grant_role(member=member, role=Role.operator, actor=SYSTEM, at=at)
    return client_of(member)


def rows_of(client: Client, path: str) -> list[str]:
    """What a list's rows open, in order."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()[:300]
    table = flat(answer).partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(
        r'class="opens(?: num)?" href="(?:/ops/(?:orders|members)/|/merchant/goods/)(\w+)', table
    )


def numbers(*orders: Order) -> list[str]:
    return [order.order_no for order in orders]


def test_orders_are_cut_by_every_condition(at: datetime, operator: Client) -> None:
    owner, buyer = make_owner(at), make_member(at)
    first, second = make_sku(at), make_sku(at)
    placed(at, request(buyer, (first, 1)))
    unpaid = Order.objects.get()
    paid = paid_order(at, request(buyer, (first, 1), share_code=owner.shop_code))
    sent = received_order(at, request(make_member(at), (second, 2)))
    asked = paid_order(at, request(buyer, (second, 3)))
    line = AskedLine(asked.lines.get().pk)
    ask_aftersale(order=asked, kind="refund", reason="不要了", lines=[line], actor=SYSTEM, at=at)
    late = paid_order(at, request(buyer, (first, 1)))
    Order.objects.filter(pk=late.pk).update(
        paid_at=at - timedelta(days=30), placed_at=at - timedelta(days=30)
    )
    whole = numbers(late, asked, sent, paid, unpaid)
    seller = {one.order_no for one in Order.objects.exclude(seller_id=0)}
    cases = {
        "": whole,
        "sort=old": whole[::-1],
        "state=late": numbers(late),
        "state=aftersale": numbers(asked),
        "state=pending_payment": numbers(unpaid),
        "state=received": numbers(sent),
        "state=completed": [],
        "kind=shared": [no for no in whole if no in seller],
        "kind=gift": [],
        "kind=own": [],
        f"merchant={first.product.merchant_id}": numbers(late, paid, unpaid),
        f"member={buyer.pk}": numbers(late, asked, paid, unpaid),
        f"seller={owner.pk}": [no for no in whole if no in seller],
        f"product={second.product_id}": numbers(asked, sent),
        f"member={buyer.pk}&product={second.product_id}": numbers(asked),
        f"q={paid.order_no}": numbers(paid),
        f"q={unpaid.order_no}": numbers(unpaid),
        "sold=1": numbers(asked, sent, paid),
        "days=7": numbers(asked, sent, paid, unpaid),
        "days=90": whole,
        f"until={at - timedelta(days=20):%Y-%m-%d}": numbers(late),
        f"since={at - timedelta(days=2):%Y-%m-%d}&until={at + timedelta(days=1):%Y-%m-%d}": numbers(
            asked, sent, paid, unpaid
        ),
    }
    got = {query: rows_of(operator, f"/ops/orders?{query}") for query in cases}
    assert got == cases


@pytest.mark.parametrize("sort", ["new", "old"])
def test_pages_show_everybody_once(
    at: datetime, operator: Client, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(listing, "PAGE", 3)
    sku, buyer = make_sku(at), make_member(at)
    made = {paid_order(at, request(buyer, (sku, 1 + n % 2))).order_no for n in range(10)}
    seen, path, pages = list[str](), f"/ops/orders?sort={sort}&state=paid", 0
    while path:
        page = flat(operator.get(path))
        assert f"{len(seen) + 1}–{min(len(seen) + 3, 10)}" in page
        seen += rows_of(operator, path)
        link = re.search(r'href="(\?[^"]+)" rel="next"', page)
        path, pages = "/ops/orders" + link[1].replace("&amp;", "&") if link else "", pages + 1
    assert (len(seen), set(seen), pages) == (10, made, 4)


def test_the_file_is_the_list(at: datetime, operator: Client) -> None:
    buyer, sku = make_member(at), make_sku(at)
    orders = [paid_order(at, request(buyer, (sku, n))) for n in (1, 2)]
    paid_order(at, request(make_member(at), (sku, 1)))
    answer = operator.get(f"/ops/orders?member={buyer.pk}&as=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [next(iter(row.values())).strip() for row in rows] == numbers(*orders[::-1])
    for path in ("orders", "members", "owners", "merchants", "products", "audit"):
        for kind in ("csv", "xlsx"):
            answer = operator.get(f"/ops/{path}?as={kind}")
            assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"], path


def test_a_file_of_too_many_rows_says_so(
    at: datetime, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_IN_FILE", 1)
    for _ in range(2):
        make_member(at)
    assert operator.get("/ops/members?as=csv").status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("orders?state=none", 400),
        ("orders?kind=none", 400),
        ("orders?sort=none", 400),
        ("orders?after=x", 400),
        ("orders?after=987654321", 404),
        ("orders?merchant=987654321", 404),
        ("orders?merchant=0", 404),
        ("members?role=leader", 400),
        ("orders?member=-1", 400),
        ("orders?since=2026-13-01", 400),
        ("orders?until=9999-01-01", 400),
        ("orders?days=2", 400),
        ("orders?days=7&days=30", 400),
        ("orders?as=pdf", 400),
        ("members?role=king", 400),
        ("owners?tier=none", 400),
        ("products?category=x", 400),
        ("audit?act=none", 400),
        ("orders/NOSUCH", 404),
        ("members/987654321", 404),
    ],
)
def test_an_address_that_cannot_be_read_is_told(operator: Client, path: str, status: int) -> None:
    assert operator.get(f"/ops/{path}").status_code == status


def test_an_empty_list_names_what_to_drop(at: datetime, operator: Client) -> None:
    buyer = make_member(at)
    paid_order(at, request(buyer, (make_sku(at), 1)))
    page = flat(operator.get(f"/ops/orders?member={buyer.pk}&state=completed"))
    assert "Nothing matches all of these filters." in page
    assert f"Without “{buyer.name}”: 0 results" in page and "Without “Completed”: 1 results" in page


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"), [("orders", 14), ("members", 8), ("owners", 8), ("merchants", 8), ("products", 10), ("audit", 8)]
)  # fmt: skip
def test_a_list_costs_these_queries(
    at: datetime, operator: Client, path: str, queries: int, count: int
) -> None:
    for _ in range(count):
        owner = make_owner(at)
        paid_order(at, request(make_member(at), (make_sku(at), 1), share_code=owner.shop_code))
    operator.get(f"/ops/{path}")
    with CaptureQueriesContext(connection) as asked:
        operator.get(f"/ops/{path}")
    ours = [one["sql"] for one in asked if "session" not in one["sql"]]
    assert len(ours) == queries, "\n".join(ours)


def test_members_and_owners_are_cut(at: datetime, operator: Client) -> None:
    owner, buyer, idle = make_owner(at), make_member(at), make_member(at)
    paid_order(at, request(buyer, (make_sku(at), 1)))
    me = Member.objects.get(name="周全")
    cases: dict[str, list[Any]] = {
        "members?kind=owner": [owner.pk],
        "members?kind=buyer": [buyer.pk],
        "members?kind=staff": sorted(
            [me.pk, *Staff.objects.values_list("member_id", flat=True)], reverse=True
        ),
        "members?kind=closed": [],
        "members?role=operator": [me.pk],
        "members?role=agent": [],
        f"members?q={idle.phone[-6:]}": [idle.pk],
        "members?q=周全": [me.pk],
        "owners?status=active": [owner.pk],
        "owners?status=closed": [],
        f"owners?q={owner.member.phone}": [owner.pk],
        f"owners?q={idle.phone}": [],
    }
    assert {path: rows_of(operator, f"/ops/{path}") for path in cases} == {
        path: [str(pk) for pk in pks] for path, pks in cases.items()
    }
    never = set(rows_of(operator, "/ops/members?kind=never"))
    assert str(idle.pk) in never and str(buyer.pk) not in never


def test_numbers_of_a_list_open_as_many_rows(at: datetime, operator: Client) -> None:
    buyer, sku = make_member(at), make_sku(at)
    for _ in range(2):
        paid_order(at, request(buyer, (sku, 1)))
    placed(at, request(buyer, (sku, 1)))
    paths = ("/ops/members?kind=buyer", "/ops/merchants", "/ops/products")
    links = [
        (link.replace("&amp;", "&"), int(count.replace(",", "")))
        for path in paths
        for link, count in re.findall(
            r'class="opens" href="(/ops/[^"]+)">([\d,]+)</a>', flat(operator.get(path))
        )
    ]
    assert links and {link: len(rows_of(operator, link)) for link, _ in links if "products" not in link} == {
        link: count for link, count in links if "products" not in link
    }


def test_goods_are_cut(at: datetime, operator: Client) -> None:
    plenty, scarce, none = make_sku(at, stock=500), make_sku(at, stock=3), make_sku(at, stock=0)
    top = plenty.product.category_id
    key = {one.product_id: str(one.product_id) for one in (plenty, scarce, none)}
    assert rows_of(operator, "/ops/products?stock=none") == [key[none.product_id]]
    assert rows_of(operator, "/ops/products?stock=low") == [key[none.product_id], key[scarce.product_id]]
    assert rows_of(operator, f"/ops/products?merchant={scarce.product.merchant_id}") == [
        key[scarce.product_id]
    ]
    assert key[plenty.product_id] in rows_of(operator, f"/ops/products?category={top}")
    assert set(rows_of(operator, f"/ops/products?q={plenty.product.title}")) >= {key[plenty.product_id]}
    assert rows_of(operator, "/ops/products?state=draft") == []


def test_an_order_says_what_the_books_hold(at: datetime, operator: Client) -> None:
    owner = make_owner(at)
    order = paid_order(at, request(make_member(at), (make_sku(at), 1), share_code=owner.shop_code))
    page = flat(operator.get(f"/ops/orders/{order.order_no}"))
    assert owner.member.name in page and order.merchant.name in page
    table = page.partition("Ledger entries</caption>")[2].partition("</table>")[0]
    debit, credit = (
        sum(int(fen.replace(",", "").replace(".", "")) for fen in re.findall(pattern, table))
        for pattern in (
            r'<td class="n">¥([\d,.]+)</td> <td class="n"></td>',
            r'<td class="n"></td> <td class="n">¥([\d,.]+)</td>',
        )
    )
    assert debit == credit >= order.total_fen


def test_completed_orders_name_their_settlement(at: datetime, operator: Client) -> None:
    order = completed_order(at, request(make_member(at), (make_sku(at), 1)), at + timedelta(days=20))
    page = flat(operator.get(f"/ops/orders/{order.order_no}"))
    assert f"/ops/settlements/{Order.objects.get(pk=order.pk).settlement_run_id}" in page


@pytest.mark.parametrize("kind", ["orders", "members"])
def test_notes_are_of_colleagues(at: datetime, operator: Client, kind: str) -> None:
    buyer = make_member(at)
    order = paid_order(at, request(buyer, (make_sku(at), 1)))
    path = f"/ops/{kind}/{order.order_no if kind == 'orders' else buyer.pk}"
    assert operator.post(f"{path}/notes", {"words": "要 <b>发票</b>\n\n周三送"}).url == path
    assert "要 &lt;b&gt;发票&lt;/b&gt; 周三送" in flat(operator.get(path))
    for words in ("", "  ", "\u3164", "字" * 501):
        assert operator.post(f"{path}/notes", {"words": words}).status_code == 422
    assert Note.objects.count() == 1
    assert client_of(buyer).post(f"{path}/notes", {"words": "我"}).status_code == 403
    for page in (f"/orders/{order.order_no}", "/me", "/messages"):
        assert "发票" not in flat(client_of(buyer).get(page))


def test_one_field_finds_anything(at: datetime, operator: Client) -> None:
    owner, sku = make_owner(at), make_sku(at)
    order = paid_order(at, request(make_member(at, name="找得到"), (sku, 1)))
    merchant = make_merchant(at)
    assert operator.get(f"/ops/find?q={order.order_no}").url == f"/ops/orders/{order.order_no}"
    for words, there in (
        (order.order_no[-8:], f"/ops/orders/{order.order_no}"),
        ("找得到", "/ops/members/"),
        (owner.member.phone[-6:], f"/ops/members/{owner.pk}"),
        (merchant.name, f"/merchant?merchant={merchant.pk}"),
        (sku.product.title, f"/merchant/goods/{sku.product_id}"),
    ):
        assert there in flat(operator.get("/ops/find", {"q": words})), words
    assert "No results." in flat(operator.get("/ops/find?q=没有这种"))
    assert operator.get("/ops/find?q=%00").status_code == 400


def test_the_numbers_of_the_overview_open_what_they_count(at: datetime, operator: Client) -> None:
    for _ in range(3):
        paid_order(at, request(make_member(at), (make_sku(at), 1), share_code=make_owner(at).shop_code))
    seen = overview(days=7, at=clock.now())
    page = flat(operator.get("/ops?days=7"))
    links = dict.fromkeys(re.findall(r'class="card stat" href="([^"]+)"', page))
    assert list(links) == ["/ops/orders?sold=7", "/ops/members?days=7", "/ops/owners?days=7"]
    orders, members, owners = (rows_of(operator, path) for path in links)
    total = sum(Order.objects.filter(order_no__in=orders).values_list("total_fen", flat=True))
    assert (total, len(orders)) == (seen["gmv_fen"], seen["orders"])
    assert (len(members), len(owners)) == (seen["new_members"], seen["new_owners"])


def test_the_trail_says_who_did_what(at: datetime, operator: Client) -> None:
    order = received_order(at, request(make_member(at), (make_sku(at), 1)))
    page = flat(operator.get(f"/ops/audit?q=order:{order.order_no}"))
    assert "Shipped a parcel" in page and f"/ops/orders/{order.order_no}" in page
    assert operator.get("/ops/audit?act=ship").context["count"] == "1"
    member = make_member(at)
    assert operator.get(f"/ops/audit?actor={member.pk}").context["count"] == "0"


def test_every_act_has_a_label(at: datetime) -> None:
    from linli.core import audit

    with pytest.raises(ValueError, match="without a label"):
        audit.record(actor=SYSTEM, action="no_such_act", subject="x:1", at=at)
    assert not AuditEntry.objects.filter(action="no_such_act").exists()
