"""What an attacker found, each held by a test: coupons used without end, late money as a loophole, prices upside down."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from factories.campaign import claimed, group_request, make_batch_of, make_campaign_of, with_coupons
from factories.shop import (
    make_member,
    make_merchant,
    make_owner,
    make_sku,
    paid_order,
    pay,
    placed,
    received_order,
    request,
)
from linli.campaigns.models import Campaign, Coupon, CouponBatch, Group, Seat
from linli.campaigns.operations.bargain import begin_bargain
from linli.campaigns.operations.campaign import BadCampaign
from linli.campaigns.operations.coupon import take_gift
from linli.campaigns.operations.coupon_use import hold_coupons
from linli.campaigns.types import Choice
from linli.catalog.models import Offer
from linli.core import events
from linli.core.actor import SYSTEM
from linli.core.refusal import Refusal
from linli.members.models import Member
from linli.trade.models import Order
from linli.trade.operations.aftersale import AskedLine, ask_aftersale, decide_aftersale
from linli.trade.operations.cancel_order import cancel_order
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.group_order import choose_late
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines
from linli.trade.queries.quote import quote
from linli.trade.types import Basket, Line

pytestmark = pytest.mark.usefixtures("holds")


def test_cancelling_one_order_of_a_basket_cancels_the_basket(at: datetime) -> None:
    """Else its coupon would be free again while the other order keeps the price that it made."""
    member = make_member(at)
    coupon = claimed(make_batch_of(at, min_spend_fen=30_000), member, at)
    made = placed(at, with_coupons(request(member, (make_sku(at), 1), (make_sku(at), 1)), coupon))
    assert len(made.orders) == 2
    cancel_order(order=Order.objects.get(order_no=made.orders[0].order_no), actor=SYSTEM, at=at)
    coupon.refresh_from_db()
    assert (set(Order.objects.values_list("state", flat=True)), coupon.state) == ({"cancelled"}, "unused")
    pay(made.charge_no, at)
    assert set(Order.objects.values_list("state", flat=True)) == {"cancelled"}, "late money goes back"


def test_an_order_is_not_whole_while_goods_that_coupons_paid_are_kept(at: datetime) -> None:
    merchant, member = make_merchant(at), make_member(at)
    free, cheap = (
        make_sku(at, price_fen=2000, merchant=merchant),
        make_sku(at, price_fen=100, merchant=merchant),
    )
    coupon = claimed(make_batch_of(at, scope_kind="products", scope_ids=(free.product_id,)), member, at)
    order = received_order(at, with_coupons(request(member, (free, 1), (cheap, 1)), coupon))
    lines = {line.sku_id: line for line in order.lines.all()}
    asked = [AskedLine(lines[cheap.pk].pk, 1)]
    wish = ask_aftersale(order=order, kind="refund", reason="x", lines=asked, actor=SYSTEM, at=at)
    decide_aftersale(aftersale=wish, accept=True, reason="", actor=SYSTEM, at=at)
    order.refresh_from_db()
    coupon.refresh_from_db()
    assert (order.state, order.refunded_fen, coupon.state) == ("received", 100, "used")
    # the goods that cost nothing can be given back too, and then everything is
    wish = ask_aftersale(
        order=order, kind="refund", reason="x", lines=[AskedLine(lines[free.pk].pk, 1)], actor=SYSTEM, at=at
    )
    decide_aftersale(aftersale=wish, accept=True, reason="", actor=SYSTEM, at=at)
    order.refresh_from_db()
    coupon.refresh_from_db()
    assert (order.state, coupon.state) == ("refunded", "unused")


def test_an_order_of_nothing_is_refunded_unit_by_unit(at: datetime) -> None:
    member, sku = make_member(at), make_sku(at, price_fen=1000)
    order = paid_order(at, with_coupons(request(member, (sku, 2)), claimed(make_batch_of(at), member, at)))
    line = order.lines.get().pk
    for n, state in ((1, "paid"), (2, "refunded")):
        assert refund_lines([RefundRequest(order.pk, f"u{n}", (LineRefund(line, 0, 1),))], at=at) == [None]
        assert Order.objects.get().state == state
    assert complete_orders(at=at + timedelta(days=60)) == 0


def late_order(at: datetime, campaign: Campaign, member: Member, **values: Any) -> Order:
    made = placed(at, group_request(member, campaign, **values))
    order = Order.objects.get(order_no=made.orders[0].order_no)
    cancel_order(order=order, actor=SYSTEM, at=at)
    pay(made.charge_no, at)
    return Order.objects.get(pk=order.pk)


def test_late_money_joins_only_groups_of_the_price_it_has_paid(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at, seats=2, steps=((2, 15_900), (10, 9_900)))
    dear = paid_order(at, group_request(make_member(at), campaign))
    group = Group.objects.get(seat_rows__order_no=dear.order_no)
    late = late_order(at, campaign, make_member(at), seats=10)
    assert late.total_fen == 9_900
    assert choose_late(order=late, group_id=group.pk, at=at) == Refusal("other_price")
    assert choose_late(order=late, group_id=0, at=at) is None
    assert Group.objects.filter(state="open", seats=10).count() == 1


def test_the_initiators_discount_is_not_carried_into_another_group(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at, seats=3, leader_cut_fen=1000)
    other = paid_order(at, group_request(make_member(at), campaign))
    late = late_order(at, campaign, make_member(at))
    group = Group.objects.get(seat_rows__order_no=other.order_no)
    assert choose_late(order=late, group_id=group.pk, at=at) == Refusal("other_price")


def test_late_money_stays_within_the_limit_per_member(at: datetime) -> None:
    campaign, member = make_campaign_of(make_sku(at), at, per_member=1), make_member(at)
    late = late_order(at, campaign, member)
    paid_order(at, group_request(member, campaign))
    assert choose_late(order=late, group_id=0, at=at) == Refusal("campaign_limit", {"most": 1, "had": 1})


def test_a_coupon_that_was_given_away_meanwhile_is_not_held(at: datetime) -> None:
    giver, taker = make_member(at), make_member(at)
    coupon = claimed(make_batch_of(at), giver, at)
    take_gift(code=coupon.code, member_id=taker.pk, at=at)
    assert hold_coupons([("x", giver.pk, (coupon.pk,))], at=at) == [coupon.pk]


def test_a_campaign_is_never_dearer_than_the_list_price(at: datetime) -> None:
    sku, member = make_sku(at), make_member(at)
    campaign = make_campaign_of(sku, at, leader_cut_fen=500)
    Offer.objects.filter(sku=sku).update(price_fen=10_000)
    made = placed(at, group_request(member, campaign))
    assert made.total_fen == 9_500
    Offer.objects.filter(sku=sku).update(price_fen=200)
    assert placed(at, group_request(make_member(at), campaign)).total_fen == 0


@pytest.mark.parametrize("kind", ["flash_sale", "bargain", "preview"])
def test_what_only_group_buys_have_is_refused_elsewhere(at: datetime, kind: str) -> None:
    with pytest.raises(BadCampaign) as error:
        make_campaign_of(
            make_sku(at),
            at,
            kind=kind,
            leader_cut_fen=5000,
            newcomers_only=True,
            steps=((3, 15_900), (10**40, -5)),
        )
    assert {"leader_cut_fen", "steps", "newcomers_only"} <= set(error.value.faults)


def test_a_flash_sale_knows_no_initiator(at: datetime) -> None:
    sku = make_sku(at)
    campaign = make_campaign_of(sku, at, kind="flash_sale", seats=10**9, hours=10**9)
    assert (campaign.seats, campaign.hours) == (0, 0)
    asked = request(make_member(at), (sku, 1))
    assert (
        placed(at, replace(asked, basket=replace(asked.basket, choice=Choice(campaign.pk)))).total_fen
        == 15_900
    )


def test_the_price_of_a_bargain_is_its_members_alone(at: datetime) -> None:
    sku, mine, other = make_sku(at), make_member(at), make_member(at)
    campaign = make_campaign_of(sku, at, kind="bargain")
    bargain = begin_bargain(campaign=campaign, member_id=mine.pk, at=at)
    choice = Choice(campaign.pk, bargain_id=bargain.pk)
    refused = quote(Basket(other.pk, (Line(sku.pk, 1),), choice=choice), at=at)
    assert refused == Refusal("no_such_bargain")


def test_batches_of_plans_are_no_ones_to_give_or_stop(at: datetime) -> None:
    from linli.campaigns.operations.coupon import PlanCoupon, give_plan_coupons
    from linli.ledger.operations import post
    from linli.ledger.types import Code, Entry, Leg

    owner = make_owner(at)
    legs = (Leg(Code.recruit_cost, 0, 2000), Leg(Code.coupon_owed, owner.pk, -2000))
    post([Entry("join:test", "test", "owner", legs, at)])
    for _ in range(2):
        give_plan_coupons([PlanCoupon(owner.pk, owner.pk, 2000, 0, 2000)], at=at)
    assert Coupon.objects.count() == 1
    assert list(CouponBatch.objects.managed_by(SYSTEM).made_by_people()) == []


def test_a_seat_is_late_or_seated_never_both(at: datetime) -> None:
    """The choice of a member beside the end of their time: whoever is second finds nothing left to do."""
    from linli.campaigns.operations.late_seat import expire_late_seats

    campaign = make_campaign_of(make_sku(at), at)
    late = late_order(at, campaign, make_member(at))
    assert choose_late(order=late, group_id=0, at=at) is None
    assert expire_late_seats(at=at + timedelta(hours=2)) == 0
    events.deliver_all()
    assert (Seat.objects.get(order_no=late.order_no).state, Order.objects.get(pk=late.pk).state) == (
        "paid",
        "waiting_group",
    )
