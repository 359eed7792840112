"""Every unit is in one place: in the store, on its way, with the buyer, or refunded; and nothing travels that is asked back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.shop import make_member, make_merchant, make_sku, paid_order, placed, request, stock_of
from linli.channels.models import InboxMessage
from linli.core import events
from linli.core.actor import SYSTEM, Actor
from linli.core.refusal import Refusal
from linli.fulfilment.models import Shipment
from linli.fulfilment.operations import BadParcel, ParcelKnown, checked_parcel
from linli.payments.models import Refund
from linli.payments.operations.notice import store_checked
from linli.payments.types import GatewayNotice
from linli.trade.models import Aftersale, Order, OrderLine
from linli.trade.operations.aftersale import (
    AskedLine,
    ask_aftersale,
    decide_aftersale,
    decide_at_deadline,
)
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.deliver_order import (
    BadParcelLines,
    NotReceivable,
    NotShippable,
    RefundAsked,
    confirm_receipt,
    correct_shipment,
    receive_after_time,
    ship_order,
)
from linli.trade.queries.order import order_face
from linli.trade.rules.units import LineUnits, never_sent_of

pytestmark = [pytest.mark.django_db, pytest.mark.capability("E5"), pytest.mark.usefixtures("holds")]


def bought(at: datetime, units: int = 3, **values: int) -> Order:
    return paid_order(at, request(make_member(at), (make_sku(at, **values), units)))


def ship(order: Order, at: datetime, number: str = "SF0001", units: int | None = None) -> bool:
    line = order.lines.get()
    lines: Sequence[dict] = [{"order_line_id": line.pk, "quantity": units}] if units else ()
    return ship_order(order=order, carrier="sf", tracking_no=number, lines=lines, actor=SYSTEM, at=at)


def ask(
    order: Order, at: datetime, *, kind: str = "refund", quantity: int | None = None, fen: int | None = None
) -> Aftersale:
    asked = [AskedLine(order.lines.get().pk, quantity, fen)]
    return ask_aftersale(
        order=order, kind=kind, reason="不要了", lines=asked, actor=Actor(member_id=order.member_id), at=at
    )


def accept(asked: Aftersale, at: datetime) -> None:
    decide_aftersale(aftersale=asked, accept=True, reason="", actor=SYSTEM, at=at)


def state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def receive(order: Order, at: datetime) -> None:
    confirm_receipt(order=Order.objects.get(pk=order.pk), actor=SYSTEM, at=at)


def test_no_more_units_travel_than_were_bought(at: datetime) -> None:
    order = bought(at)
    assert ship(order, at, "SF0001", 1)
    for units in (3, 4, 0, -1):
        with pytest.raises((BadParcelLines, NotShippable)):
            ship_order(
                order=order, carrier="sf", tracking_no="SF0002", actor=SYSTEM, at=at,
                lines=[{"order_line_id": order.lines.get().pk, "quantity": units}],
            )  # fmt: skip
    assert ship(order, at, "SF0002"), "all that is left: two"
    with pytest.raises(NotShippable):
        ship(order, at, "SF0003")
    assert [parcel.lines[0]["quantity"] for parcel in Shipment.objects.order_by("pk")] == [1, 2]


def test_the_same_parcel_is_the_same_and_with_other_units_is_refused(at: datetime) -> None:
    order = bought(at)
    assert ship(order, at, "SF0001", 1)
    assert not ship(order, at, "sf 0001", 1)
    for units in (2, None):  # two, or all that is left
        with pytest.raises(ParcelKnown):
            ship(order, at, "SF0001", units)
    assert OrderLine.objects.get().shipped_quantity == 1
    assert ship(order, at, "SF0002") and not ship(order, at, "SF0002")


@pytest.mark.parametrize("units", [None, 2])
def test_what_cannot_travel_says_so_and_is_told(at: datetime, units: int | None) -> None:
    """The order's number stood where the code stands: telling the refusal broke, and with it the whole batch of parcels."""
    order = bought(at, 2)
    ask(order, at, quantity=2)
    with pytest.raises(RefundAsked) as refused:
        ship(order, at, units=units)
    assert (refused.value.kind, bool(refused.value.sentence)) == (409, True)
    done = bought(at, 2)
    ship(done, at)
    with pytest.raises(NotShippable if units is None else BadParcelLines) as refused:
        ship(done, at, "SF0009", units)
    assert refused.value.sentence


