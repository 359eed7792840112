"""What consoles find by: any part of a number, names and goods however they are typed."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.shop import make_member, make_sku, paid_order, request
from linli.core import finding
from linli.core.actor import SYSTEM
from linli.core.finding import LEAST_SIGNS, Known, compact, find, put
from linli.core.models import Findable
from linli.members.models import Member
from linli.members.operations.profile import rename
from linli.members.queries import find_members
from linli.trade.models import Order
from linli.trade.operations.deliver_order import correct_shipment, ship_order
from linli.trade.queries.order import find_orders

pytestmark = [pytest.mark.django_db, pytest.mark.capability("G9")]
SLOW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@SLOW
@given(number=st.text("0123456789ABCXYZ", min_size=LEAST_SIGNS, max_size=24), data=st.data())
def test_a_number_is_found_by_every_part_of_it(number: str, data: st.DataObject) -> None:
    put("test", [Known(1, numbers=(number,))])
    start = data.draw(st.integers(0, len(number) - LEAST_SIGNS))
    part = number[start : data.draw(st.integers(start + LEAST_SIGNS, len(number)))]
    gaps = data.draw(st.sampled_from(["", " ", "-", "–"]))
    typed = gaps.join([part[:2], part[2:]]).lower()
    assert find("test", typed) == ([1] if compact(typed) in compact(number) and _is_number(typed) else [])


def _is_number(typed: str) -> bool:
    return len(compact(typed)) >= LEAST_SIGNS and any(sign.isdigit() for sign in compact(typed))


@SLOW
@given(st.text(max_size=80))
def test_no_words_break_it(words: str) -> None:
    put("test", [Known(1, (words,), (words,))])
    find("test", words)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("张小满", [3, 2]),
        ("小满", [3, 2]),
        ("满", [3, 2]),
        ("zhangxiaoman", [3, 2]),
        ("zxm", [3, 2]),
        ("張小滿", [3, 2]),
        ("小满 5678", [2]),
        ("5678 小满", [2]),
        ("小满 9999", []),
        ("李", []),
        ("567", []),
        ("", []),
        ("   ", []),
        ("'", []),
        ("!!! & |", []),
    ],
)
def test_a_name_is_found_however_it_is_typed(words: str, found: list[int]) -> None:
    put("test", [Known(2, ("张小满",), ("13912345678",)), Known(3, ("张小满",), ("13900000000",))])
    put("else", [Known(9, ("张小满",), ("13912345678",))])
    assert find("test", words) == found


def test_a_thing_that_is_said_anew_is_found_by_that_alone(at: datetime) -> None:
    member = make_member(at, name="旧名字")
    rename(member=member, name="新名字")
    everybody = Member.objects.all()
    assert [list(find_members(everybody, words)) for words in ("旧名", "新名")] == [[], [member]]
    assert list(find_members(everybody, member.phone[-5:])) == [member]


def test_an_order_is_found_by_its_corrected_parcel(at: datetime) -> None:
    order = paid_order(at, request(make_member(at), (make_sku(at), 1)))
    ship_order(order=order, carrier="sf", tracking_no="SF7300111122", actor=SYSTEM, at=at)
    [parcel] = finding.sql.rows("select id from fulfilment_shipment where order_no = %s", (order.order_no,))
    correct_shipment(
        order=order, shipment_id=parcel.id, carrier="sf", tracking_no="SF9900111133", actor=SYSTEM, at=at
    )
    assert [list(find_orders(Order.objects.all(), no)) for no in ("73001111", "99001111")] == [[], [order]]


def test_the_buyers_phone_is_not_their_merchants_to_try(at: datetime) -> None:
    buyer = make_member(at)
    paid_order(at, request(buyer, (make_sku(at), 1)))
    assert list(find_orders(Order.objects.all(), buyer.phone)) == []


def test_what_is_there_already_is_found_after_the_migration(at: datetime) -> None:
    from importlib import import_module

    from django.apps import apps

    member, order = make_member(at), paid_order(at, request(make_member(at), (make_sku(at), 1)))
    Findable.objects.all().delete()
    for module in ("members.migrations.0007_found_by_words", "trade.migrations.0012_found_by_words"):
        import_module(f"linli.{module}").find_all(apps, None)
    assert list(find_members(Member.objects.all(), member.phone)) == [member]
    assert list(find_orders(Order.objects.all(), order.order_no[:12])) == [order]
