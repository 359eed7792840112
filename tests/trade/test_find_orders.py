"""Merchants find an order by whatever they have: a phone, a name, part of a number."""

from dataclasses import replace
from datetime import datetime

import pytest

from factories.shop import ADDRESS, make_member, make_sku, paid_order, request
from linli.core.actor import SYSTEM
from linli.trade.models import Order
from linli.trade.operations.deliver_order import ship_order
from linli.trade.queries.order import find_orders

pytestmark = [pytest.mark.django_db, pytest.mark.capability("A3")]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("13912345678", True),
        ("139 1234 5678", True),
        ("１３９１２３４５６７８", True),
        ("+86 139-1234-5678", True),
        ("8613912345678", True),
        ("5678", True),
        ("13912345678转4321", True),
        ("4321", True),
        ("張國榮", True),
        ("车厘子", True),
        ("車厘子", True),
        ("+86", False),
        ("9999", False),
    ],
)
def test_an_order_is_found(at: datetime, words: str, is_found: bool) -> None:
    asked = request(make_member(at), (make_sku(at), 1))
    order = paid_order(
        at, replace(asked, address=ADDRESS | {"phone": "13912345678 转 4321", "name": "张国荣"})
    )
    assert list(find_orders(Order.objects.all(), words)) == ([order] if is_found else [])


@pytest.mark.parametrize("words", ["7300-1234", "７３００-1234", "7300 -1234"])
def test_a_tracking_number_keeps_its_dash(at: datetime, words: str) -> None:
    order = paid_order(at, request(make_member(at), (make_sku(at), 1)))
    ship_order(order=order, carrier="sf", tracking_no="7300-1234", actor=SYSTEM, at=at)
    assert [one.pk for one in find_orders(Order.objects.all(), words)] == [order.pk]


def test_a_number_is_found_by_a_part_of_it(at: datetime) -> None:
    order = paid_order(at, request(make_member(at), (make_sku(at), 1)))
    number = order.order_no
    for words in (number, number[-6:], f"{number[:4]} {number[4:]}"):
        assert list(find_orders(Order.objects.all(), words)) == [order]
