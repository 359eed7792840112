"""Placing orders: what is written, what is refused, what repeats, who comes first."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.shop import (
    ADDRESS,
    make_member,
    make_merchant,
    make_owner,
    make_sku,
    paid_order,
    pay,
    place,
    placed,
    request,
    stock_of,
)
from linli.catalog.models import Offer, Product
from linli.core.refusal import Refusal
from linli.payments.models import Charge
from linli.trade.models import Order, OrderLine
from linli.trade.operations.place_order import place_orders
from linli.trade.types import Basket, Line, Placed, PlaceRequest

pytestmark = pytest.mark.usefixtures("holds")


@pytest.mark.capability("D10")
def test_placing_writes_order_line_charge_and_holds_stock(at: datetime) -> None:
    sku, member = (
        make_sku(at, merchant=make_merchant(at, freight_fen=800, free_from_fen=50_000)),
        make_member(at),
    )
    made = placed(at, request(member, (sku, 2)))
    order = Order.objects.get()
    assert (order.state, order.goods_fen, order.freight_fen, order.total_fen) == (
        "pending_payment",
        39_800,
        800,
        40_600,
    )
    assert order.address == ADDRESS
    line = OrderLine.objects.get()
    assert (line.quantity, line.price_fen, line.total_fen, line.fee_fen) == (2, 19_900, 39_800, 796)
    assert line.reasons == [{"code": "list_price", "fen": 39_800}]
    assert Charge.objects.values_list("charge_no", "amount_fen", "state").get() == (
        made.charge_no,
        40_600,
        "open",
    )
    assert stock_of(sku) == (98, 2, 0)


@pytest.mark.capability("B3")
def test_an_owner_buys_at_the_own_purchase_price_and_earns_nothing(at: datetime) -> None:
    sku, owner = make_sku(at), make_owner(at)
    order = paid_order(at, request(owner.member, (sku, 1), share_code=make_owner(at).shop_code))
    assert (order.total_fen, order.is_self_purchase, order.seller_id) == (15_920, True, 0)
    assert order.lines.get().reasons == [
        {"code": "list_price", "fen": 19_900},
        {"code": "self_purchase", "fen": -3980},
    ]


def test_a_basket_of_two_merchants_becomes_two_orders_with_one_charge(at: datetime) -> None:
    first, second, member = make_sku(at), make_sku(at, price_fen=5000), make_member(at)
    made = placed(at, request(member, (first, 1), (second, 3)))
    assert sorted(order.total_fen for order in made.orders) == [15_000, 19_900]
    assert Order.objects.values_list("checkout_no", flat=True).distinct().count() == 1
    assert Charge.objects.get().amount_fen == 34_900


def test_an_order_of_nothing_is_paid_at_once(at: datetime) -> None:
    sku = make_sku(at, price_fen=0, rate_bp=0)
    made = placed(at, request(make_member(at), (sku, 1)))
    assert (made.charge_no, made.orders[0].state, Order.objects.get().state) == ("", "paid", "paid")
    assert stock_of(sku) == (99, 0, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": ()}, "empty"),
        ({"lines": (Line(10**12, 1),)}, "not_for_sale"),
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": 1000}, "bad_quantity"),
        ({"quantity": -1}, "bad_quantity"),
        ({"quantity": 101}, "sold_out"),
        ({"quoted_fen": 19_899}, "price_changed"),
        ({"address": None}, "no_address"),
    ],
)
def test_refusals_are_named_and_leave_nothing(at: datetime, change: dict, code: str) -> None:
    sku, member = make_sku(at), make_member(at)
    lines = change.get("lines", (Line(sku.pk, change.get("quantity", 1)),))
    asked = PlaceRequest(
        Basket(member.pk, lines),
        change.get("address", ADDRESS),
        quoted_fen=change.get("quoted_fen"),
        charge_gateway="sandbox",
    )
    outcome = place(at, asked)
    assert isinstance(outcome, Refusal) and outcome.code == code
    assert (Order.objects.count(), Charge.objects.count(), stock_of(sku)) == (0, 0, (100, 0, 0))


def test_goods_off_sale_are_refused(at: datetime) -> None:
    sku, other = make_sku(at), make_sku(at)
    Product.objects.filter(pk=sku.product_id).update(state="off_sale")
    Offer.objects.filter(sku=other).update(is_active=False)
    for one in (sku, other):
        outcome = place(at, request(make_member(at), (one, 1)))
        assert isinstance(outcome, Refusal) and outcome.code == "not_for_sale"


def test_one_refusal_does_not_fail_its_neighbours_and_the_first_comes_first(at: datetime) -> None:
    sku, other = make_sku(at, stock=3), make_sku(at, stock=1)
    members = [make_member(at) for _ in range(4)]
    outcomes = place_orders(
        [
            request(members[0], (sku, 2)),
            request(members[1], (sku, 2)),
            request(members[2], (sku, 1), (other, 1)),
            request(members[3], (other, 1)),
        ],
        at=at,
    )
    assert [type(outcome) for outcome in outcomes] == [Placed, Refusal, Placed, Refusal]
    assert stock_of(sku) == (0, 3, 0)
    assert stock_of(other) == (0, 1, 0)


def test_a_repeated_key_gets_the_first_answer_and_another_body_a_conflict(at: datetime) -> None:
    sku, member = make_sku(at), make_member(at)
    first = placed(at, request(member, (sku, 1), key="k"))
    again = placed(at, request(member, (sku, 1), key="k"))
    assert (again.orders, again.charge_no) == (first.orders, first.charge_no)
    other = place(at, request(member, (sku, 2), key="k", body=b"other"))
    assert isinstance(other, Refusal) and other.code == "key_conflict"
    assert isinstance(place(at, request(make_member(at), (sku, 1), key="k")), Placed)
    assert Order.objects.count() == 2


def test_equal_keys_in_one_batch_place_once(at: datetime) -> None:
    sku, member = make_sku(at), make_member(at)
    asked = request(member, (sku, 1), key="k")
    first, second, other = place_orders(
        [asked, asked, request(member, (sku, 1), key="k", body=b"other")], at=at
    )
    assert first == second and isinstance(first, Placed)
    assert isinstance(other, Refusal) and other.code == "key_conflict"
    assert Order.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_statements_does_not_grow(at: datetime, count: int) -> None:
    skus = [make_sku(at) for _ in range(count)]
    members = [make_member(at) for _ in range(count)]
    place_orders([request(members[0], (skus[0], 1), key="warm")], at=at)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        place_orders(
            [request(member, (sku, 1), key="k") for member, sku in zip(members, skus, strict=True)], at=at
        )
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 12


@pytest.mark.django_db
@pytest.mark.usefixtures("holds")
def test_one_member_holds_so_many_unpaid_units_and_no_more(at: datetime) -> None:
    """449 of 498 units by one who never paid: others found the shop sold out."""
    member, other = make_member(at), make_member(at)
    sku = make_sku(at, stock=500)
    first = placed(at, request(member, (sku, 150)))
    outcomes = place_orders(
        [request(member, (sku, 40)), request(member, (sku, 20)), request(other, (sku, 200))], at=at
    )
    assert [getattr(one, "code", "placed") for one in outcomes] == ["placed", "pay_first", "placed"]
    assert place_orders([request(make_member(at), (sku, 201))], at=at) == [
        Refusal("pay_first", {"most": 200})
    ]
    pay(first.charge_no, at)
    assert isinstance(place(at, request(member, (sku, 100))), Placed), "what is paid counts no more"
    cheap = make_sku(at, price_fen=0, stock=999)
    assert isinstance(place(at, request(member, (cheap, 500))), Placed), "what costs nothing is paid at once"
