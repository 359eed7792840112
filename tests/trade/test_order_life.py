"""From payment to completion and back: every fen, by the rules, whatever the order of events."""

from datetime import datetime, timedelta

import pytest

from factories.shop import (
    completed_order,
    make_member,
    make_merchant,
    make_owner,
    make_sku,
    paid_order,
    pay,
    placed,
    received_order,
    request,
    staff_of,
    stock_of,
)
from linli.channels.models import InboxMessage
from linli.core import events
from linli.core.actor import SYSTEM, Actor
from linli.core.refusal import Refusal
from linli.distribution.models import Binding, CommissionLine, Owner
from linli.distribution.operations.withdrawal import ask_withdrawal
from linli.distribution.queries.commission import income_of
from linli.fulfilment.operations import BadParcel
from linli.insight.queries.overview import overview
from linli.ledger.queries import owed_fen, total_fen
from linli.ledger.types import Code
from linli.payments.models import Charge, Notice, Refund
from linli.trade.models import Aftersale, Order
from linli.trade.operations.aftersale import (
    AlreadyDecided,
    AskedLine,
    NothingToSend,
    NotRefundable,
    ask_aftersale,
    decide_aftersale,
    decide_at_deadline,
    send_back,
    withdraw_aftersale,
)
from linli.trade.operations.cancel_order import NotCancellable, cancel_order, close_unpaid_orders
from linli.trade.operations.charge_order import charge_order
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.deliver_order import (
    NotReceivable,
    NotShippable,
    confirm_receipt,
    receive_after_time,
    ship_order,
)
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines

pytestmark = pytest.mark.usefixtures("holds")
WEEK = timedelta(days=7, seconds=1)


@pytest.mark.capability("G1")
@pytest.mark.capability("B7")
def test_a_sale_through_an_owner_is_pending_then_available(at: datetime) -> None:
    sku, owner, buyer = make_sku(at), make_owner(at), make_member(at)
    order = received_order(at, request(buyer, (sku, 1), share_code=owner.shop_code))
    merchant = order.merchant_id
    assert (order.seller_id, stock_of(sku)) == (owner.pk, (99, 0, 1))
    assert income_of(owner.pk) == {"pending_fen": 3980, "available_fen": 0, "debt_fen": 0, "withdrawn_fen": 0}
    assert owed_fen(Code.merchant_pending, [merchant]) == {merchant: 19_900 - 3980 - 398}
    assert complete_orders(at=at + timedelta(days=6)) == 0
    assert complete_orders(at=at + WEEK) == 1
    assert income_of(owner.pk) == {"pending_fen": 0, "available_fen": 3980, "debt_fen": 0, "withdrawn_fen": 0}
    assert owed_fen(Code.merchant_available, [merchant]) == {merchant: 15_522}
    assert (-total_fen([Code.service_fee]), total_fen([Code.gateway])) == (398, 19_900)


@pytest.mark.capability("B4")
def test_the_first_sale_binds_the_buyer_and_the_last_touch_wins(at: datetime) -> None:
    sku, buyer = make_sku(at), make_member(at)
    first, second = make_owner(at), make_owner(at)
    assert paid_order(at, request(buyer, (sku, 1), share_code=first.shop_code)).seller_id == first.pk
    assert Binding.objects.get(member=buyer).owner_id == first.pk
    assert paid_order(at, request(buyer, (sku, 1), share_code=second.shop_code)).seller_id == second.pk
    assert paid_order(at, request(buyer, (sku, 1))).seller_id == first.pk
    assert paid_order(at + timedelta(days=366), request(buyer, (sku, 1))).seller_id == 0
    assert Binding.objects.get(member=buyer).owner_id == first.pk


def test_beneficiaries_stay_as_they_were_when_it_was_paid(at: datetime) -> None:
    sku, owner = make_sku(at), make_owner(at)
    order = received_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code))
    owner.status = "closed"
    owner.save()
    complete_orders(at=at + WEEK)
    assert CommissionLine.objects.values_list("order_no", "beneficiary_id", "state").get() == (
        order.order_no,
        owner.pk,
        "available",
    )


@pytest.mark.capability("G2")
def test_a_repeated_notice_changes_nothing(at: datetime) -> None:
    sku = make_sku(at)
    made = placed(at, request(make_member(at), (sku, 1)))
    for notice_id in ("N-1", "N-1", "N-2"):
        pay(made.charge_no, at, notice_id=notice_id)
    assert (Order.objects.get().state, total_fen([Code.gateway]), Refund.objects.count()) == (
        "paid",
        19_900,
        0,
    )