def test_what_never_left_the_store_does_not_come_back(at: datetime) -> None:
    merchant = make_merchant(at)
    order = paid_order(
        at, request(make_member(at), *((make_sku(at, merchant=merchant, title=title), 1) for title in "甲乙"))
    )
    first, second = order.lines.order_by("pk")
    asked = ask_aftersale(
        order=order, kind="return", reason="不要了", lines=[AskedLine(second.pk)], actor=Actor(member_id=order.member_id), at=at
    )  # fmt: skip
    lines = [{"order_line_id": first.pk, "quantity": 1}]
    ship_order(order=order, carrier="sf", tracking_no="SF0001", lines=lines, actor=SYSTEM, at=at)
    accept(asked, at)
    asked.refresh_from_db()
    assert asked.state == "accepted"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("顺丰速递", "顺丰速运"), ("ＳＦ", "顺丰速运"), ("韵达速递", "韵达快递"), ("圆通速运", "圆通速递"), ("中通速递", "中通快递"), ("德邦物流", "德邦物流"), ("EMS快递", "中国邮政"), ("中国邮政EMS", "中国邮政"), ("SF Express", "顺丰速运"), ("顺丰速运有限公司", "顺丰速运")],
)  # fmt: skip
def test_carriers_are_known_by_what_people_write(typed: str, kept: str) -> None:
    assert checked_parcel(typed, "\u202d７３００-1234\ufeff") == (kept, "7300-1234")


@pytest.mark.parametrize("typed", ["", "\u3164", "快递", "长" * 41])
def test_a_carrier_is_named(typed: str) -> None:
    with pytest.raises(BadParcel):
        checked_parcel(typed, "SF0001")


def test_receipt_of_a_part_leaves_the_rest_to_be_sent(at: datetime) -> None:
    order = bought(at, 2)
    ship(order, at, "SF0001", 1)
    receive(order, at)
    assert (state(order), order_face(Order.objects.get())["shown_state"]) == ("shipped", "partly_shipped")
    assert Shipment.objects.get().received_at == at
    assert receive_after_time(at=at + timedelta(days=30)) == 0, "the rest has not left"
    ship(order, at, "SF0002")
    assert state(order) == "shipped"
    receive(order, at)
    assert state(order) == "received"


def test_an_order_counts_as_received_so_many_days_after_its_last_parcel(at: datetime) -> None:
    order = bought(at, 2)
    ship(order, at, "SF0001", 1)
    ship(order, at + timedelta(days=9), "SF0002")
    assert receive_after_time(at=at + timedelta(days=11)) == 0
    assert receive_after_time(at=at + timedelta(days=20)) == 1


def test_nothing_travels_while_its_money_is_asked_back(at: datetime) -> None:
    """After 48 silent hours all money goes back: until then the parcel stays."""
    order = bought(at)
    asked = ask(order, at)
    with pytest.raises(RefundAsked):
        ship(order, at)
    assert order_face(Order.objects.get())["shown_state"] == "refund_asked"
    assert decide_at_deadline(at=at + timedelta(hours=49)) == 1
    assert state(order) == "refunded"
    with pytest.raises(NotShippable):
        ship(order, at)
    asked.refresh_from_db()
    assert asked.state == "accepted" and not Shipment.objects.exists()


def test_what_is_not_asked_back_may_travel(at: datetime) -> None:
    order = bought(at)
    asked = ask(order, at, quantity=1)
    with pytest.raises(RefundAsked):
        ship(order, at, "SF0001", 3)
    assert ship(order, at, "SF0001"), "the other two"
    assert OrderLine.objects.get().shipped_quantity == 2
    receive(order, at)
    assert state(order) == "shipped", "one is in the store as long as nobody has decided"
    accept(asked, at)
    line = OrderLine.objects.get()
    assert (line.refunded_quantity, line.never_sent_quantity, state(order)) == (1, 1, "received")


def test_units_refunded_before_they_left_go_back_on_sale_also_of_a_part_sent_order(at: datetime) -> None:
    sku = make_sku(at, stock=10)
    order = paid_order(at, request(make_member(at), (sku, 3)))
    ship(order, at, "SF0001", 1)
    accept(ask(Order.objects.get(), at, quantity=2), at)
    assert stock_of(sku)[0] == 9
    receive(order, at)
    assert state(order) == "received"


def test_a_return_brings_back_what_was_sent_and_the_rest_still_travels(at: datetime) -> None:
    order = bought(at, 2)
    ship(order, at, "SF0001", 1)
    asked = ask(Order.objects.get(), at, kind="return", quantity=1)
    assert ship(order, at, "SF0002"), "the one that is not meant"
    accept(asked, at)
    asked.refresh_from_db()
    assert asked.state == "agreed"


