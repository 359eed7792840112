"""Group buys: seats are held with the order, full groups are sales, failed ones go back, nobody is invented."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from factories.campaign import group_request, make_campaign_of
from factories.community import join, make_community, membership, neighbour
from factories.shop import (
    make_member,
    make_owner,
    make_sku,
    paid_order,
    pay,
    place,
    placed,
    request,
    staff_of,
    stock_of,
)
from linli.campaigns.models import Campaign, Group, Seat
from linli.campaigns.operations.campaign import BadCampaign, stop_campaign
from linli.campaigns.operations.group import NotCompletable, complete_group, expire_groups
from linli.campaigns.operations.late_seat import expire_late_seats
from linli.channels.models import InboxMessage
from linli.community.operations.join import leave
from linli.core import events
from linli.core.actor import SYSTEM, Actor
from linli.core.refusal import Refusal
from linli.distribution.models import CommissionLine
from linli.insight.queries.overview import overview
from linli.ledger.queries import total_fen
from linli.ledger.types import Code
from linli.payments.models import Charge, Refund
from linli.trade.models import Order
from linli.trade.operations.aftersale import AskedLine, ask_aftersale, decide_aftersale
from linli.trade.operations.cancel_order import cancel_order
from linli.trade.operations.deliver_order import NotShippable, ship_order
from linli.trade.operations.group_order import choose_late
from linli.trade.types import Line, Placed

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("D1")]


def group_of(order: Order) -> Group:
    return Group.objects.get(seat_rows__order_no=order.order_no)


def counts(campaign: Campaign) -> tuple[int, int, int]:
    campaign.refresh_from_db()
    return campaign.available_count, campaign.held_count, campaign.sold_count


def states(*orders: Order) -> list[str]:
    return [Order.objects.get(pk=order.pk).state for order in orders]


def close(slow: Placed, at: datetime) -> None:
    """What the passing of time does to an unpaid order."""
    cancel_order(order=Order.objects.get(order_no=slow.orders[0].order_no), actor=SYSTEM, at=at)


def test_three_people_fill_a_group_and_all_win(at: datetime) -> None:
    sku, seller = make_sku(at), make_owner(at)
    campaign = make_campaign_of(sku, at)
    first = paid_order(at, group_request(make_member(at), campaign, share_code=seller.shop_code))
    group = group_of(first)
    second = paid_order(at, group_request(make_member(at), campaign, group_id=group.pk))
    assert states(first, second) == ["waiting_group", "waiting_group"]
    assert (stock_of(sku), counts(campaign)) == ((98, 2, 0), (28, 2, 0))
    assert CommissionLine.objects.count() == 0
    assert -total_fen([Code.group_held]) == 31_800
    with pytest.raises(NotShippable):
        ship_order(order=first, carrier="顺丰速运", tracking_no="SF00000001", actor=SYSTEM, at=at)
    third = paid_order(at, group_request(make_member(at), campaign, group_id=group.pk))
    assert states(first, second, third) == ["paid"] * 3
    assert (stock_of(sku), counts(campaign)) == ((97, 0, 3), (27, 0, 3))
    assert total_fen([Code.group_held]) == 0
    commission = CommissionLine.objects.get(beneficiary_id=seller.pk)
    assert (commission.amount_fen, commission.base_fen) == (3180, 15_900)
    assert first.lines.get().reasons == [
        {"code": "list_price", "fen": 19_900},
        {"code": "group_buy", "fen": -4000},
    ]
    assert InboxMessage.objects.filter(code="group_full").count() == 3


def test_a_group_whose_time_is_over_refunds_each_seat_on_its_own(at: datetime) -> None:
    """likeshop refunds all in one transaction and forgets them when one fails; here each refund has its own retries."""
    sku = make_sku(at)
    campaign = make_campaign_of(sku, at)
    first = paid_order(at, group_request(make_member(at), campaign))
    second = paid_order(at, group_request(make_member(at), campaign, group_id=group_of(first).pk))
    assert expire_groups(at=at + timedelta(hours=23)) == 0
    assert expire_groups(at=at + timedelta(hours=24)) == 1
    events.deliver_all()
    events.deliver_all()
    assert states(first, second) == ["refunded", "refunded"]
    assert (stock_of(sku), counts(campaign)) == ((100, 0, 0), (30, 0, 0))
    assert sorted(Refund.objects.values_list("order_no", "amount_fen", "state")) == sorted(
        [(first.order_no, 15_900, "waiting"), (second.order_no, 15_900, "waiting")]
    )
    assert expire_groups(at=at + timedelta(hours=25)) == 0
    assert InboxMessage.objects.filter(code="group_failed").count() == 2


def test_a_seat_is_held_with_the_order_and_freed_when_it_is_not_paid(at: datetime) -> None:
    sku = make_sku(at)
    campaign = make_campaign_of(sku, at, seats=2)
    first = paid_order(at, group_request(make_member(at), campaign))
    group = group_of(first)
    slow = placed(at, group_request(make_member(at), campaign, group_id=group.pk))
    assert place(at, group_request(make_member(at), campaign, group_id=group.pk)) == Refusal("group_full")
    close(slow, at)
    assert Seat.objects.get(order_no=slow.orders[0].order_no).state == "freed"
    third = paid_order(at, group_request(make_member(at), campaign, group_id=group.pk))
    assert states(first, third) == ["paid", "paid"]


def test_late_money_is_nobodys_guess_its_member_chooses(at: datetime) -> None:
    """likeshop moves a late payer to a random other group without asking; CRMEB keeps a seat that no task visits."""
    campaign = make_campaign_of(make_sku(at), at, seats=2)
    first = paid_order(at, group_request(make_member(at), campaign))
    group = group_of(first)
    slow = placed(at, group_request(make_member(at), campaign, group_id=group.pk))
    close(slow, at)
    paid_order(at, group_request(make_member(at), campaign, group_id=group.pk))
    pay(slow.charge_no, at)
    late = Order.objects.get(order_no=slow.orders[0].order_no)
    seat = Seat.objects.get(order_no=late.order_no)
    assert (late.state, seat.state) == ("waiting_group", "late")
    assert counts(campaign) == (28, 0, 2)
    other = paid_order(at, group_request(make_member(at), campaign))
    assert choose_late(order=late, group_id=group.pk, at=at) == Refusal("group_full")
    assert choose_late(order=late, group_id=group_of(other).pk, at=at) is None
    events.deliver_all()
    assert states(late, other) == ["paid", "paid"]
    assert choose_late(order=late, group_id=None, at=at) == Refusal("not_late")


@pytest.mark.parametrize("choice", ["own", "refund", "nothing"])
def test_a_late_payer_opens_a_group_or_has_the_money_back(at: datetime, choice: str) -> None:
    sku = make_sku(at)
    campaign = make_campaign_of(sku, at, seats=2)
    slow = placed(at, group_request(make_member(at), campaign))
    close(slow, at)
    pay(slow.charge_no, at)
    order = Order.objects.get(order_no=slow.orders[0].order_no)
    if choice == "own":
        assert choose_late(order=order, group_id=0, at=at) is None
        assert (group_of(order).taken_count, stock_of(sku), counts(campaign)) == (1, (99, 1, 0), (29, 1, 0))
        return
    if choice == "refund":
        assert choose_late(order=order, group_id=None, at=at) is None
    else:
        assert expire_late_seats(at=at + timedelta(minutes=59)) == 0
        assert expire_late_seats(at=at + timedelta(minutes=61)) == 1
    events.deliver_all()
    events.deliver_all()
    assert states(order) == ["refunded"]
    assert Refund.objects.get().amount_fen == 15_900
    assert (stock_of(sku), counts(campaign)) == ((100, 0, 0), (30, 0, 0))


def test_a_payment_for_a_held_seat_of_a_failed_group_is_late(at: datetime) -> None:
    sku = make_sku(at)
    campaign = make_campaign_of(sku, at, hours=1)
    slow = placed(at, group_request(make_member(at), campaign))
    expire_groups(at=at + timedelta(hours=1))
    pay(slow.charge_no, at)
    order = Order.objects.get(order_no=slow.orders[0].order_no)
    assert (order.state, stock_of(sku), counts(campaign)) == ("waiting_group", (100, 0, 0), (30, 0, 0))
    stop_campaign(campaign=campaign, actor=SYSTEM, at=at)
    assert choose_late(order=order, group_id=0, at=at) == Refusal("campaign_over")


def test_nobody_sits_twice_in_a_group_and_the_initiator_counts_once(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at)
    member = make_member(at)
    order = paid_order(at, group_request(member, campaign))
    again = place(at, group_request(member, campaign, group_id=group_of(order).pk))
    assert again == Refusal("already_in_group")


def test_a_seat_without_a_person_cannot_be_written(at: datetime) -> None:
    """CRMEB, yudao, lilishop and likeshop fill groups with invented members; here the schema has no place for one."""
    campaign = make_campaign_of(make_sku(at), at)
    group = group_of(paid_order(at, group_request(make_member(at), campaign)))
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(
            group=group, campaign=campaign, member_id=None, order_no="x", quantity=1, price_fen=1, taken_at=at
        )
    assert [field.name for field in Group._meta.get_fields() if "virtual" in field.name] == []


def test_the_merchant_completes_a_group_and_it_stays_as_small_as_it_is(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at, seats=5)
    order = paid_order(at, group_request(make_member(at), campaign))
    slow = placed(at, group_request(make_member(at), campaign, group_id=group_of(order).pk))
    complete_group(group=group_of(order), actor=Actor(member_id=7), at=at)
    events.deliver_all()
    group = group_of(order)
    assert (group.state, group.paid_count, group.completed_by_id, states(order)) == ("full", 1, 7, ["paid"])
    pay(slow.charge_no, at)
    assert Order.objects.get(order_no=slow.orders[0].order_no).state == "paid"
    with pytest.raises(NotCompletable):
        complete_group(group=group, actor=SYSTEM, at=at)


def test_steps_fall_with_more_people_and_the_group_keeps_the_step_it_was_opened_with(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at, seats=2, steps=((2, 15_900), (5, 13_900)))
    order = placed(at, group_request(make_member(at), campaign, seats=5))
    assert order.total_fen == 13_900
    group = Group.objects.get()
    joined = placed(at, group_request(make_member(at), campaign, group_id=group.pk))
    assert (group.seats, joined.total_fen) == (5, 13_900)
    assert place(at, group_request(make_member(at), campaign, seats=4)) == Refusal("no_such_step")


def test_the_initiator_pays_less_and_says_why(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at, leader_cut_fen=500)
    first = paid_order(at, group_request(make_member(at), campaign))
    joined = placed(at, group_request(make_member(at), campaign, group_id=group_of(first).pk))
    assert (first.total_fen, joined.total_fen) == (15_400, 15_900)
    assert first.lines.get().reasons[-1] == {"code": "leader_cut", "fen": -500}


def test_a_newcomer_group_takes_only_those_who_never_bought(at: datetime) -> None:
    sku = make_sku(at)
    campaign = make_campaign_of(sku, at, newcomers_only=True)
    old = make_member(at)
    paid_order(at, request(old, (sku, 1)))
    group = group_of(paid_order(at, group_request(old, campaign)))
    other = make_member(at)
    paid_order(at, request(other, (sku, 1)))
    assert place(at, group_request(other, campaign, group_id=group.pk)) == Refusal("newcomers_only")
    placed(at, group_request(make_member(at), campaign, group_id=group.pk))


def test_the_campaigns_units_and_its_limit_per_member_hold(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at, stock_count=3, per_member=2)
    member = make_member(at)
    placed(at, group_request(member, campaign, quantity=2))
    assert place(at, group_request(member, campaign)) == Refusal("campaign_limit", {"most": 2, "had": 2})
    refused = place(at, group_request(make_member(at), campaign, quantity=2))
    assert refused == Refusal("sold_out", {"sku_id": str(campaign.sku_id), "left": 1})
    assert counts(campaign) == (1, 2, 0)


def test_what_is_short_of_stock_gives_its_seat_back(at: datetime) -> None:
    sku = make_sku(at, stock=1)
    campaign = make_campaign_of(sku, at)
    placed(at, group_request(make_member(at), campaign))
    assert place(at, group_request(make_member(at), campaign)) == Refusal("sold_out", {"sku_id": str(sku.pk)})
    assert (counts(campaign), Group.objects.filter(state="open").count()) == ((29, 1, 0), 1)


def test_a_campaign_begins_and_ends_on_the_second(at: datetime) -> None:
    sku = make_sku(at)
    campaign = make_campaign_of(sku, at, starts_at=at + timedelta(hours=1), ends_at=at + timedelta(hours=2))
    asked = group_request(make_member(at), campaign)
    early = place(at + timedelta(minutes=59, seconds=59), asked)
    assert isinstance(early, Refusal) and early.code == "not_started"
    assert placed(at + timedelta(hours=1), asked).total_fen == 15_900
    over = place(at + timedelta(hours=2), group_request(make_member(at), campaign))
    assert over == Refusal("campaign_over")
    with pytest.raises(BadCampaign) as error:
        make_campaign_of(sku, at, price_fen=19_900, seats=1, steps=((1, 19_900), (3, 20_000)))
    assert error.value.faults == {
        "price_fen": "not_below_the_price",
        "seats": "group_seats",
        "steps": "steps_must_fall",
    }


def test_a_cancelled_order_frees_its_seat_and_an_empty_group_ends(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at)
    made = placed(at, group_request(make_member(at), campaign))
    order = Order.objects.get(order_no=made.orders[0].order_no)
    group = group_of(order)
    cancel_order(order=order, actor=SYSTEM, at=at)
    group.refresh_from_db()
    assert (group.state, group.taken_count, counts(campaign)) == ("failed", 0, (30, 0, 0))
    assert Charge.objects.get().state == "closed"


def test_a_basket_of_a_campaign_is_its_one_sku(at: datetime) -> None:
    sku, other = make_sku(at), make_sku(at)
    campaign = make_campaign_of(sku, at)
    asked = group_request(make_member(at), campaign)
    wrong = replace(asked, basket=replace(asked.basket, lines=(Line(sku.pk, 1), Line(other.pk, 1))))
    assert place(at, wrong) == Refusal("not_the_campaigns_goods")


def test_an_owner_keeps_the_own_purchase_saving_on_a_group_price(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at)
    owner = make_owner(at)
    made = placed(at, group_request(owner.member, campaign))
    assert made.total_fen == 15_900 - 3180


def test_the_overview_agrees_with_the_ledger_on_sales_of_groups(at: datetime) -> None:
    """Their money comes to the sale from what was held, not from the gateway; money of open groups is no sale yet."""
    campaign = make_campaign_of(make_sku(at), at, seats=2)
    first = paid_order(at, group_request(make_member(at), campaign))
    later = at + timedelta(hours=1)
    assert overview(days=2, at=later)["gmv_fen"] == 0
    paid_order(at, group_request(make_member(at), campaign, group_id=group_of(first).pk))
    seen = overview(days=2, at=later)
    assert (seen["gmv_fen"], seen["ledger_gmv_fen"], seen["agrees"]) == (2 * 15_900, 2 * 15_900, True)


def test_a_campaign_of_a_community_is_for_its_members(at: datetime) -> None:
    community = make_community(at)
    campaign = make_campaign_of(make_sku(at), at, seats=2, community_id=community.pk)
    inside, outside = neighbour(community, at), make_member(at)
    assert place(at, group_request(outside, campaign)) == Refusal("community_only", {})
    opened = paid_order(at, group_request(inside, campaign))
    group = campaign.groups.get()
    assert place(at, group_request(outside, campaign, group_id=group.pk)) == Refusal("community_only", {})
    join(community, outside, at)
    paid_order(at, group_request(outside, campaign, group_id=group.pk))
    assert (Group.objects.get().state, Order.objects.get(pk=opened.pk).state) == ("full", "paid")
    leave(membership=membership(community, outside))
    assert place(at, group_request(outside, campaign)) == Refusal("community_only", {})


@pytest.mark.capability("D8")
@pytest.mark.usefixtures("holds")
def test_what_was_refunded_counts_against_the_limit_as_the_page_says(at: datetime) -> None:
    campaign, buyer = make_campaign_of(make_sku(at), at, seats=2, per_member=1), make_member(at)
    order = paid_order(at, group_request(buyer, campaign))
    paid_order(at, group_request(make_member(at), campaign, group_id=campaign.groups.get().pk))
    order.refresh_from_db()
    asked = ask_aftersale(
        order=order, kind="refund", reason="不要了", lines=[AskedLine(order.lines.get().pk)],
        actor=Actor(member_id=buyer.pk), at=at,
    )  # fmt: skip
    decide_aftersale(aftersale=asked, accept=True, reason="", actor=staff_of(order.merchant), at=at)
    assert place(at, group_request(buyer, campaign)) == Refusal("campaign_limit", {"most": 1, "had": 1})