def test_too_little_money_goes_back_and_the_order_waits_for_another_charge(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    pay(made.charge_no, at, fen=19_899)
    assert (Order.objects.get().state, Charge.objects.get().state) == ("pending_payment", "succeeded")
    assert Notice.objects.values_list("state", "why").get() == (
        "refused",
        "amount is 19899, asked were 19900 fen",
    )
    assert Refund.objects.values_list("amount_fen", "reason").get() == (19_899, "amount_differs")
    assert InboxMessage.objects.get(code="amount_differs").values == {"fen": 19_899}
    pay(made.charge_no, at, fen=19_899, notice_id="again")
    opened = charge_order(order=Order.objects.get(), gateway_name="sandbox", at=at)
    pay(opened.charge_no, at)
    assert (Order.objects.get().state, Refund.objects.count()) == ("paid", 1)
    assert (-total_fen([Code.refund_payable]), total_fen([Code.gateway])) == (19_899, 19_899 + 19_900)


def test_an_order_that_was_paid_too_little_closes_in_its_time(at: datetime) -> None:
    sku = make_sku(at)
    made = placed(at, request(make_member(at), (sku, 1)))
    pay(made.charge_no, at, fen=1)
    assert close_unpaid_orders(at=at + timedelta(hours=2)) == 1
    assert (Order.objects.get().state, stock_of(sku)) == ("cancelled", (100, 0, 0))


def test_of_too_much_money_the_rest_goes_back(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    pay(made.charge_no, at, fen=19_950)
    assert Order.objects.get().state == "paid"
    assert Refund.objects.values_list("amount_fen", "reason").get() == (50, "amount_differs")
    assert not InboxMessage.objects.filter(code="amount_differs").exists(), "nothing is to be paid again"


def test_a_success_without_money_is_none(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    pay(made.charge_no, at, fen=0)
    assert (Order.objects.get().state, Charge.objects.get().state) == ("pending_payment", "open")
    assert Refund.objects.count() == 0


def test_a_failure_after_a_success_changes_nothing(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    pay(made.charge_no, at)
    pay(made.charge_no, at, state="failed")
    assert (Order.objects.get().state, Charge.objects.get().state) == ("paid", "succeeded")


def test_after_a_failure_another_charge_pays(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    pay(made.charge_no, at, state="failed")
    opened = charge_order(order=Order.objects.get(), gateway_name="sandbox", at=at)
    assert opened.charge_no != made.charge_no
    pay(opened.charge_no, at)
    assert Order.objects.get().state == "paid"


def test_a_payment_for_a_closed_order_goes_back_whole(at: datetime) -> None:
    sku = make_sku(at)
    made = placed(at, request(make_member(at), (sku, 1)))
    cancel_order(order=Order.objects.get(), actor=SYSTEM, at=at)
    assert stock_of(sku) == (100, 0, 0)
    pay(made.charge_no, at)
    assert Order.objects.get().state == "cancelled"
    assert Refund.objects.values_list("amount_fen", "reason").get() == (19_900, "order_closed")
    assert -total_fen([Code.refund_payable]) == 19_900


def test_a_second_charge_that_is_paid_too_goes_back(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    pay(made.charge_no, at, state="failed")
    second = charge_order(order=Order.objects.get(), gateway_name="sandbox", at=at)
    pay(second.charge_no, at)
    pay(made.charge_no, at)
    assert Order.objects.get().state == "paid"
    assert Refund.objects.values_list("amount_fen", "reason").get() == (19_900, "already_paid")


def test_a_paid_order_cannot_be_cancelled(at: datetime) -> None:
    order = paid_order(at, request(make_member(at), (make_sku(at), 1)))
    with pytest.raises(NotCancellable):
        cancel_order(order=order, actor=SYSTEM, at=at)


def test_what_cannot_be_shipped_or_received(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    order = Order.objects.get()
    with pytest.raises(NotShippable):
        ship_order(order=order, carrier="顺丰速运", tracking_no="SF123456", actor=SYSTEM, at=at)
    pay(made.charge_no, at)
    with pytest.raises(NotReceivable):
        confirm_receipt(order=Order.objects.get(), actor=SYSTEM, at=at)


def test_parcels_that_nobody_confirms_are_received_after_ten_days(at: datetime) -> None:
    order = paid_order(at, request(make_member(at), (make_sku(at), 1)))
    ship_order(order=order, carrier="顺丰速运", tracking_no="SF123456", actor=SYSTEM, at=at)
    assert receive_after_time(at=at + timedelta(days=9)) == 0
    assert receive_after_time(at=at + timedelta(days=10)) == 1
    assert Order.objects.get().state == "received"


@pytest.mark.capability("E7")
def test_a_refund_by_quantity_then_the_rest_reverses_every_share_to_zero(at: datetime) -> None:
    sku, owner, buyer = make_sku(at, price_fen=3333), make_owner(at), make_member(at)
    order = received_order(at, request(buyer, (sku, 3), share_code=owner.shop_code))
    line, actor, staff = order.lines.get(), Actor(member_id=buyer.pk), staff_of(order.merchant)
    for quantity, left in ((1, 1999 - 667), (2, 0)):
        asked = ask_aftersale(
            order=order,
            kind="refund",
            reason="坏果",
            lines=[AskedLine(line.pk, quantity)],
            actor=actor,
            at=at,
        )
        decide_aftersale(aftersale=asked, accept=True, reason="", actor=staff, at=at)
        assert income_of(owner.pk)["pending_fen"] == left
    assert (Order.objects.get().state, Order.objects.get().refunded_fen) == ("refunded", 9999)
    assert owed_fen(Code.merchant_pending, [order.merchant_id]) == {order.merchant_id: 0}
    assert (-total_fen([Code.refund_payable]), total_fen([Code.deferred_platform])) == (9999, 0)


def test_a_refund_after_completion_becomes_the_owners_debt_and_is_netted(at: datetime) -> None:
    sku, owner = make_sku(at), make_owner(at)
    order = completed_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code), at + WEEK)
    _withdraw_everything(owner.pk, at)
    [refused] = refund_lines(
        [RefundRequest(order.pk, "r1", (LineRefund(order.lines.get().pk, 19_900, 1),))], at=at + WEEK
    )
    assert refused is None
    assert income_of(owner.pk)["debt_fen"] == 3980
    completed_order(at, request(make_member(at), (sku, 2), share_code=owner.shop_code), at + 2 * WEEK)
    assert income_of(owner.pk) == {
        "pending_fen": 0,
        "available_fen": 3980,
        "debt_fen": 0,
        "withdrawn_fen": 3980,
    }


def _withdraw_everything(owner_id: int, at: datetime) -> None:
    fen = owed_fen(Code.commission_available, [owner_id])[owner_id]
    ask_withdrawal(
        owner=Owner.objects.get(pk=owner_id), amount_fen=fen, actor=Actor(member_id=owner_id), at=at
    )


def test_an_unsent_order_gives_its_freight_and_its_stock_back(at: datetime) -> None:
    sku = make_sku(at, merchant=make_merchant(at, freight_fen=800, free_from_fen=100_000))
    buyer = make_member(at)
    order = paid_order(at, request(buyer, (sku, 2)))
    asked = ask_aftersale(
        order=order,
        kind="refund",
        reason="不想要了",
        lines=[AskedLine(order.lines.get().pk)],
        actor=Actor(member_id=buyer.pk),
        at=at,
    )
    assert (asked.amount_fen, asked.freight_fen) == (40_600, 800)
    decide_aftersale(aftersale=asked, accept=True, reason="", actor=staff_of(order.merchant), at=at)
    assert (Order.objects.get().state, stock_of(sku)) == ("refunded", (100, 0, 0))


def test_nobody_decides_so_the_member_is_right(at: datetime) -> None:
    buyer = make_member(at)
    order = received_order(at, request(buyer, (make_sku(at), 1)))
    line = order.lines.get()
    ask_aftersale(
        order=order,
        kind="refund",
        reason="坏果",
        lines=[AskedLine(line.pk, amount_fen=500)],
        actor=Actor(member_id=buyer.pk),
        at=at,
    )
    assert complete_orders(at=at + WEEK) == 0, "an open aftersale keeps the order open"
    assert decide_at_deadline(at=at + timedelta(hours=47)) == 0
    assert decide_at_deadline(at=at + timedelta(hours=48)) == 1
    assert (Aftersale.objects.get().state, Order.objects.get().refunded_fen) == ("accepted", 500)


def returned(at: datetime) -> tuple[Order, Aftersale, Actor, Actor]:
    """A received order, a return of it that the merchant has agreed to, its member, its merchant's staff."""
    buyer = make_member(at)
    order = received_order(at, request(buyer, (make_sku(at), 2)))
    actor, staff = Actor(member_id=buyer.pk), staff_of(order.merchant)
    line = AskedLine(order.lines.get().pk, quantity=1)
    wish = ask_aftersale(order=order, kind="return", reason="不合适", lines=[line], actor=actor, at=at)
    return order, decide_aftersale(aftersale=wish, accept=True, reason="", actor=staff, at=at), actor, staff


@pytest.mark.capability("E7")
def test_returned_goods_come_back_before_the_money_goes(at: datetime, holds: None) -> None:
    _, wish, actor, staff = returned(at)
    assert (wish.state, Order.objects.get().refunded_fen) == ("agreed", 0)
    assert wish.decide_by == at + timedelta(days=7)
    with pytest.raises(AlreadyDecided):
        decide_aftersale(aftersale=wish, accept=True, reason="", actor=staff, at=at)
    with pytest.raises(BadParcel):
        send_back(aftersale=wish, carrier="顺丰速运", tracking_no="?", actor=actor, at=at)
    sent = send_back(aftersale=wish, carrier="顺丰速运", tracking_no="SF12345", actor=actor, at=at)
    assert (sent.state, sent.return_tracking_no) == ("sent_back", "SF12345")
    with pytest.raises(NothingToSend):
        send_back(aftersale=wish, carrier="顺丰速运", tracking_no="SF12345", actor=actor, at=at)
    with pytest.raises(AlreadyDecided):
        withdraw_aftersale(aftersale=wish, actor=actor, at=at)
    assert complete_orders(at=at + WEEK) == 0, "goods on their way back keep the order open"
    decide_aftersale(aftersale=wish, accept=True, reason="", actor=staff, at=at)
    assert (Aftersale.objects.get().state, Order.objects.get().refunded_fen) == ("accepted", 19_900)


def test_goods_that_never_go_back_end_the_wish_and_goods_that_do_are_paid_at_the_deadline(
    at: datetime, holds: None
) -> None:
    order, _, _, _ = returned(at)
    assert decide_at_deadline(at=at + timedelta(days=7, seconds=-1)) == 0
    assert decide_at_deadline(at=at + WEEK) == 1
    assert (Aftersale.objects.get(order=order).state, order.refunded_fen) == ("withdrawn", 0)
    order, wish, actor, _ = returned(at)
    send_back(aftersale=wish, carrier="顺丰速运", tracking_no="SF12346", actor=actor, at=at + WEEK)
    assert decide_at_deadline(at=at + WEEK + timedelta(days=10)) == 1
    order.refresh_from_db()
    assert (Aftersale.objects.get(order=order).state, order.refunded_fen) == ("accepted", 19_900)


def test_a_return_of_what_was_never_sent_is_paid_at_once(at: datetime, holds: None) -> None:
    buyer = make_member(at)
    order = paid_order(at, request(buyer, (make_sku(at), 1)))
    line = AskedLine(order.lines.get().pk)
    actor = Actor(member_id=buyer.pk)
    wish = ask_aftersale(order=order, kind="return", reason="不合适", lines=[line], actor=actor, at=at)
    decided = decide_aftersale(aftersale=wish, accept=True, reason="", actor=staff_of(order.merchant), at=at)
    assert (decided.state, Order.objects.get().state) == ("accepted", "refunded")


def test_what_an_aftersale_refuses(at: datetime) -> None:
    buyer = make_member(at)
    order = received_order(at, request(buyer, (make_sku(at), 2)))
    line, actor = order.lines.get().pk, Actor(member_id=buyer.pk)

    def ask(*lines: AskedLine, kind: str = "refund", reason: str = "坏果") -> Aftersale:
        return ask_aftersale(order=order, kind=kind, reason=reason, lines=lines, actor=actor, at=at)

    for bad in (
        {"lines": [AskedLine(line, amount_fen=39_801)]},
        {"lines": [AskedLine(line, 3)]},
        {"lines": [AskedLine(line, 0)]},
        {"lines": [AskedLine(line, amount_fen=0)]},
        {"lines": [AskedLine(line + 999, 1)]},
        {"lines": []},
        {"lines": [AskedLine(line, 1), AskedLine(line, 1)]},
        {"lines": [AskedLine(line, 1)], "kind": "gift"},
        {"lines": [AskedLine(line, 1)], "reason": " "},
    ):
        with pytest.raises(Refusal):
            ask(*bad.pop("lines"), **bad)
    first = ask(AskedLine(line, 1))
    with pytest.raises(Refusal):
        ask(AskedLine(line, 2))
    withdraw_aftersale(aftersale=first, actor=actor, at=at)
    with pytest.raises(AlreadyDecided):
        decide_aftersale(aftersale=first, accept=True, reason="", actor=SYSTEM, at=at)
    second = ask(AskedLine(line, 2))
    with pytest.raises(Refusal):
        decide_aftersale(aftersale=second, accept=False, reason="", actor=staff_of(order.merchant), at=at)
    decide_aftersale(
        aftersale=second, accept=False, reason="照片看不出", actor=staff_of(order.merchant), at=at
    )
    with pytest.raises(AlreadyDecided):
        decide_aftersale(aftersale=second, accept=True, reason="", actor=staff_of(order.merchant), at=at)
    decide_aftersale(aftersale=second, accept=True, reason="平台介入", actor=SYSTEM, at=at)
    assert Order.objects.get().state == "refunded"
    with pytest.raises(NotRefundable):
        ask(AskedLine(line, 1))


def test_a_refund_happens_once_for_its_reference_and_never_above_the_line(at: datetime) -> None:
    order = received_order(at, request(make_member(at), (make_sku(at), 1)))
    line = order.lines.get().pk
    asked = RefundRequest(order.pk, "r1", (LineRefund(line, 10_000),))
    assert refund_lines([asked], at=at) == [None]
    assert refund_lines([asked], at=at) == [None]
    [refused] = refund_lines([RefundRequest(order.pk, "r2", (LineRefund(line, 9_901),))], at=at)
    assert refused and refused.code == "too_much"
    assert (Order.objects.get().refunded_fen, Refund.objects.count()) == (10_000, 1)


def test_events_are_heard_once(at: datetime) -> None:
    paid_order(at, request(make_member(at), (make_sku(at), 1)))
    assert events.deliver_all() == 0


def test_freight_goes_back_with_the_last_of_the_goods_in_whatever_parts(at: datetime) -> None:
    sku = make_sku(at, price_fen=2595, merchant=make_merchant(at, freight_fen=1000, free_from_fen=100_000))
    buyer = make_member(at)
    order = paid_order(at, request(buyer, (sku, 2)))
    line, actor, staff = order.lines.get().pk, Actor(member_id=buyer.pk), staff_of(order.merchant)
    parts = [AskedLine(line, amount_fen=5180), AskedLine(line, amount_fen=10)]
    wishes = [
        ask_aftersale(order=order, kind="refund", reason="坏果", lines=[part], actor=actor, at=at)
        for part in parts
    ]
    for wish in wishes:
        decide_aftersale(aftersale=wish, accept=True, reason="", actor=staff, at=at)
    assert (Order.objects.get().state, Order.objects.get().refunded_fen) == ("refunded", 6190)
    with pytest.raises(NotShippable):
        ship_order(order=order, carrier="顺丰速运", tracking_no="SF123456", actor=SYSTEM, at=at)


def test_all_the_money_is_all_the_units(at: datetime) -> None:
    sku, buyer = make_sku(at), make_member(at)
    order = paid_order(at, request(buyer, (sku, 2)))
    asked = AskedLine(order.lines.get().pk, amount_fen=39_800)
    wish = ask_aftersale(
        order=order, kind="refund", reason="坏果", lines=[asked], actor=Actor(member_id=buyer.pk), at=at
    )
    decide_aftersale(aftersale=wish, accept=True, reason="", actor=SYSTEM, at=at)
    assert stock_of(sku) == (100, 0, 0)


def test_a_wish_that_can_no_longer_be_fulfilled_ends(at: datetime) -> None:
    sku, buyer = make_sku(at), make_member(at)
    order = received_order(at, request(buyer, (sku, 1)))
    line, actor = order.lines.get().pk, Actor(member_id=buyer.pk)
    first = ask_aftersale(
        order=order, kind="refund", reason="坏果", lines=[AskedLine(line)], actor=actor, at=at
    )
    decide_aftersale(aftersale=first, accept=False, reason="看不出", actor=staff_of(order.merchant), at=at)
    second = ask_aftersale(
        order=order, kind="refund", reason="坏果", lines=[AskedLine(line)], actor=actor, at=at
    )
    decide_aftersale(aftersale=first, accept=True, reason="平台介入", actor=SYSTEM, at=at)
    assert Aftersale.objects.get(pk=second.pk).state == "withdrawn"


@pytest.mark.capability("E7")
@pytest.mark.parametrize("hour", [0, 7, 12, 23])
def test_the_overview_has_the_whole_first_day_of_its_span(at: datetime, hour: int) -> None:
    """Days are Shanghai's, whatever zone the database speaks: at 00:30 there the day in UTC is another one."""
    day_begins = at.replace(hour=16, minute=30) + timedelta(days=1)
    moment = day_begins + timedelta(hours=hour)
    order = paid_order(moment, request(make_member(moment), (make_sku(moment), 1)))
    seen = overview(days=2, at=day_begins + timedelta(days=1, hours=1))
    assert (seen["gmv_fen"], seen["agrees"]) == (order.total_fen, True)
    assert [row["orders"] for row in seen["by_day"]] == [1, 0]