@pytest.mark.parametrize(("first", "then", "freight"), [(1, 1, 800), (1, None, 0), (2, None, 800)])
def test_freight_goes_back_with_the_last_unit_not_with_the_last_fen(
    at: datetime, first: int, then: int | None, freight: int
) -> None:
    """Goods that cost nothing: their money is back before their units are."""
    merchant = make_merchant(at, freight_fen=800, free_from_fen=100_000)
    order = bought(at, 2, price_fen=0, merchant=merchant)  # type: ignore[arg-type]
    for quantity in filter(None, (first, then)):
        accept(ask(Order.objects.get(), at, quantity=quantity), at)
    order.refresh_from_db()
    assert order.freight_refunded_fen == freight
    assert order.state == ("refunded" if freight else "paid")


def test_units_are_not_given_back_for_less_than_they_cost(at: datetime) -> None:
    order = bought(at, price_fen=10_000)
    with pytest.raises(Refusal, match="too_little"):
        ask(order, at, quantity=3, fen=1)
    accept(ask(order, at, fen=1), at)
    accept(ask(Order.objects.get(), at), at)
    line = OrderLine.objects.get()
    assert (line.refunded_fen, line.refunded_quantity, state(order)) == (30_000, 3, "refunded")


def test_a_refund_is_none_before_its_money_has_arrived(at: datetime) -> None:
    order = bought(at, 1)
    accept(ask(order, at), at)
    face = order_face(Order.objects.get())
    assert (face["state"], face["shown_state"], face["refunding_fen"]) == ("refunded", "refunding", 19_900)
    assert Aftersale.objects.get().state == "accepted"
    number = Refund.objects.get().refund_no
    later = at + timedelta(hours=3)
    for _ in range(2):
        store_checked(
            "sandbox", [GatewayNotice("R", "refund", number, "success", 19_900, "R", later)], at=later
        )
        events.deliver_all()
    face = order_face(Order.objects.get())
    assert (face["shown_state"], face["aftersales"][0]["state"]) == ("refunded", "refunded")
    told = InboxMessage.objects.filter(member_id=order.member_id, code="refund_arrived")
    assert [one.values for one in told] == [{"fen": 19_900}]


def test_a_wrong_number_is_corrected_and_units_stay(at: datetime) -> None:
    order, other = bought(at), bought(at)
    ship(order, at, "SF0001", 1)
    ship(order, at, "SF0002", 1)
    ship(other, at, "SF0009")
    first = Shipment.objects.get(tracking_no="SF0001")
    change = {"order": order, "actor": SYSTEM, "at": at}
    correct_shipment(shipment_id=first.pk, carrier="中通", tracking_no="zt 777", **change)
    first.refresh_from_db()
    assert (first.carrier, first.tracking_no, first.lines[0]["quantity"]) == ("中通快递", "ZT777", 1)
    with pytest.raises(ParcelKnown):
        correct_shipment(shipment_id=first.pk, carrier="顺丰", tracking_no="SF0002", **change)
    with pytest.raises(BadParcel):
        correct_shipment(shipment_id=first.pk, carrier="顺丰", tracking_no="!", **change)
    with pytest.raises(BadParcelLines):
        correct_shipment(
            shipment_id=Shipment.objects.get(tracking_no="SF0009").pk,
            carrier="sf",
            tracking_no="SF1234",
            **change,
        )
    receive(order, at)
    with pytest.raises(ParcelKnown):
        correct_shipment(shipment_id=first.pk, carrier="sf", tracking_no="SF1234", **change)


def test_only_what_is_on_its_way_is_received(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    with pytest.raises(NotReceivable):
        confirm_receipt(order=Order.objects.get(order_no=made.orders[0].order_no), actor=SYSTEM, at=at)


def test_orders_complete_after_parts_have_gone_each_way(at: datetime) -> None:
    order = bought(at, 3)
    ship(order, at, "SF0001", 2)
    accept(ask(Order.objects.get(), at, quantity=1), at)
    receive(order, at)
    assert complete_orders(at=at + timedelta(days=8)) == 1


@given(st.data())
def test_wherever_units_go_none_is_lost_or_doubled(data: st.DataObject) -> None:
    """Sending and refunding in any order keeps every unit in exactly one place."""
    quantity = data.draw(st.integers(1, 6))
    units = LineUnits(quantity, 0, 0, 0)
    for _ in range(8):
        if data.draw(st.booleans()) and units.to_ship:
            sent = data.draw(st.integers(1, units.to_ship))
            units = LineUnits(quantity, units.shipped + sent, units.refunded, units.never_sent)
        elif left := quantity - units.refunded:
            back = data.draw(st.integers(1, left))
            kind = data.draw(st.sampled_from(["refund", "return"]))
            kept = never_sent_of(units, quantity=back, kind=kind)
            units = LineUnits(quantity, units.shipped, units.refunded + back, units.never_sent + kept)
        assert units.unsent >= 0 and units.with_buyer >= 0
        assert units.unsent + units.with_buyer + units.refunded == quantity
