"""Gifts: each share an order of its own that waits for its receiver; the address never reaches the giver; what nobody takes is
money again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factories.campaign import claimed, make_batch_of, make_campaign_of, with_coupons
from factories.community import join, make_community, neighbour
from factories.shop import (
    make_member,
    make_merchant,
    make_owner,
    make_sku,
    pay,
    place,
    placed,
    request,
    staff_of,
    stock_of,
)
from linli.campaigns.models import Coupon, Gift, GiftShare
from linli.campaigns.operations.gift import claim_gift, expire_gifts, take_gift_back
from linli.campaigns.operations.points import Granted, grant_points
from linli.campaigns.queries.gift import addresses_of_gifts, gift_face
from linli.campaigns.queries.points import points_of
from linli.campaigns.types import Choice, GiftWish
from linli.catalog.models import Sku
from linli.channels.models import InboxMessage
from linli.core import events
from linli.core.actor import SYSTEM, Actor
from linli.core.refusal import Refusal
from linli.distribution.models import CommissionLine
from linli.ledger.queries import total_fen
from linli.ledger.types import Code
from linli.members.models import Member
from linli.payments.models import Refund
from linli.trade.models import Order
from linli.trade.operations.aftersale import AskedLine, ask_aftersale
from linli.trade.operations.cancel_order import cancel_order
from linli.trade.operations.deliver_order import NotReceivable, NotShippable, confirm_receipt, ship_order
from linli.trade.queries.order import for_the_sender, order_face
from linli.trade.types import PlaceRequest

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("D7")]
HOME = {"name": "收礼人", "phone": "13811112222", "region": "110101", "detail": "东华门街道 9 号"}


def wish(
    giver: Member, sku: Sku, *, quantity: int = 1, key: str | None = None, share_code: str = "", **values: Any
) -> PlaceRequest:
    asked = request(giver, (sku, quantity), key=key, share_code=share_code)
    return replace(asked, address=None, basket=replace(asked.basket, gift=GiftWish(**values)))


def sent(asked: PlaceRequest, at: datetime) -> Gift:
    made = placed(at, asked)
    pay(made.charge_no, at)
    return Gift.objects.get(code=made.gift_code)


def take(gift: Gift, member: Member, at: datetime, address: dict[str, str] = HOME) -> GiftShare:
    share = claim_gift(gift=gift, member_id=member.pk, address=address, at=at)
    events.deliver_all()
    return share


def orders_of(gift: Gift) -> list[Order]:
    return list(Order.objects.filter(checkout_no=gift.checkout_no).order_by("pk"))


def test_a_share_is_an_order_that_waits_for_whoever_takes_it(at: datetime) -> None:
    sku, seller, giver, friend = make_sku(at), make_owner(at), make_member(at), make_member(at)
    gift = sent(wish(giver, sku, quantity=2, words="尝尝", share_code=seller.shop_code), at)
    [order] = orders_of(gift)
    assert (order.state, order.address, order.total_fen) == ("waiting_gift", None, 39_800)
    assert (stock_of(sku), -total_fen([Code.gift_held])) == ((98, 2, 0), 39_800)
    assert CommissionLine.objects.count() == 0, "nobody earns before it is taken"
    with pytest.raises(NotShippable):
        ship_order(order=order, carrier="顺丰速运", tracking_no="SF00000001", actor=SYSTEM, at=at)
    share = take(gift, friend, at)
    assert take(gift, friend, at).pk == share.pk, "a second time gives the same"
    order.refresh_from_db()
    assert (order.state, stock_of(sku), total_fen([Code.gift_held])) == ("paid", (98, 0, 2), 0)
    assert CommissionLine.objects.get(beneficiary_id=seller.pk).amount_fen == 7960
    assert InboxMessage.objects.get(code="gift_taken").member_id == giver.pk


def test_half_a_gift_gives_back_half_its_points(at: datetime) -> None:
    sku, giver, friend = make_sku(at, price_fen=1000), make_member(at), make_member(at)
    grant_points([Granted(giver.pk, "purchase", "x", 500)], at=at)
    asked = wish(giver, sku, quantity=1, shares=2)
    gift = sent(replace(asked, basket=replace(asked.basket, uses_points=True)), at)
    assert points_of([giver.pk], at=at)[giver.pk] == 0
    take(gift, friend, at)
    assert gift.expires_at and expire_gifts(at=gift.expires_at) == 1
    events.deliver_all()
    assert points_of([giver.pk], at=at)[giver.pk] == 250


def test_the_address_never_reaches_the_giver(at: datetime) -> None:
    giver, friend, sku = make_member(at), make_member(at), make_sku(at)
    gift = sent(wish(giver, sku), at)
    share = take(gift, friend, at)
    [order] = orders_of(gift)
    ship_order(
        order=order, carrier="顺丰速运", tracking_no="SF12345678", actor=staff_of(sku.product.merchant), at=at
    )
    order.refresh_from_db()
    seen = repr((order.__dict__, order_face(order), [s.state for s in gift_face(gift).taken]))
    for secret in (*HOME.values(), "SF12345678"):
        assert secret not in seen.replace(gift.code, "")
    assert GiftShare.objects.visible_to(Actor(member_id=giver.pk)).count() == 0
    [face] = for_the_sender([order_face(order)])
    assert (face["address"], face["shipments"][0]["tracking_no"]) == (HOME, "SF12345678")
    assert addresses_of_gifts([order.order_no]) == {share.order_no: HOME}
    with pytest.raises(NotReceivable):
        confirm_receipt(order=order, actor=Actor(member_id=giver.pk), at=at)
    confirm_receipt(order=order, actor=Actor(member_id=friend.pk), at=at)
    order.refresh_from_db()
    assert order.state == "received"
    with pytest.raises(Refusal):
        ask_aftersale(
            order=order,
            kind="return",
            reason="坏了",
            lines=[AskedLine(order.lines.get().pk)],
            actor=Actor(member_id=giver.pk),
            at=at,
        )


def test_shares_travel_on_their_own_and_each_pays_its_freight(at: datetime) -> None:
    sku = make_sku(at, price_fen=3000, merchant=make_merchant(at, freight_fen=600, free_from_fen=9900))
    giver, takers = make_member(at), [make_member(at) for _ in range(4)]
    gift = sent(wish(giver, sku, shares=3), at)
    assert [(o.goods_fen, o.freight_fen) for o in orders_of(gift)] == [(3000, 600)] * 3
    for taker in takers[:3]:
        take(gift, taker, at)
    with pytest.raises(Refusal, match="gift_gone"):
        take(gift, takers[3], at)
    assert sorted(order.state for order in orders_of(gift)) == ["paid"] * 3
    assert {share.receiver_id for share in gift.shares.all()} == {taker.pk for taker in takers[:3]}


def test_what_nobody_takes_goes_back_share_by_share(at: datetime) -> None:
    sku, giver, friend = make_sku(at), make_member(at), make_member(at)
    gift = sent(wish(giver, sku, shares=3), at)
    take(gift, friend, at)
    assert gift.sent_at and gift.expires_at == gift.sent_at + timedelta(hours=72)
    over = gift.expires_at
    assert expire_gifts(at=over - timedelta(seconds=1)) == 0
    with pytest.raises(Refusal, match="gift_over"):
        take(gift, make_member(at), over)
    assert (expire_gifts(at=over), expire_gifts(at=over)) == (1, 0)
    events.deliver_all()
    events.deliver_all()
    assert sorted(order.state for order in orders_of(gift)) == ["paid", "refunded", "refunded"]
    assert (stock_of(sku), total_fen([Code.gift_held])) == ((99, 0, 1), 0)
    assert list(Refund.objects.values_list("amount_fen", "reason")) == [(19_900, "gift_not_taken")] * 2
    assert InboxMessage.objects.filter(code="gift_back", member=giver).count() == 1


def test_the_giver_need_not_wait(at: datetime) -> None:
    gift = sent(wish(make_member(at), make_sku(at)), at)
    assert take_gift_back(gift=gift, at=at) == 1
    events.deliver_all()
    with pytest.raises(Refusal, match="gift_over"):
        take_gift_back(gift=gift, at=at)
    with pytest.raises(Refusal, match="gift_over"):
        take(gift, make_member(at), at)
    assert [order.state for order in orders_of(gift)] == ["refunded"]


def test_an_unpaid_gift_is_nothing_to_take(at: datetime) -> None:
    giver, friend, sku = make_member(at), make_member(at), make_sku(at)
    made = placed(at, wish(giver, sku, shares=2))
    gift = Gift.objects.get(code=made.gift_code)
    assert not Gift.objects.visible_to(Actor(member_id=friend.pk)).exists()
    with pytest.raises(Refusal, match="gift_over"):
        take(gift, friend, at)
    cancel_order(order=orders_of(gift)[0], actor=SYSTEM, at=at)
    assert {share.state for share in gift.shares.all()} == {"freed"} and stock_of(sku) == (100, 0, 0)
    pay(made.charge_no, at)
    assert {share.state for share in gift.shares.all()} == {"freed"}, "late money goes back"
    assert Refund.objects.get().amount_fen == 39_800


def test_who_may_not_take(at: datetime) -> None:
    community = make_community(at)
    giver, stranger = neighbour(community, at), make_member(at)
    gift = sent(wish(giver, make_sku(at), community_id=community.pk), at)
    for member, code in ((giver, "own_gift"), (stranger, "join_first")):
        with pytest.raises(Refusal, match=code):
            take(gift, member, at)
    assert not Gift.objects.visible_to(Actor(member_id=stranger.pk)).exists()
    join(community, stranger, at)
    assert Gift.objects.visible_to(Actor(member_id=stranger.pk)).get() == gift
    assert take(gift, stranger, at).receiver_id == stranger.pk
    outcome = place(at, wish(make_member(at), make_sku(at), community_id=community.pk))
    assert outcome == Refusal("join_first") and Gift.objects.count() == 1


@pytest.mark.parametrize(("values", "code"), [({"shares": 0}, "gift_shares"), ({"shares": 51}, "gift_shares"), ({"words": "好" * 61}, "too_long")])  # fmt: skip
def test_what_a_gift_cannot_be(at: datetime, values: dict[str, Any], code: str) -> None:
    outcome = place(at, wish(make_member(at), make_sku(at), **values))
    assert isinstance(outcome, Refusal) and outcome.code == code


def test_a_gift_is_of_one_kind_and_by_no_campaign(at: datetime) -> None:
    giver, sku = make_member(at), make_sku(at)
    asked = wish(giver, sku)
    two = replace(
        asked,
        basket=replace(
            asked.basket, lines=asked.basket.lines + request(giver, (make_sku(at), 1)).basket.lines
        ),
    )
    campaign = make_campaign_of(sku, at, kind="flash_sale")
    by_campaign = replace(asked, basket=replace(asked.basket, choice=Choice(campaign.pk)))
    assert [place(at, one) for one in (two, by_campaign)] == [Refusal("gift_one_kind"), Refusal("gift_alone")]
    assert Order.objects.count() == 0 and stock_of(sku) == (100, 0, 0)


def test_a_repeated_request_gives_the_same_gift(at: datetime) -> None:
    giver, sku = make_member(at), make_sku(at)
    asked = wish(giver, sku, shares=3, key="once")
    first = placed(at, asked)
    assert place(at, asked) == first and len(first.orders) == 3 and first.gift_code
    assert (Gift.objects.count(), GiftShare.objects.count(), stock_of(sku)) == (1, 3, (97, 3, 0))


def test_a_merchants_coupon_comes_back_with_the_last_share_only(at: datetime) -> None:
    sku, giver, friend = make_sku(at), make_member(at), make_member(at)
    coupon = claimed(make_batch_of(at, merchant_id=sku.product.merchant_id), giver, at)
    gift = sent(with_coupons(wish(giver, sku, shares=2), coupon), at)
    assert [order.total_fen for order in orders_of(gift)] == [18_900, 18_900]
    take(gift, friend, at)
    take_gift_back(gift=gift, at=at)
    events.deliver_all()
    assert Coupon.objects.get(pk=coupon.pk).state == "used", "one share of it was kept"
    other = claimed(make_batch_of(at, merchant_id=sku.product.merchant_id), giver, at)
    gift = sent(with_coupons(wish(giver, sku, shares=2), other), at)
    take_gift_back(gift=gift, at=at)
    events.deliver_all()
    assert Coupon.objects.get(pk=other.pk).state == "unused"


def test_the_database_knows_what_a_taken_share_is(at: datetime) -> None:
    gift = sent(wish(make_member(at), make_sku(at)), at)
    friend = make_member(at)
    for values in (
        {"state": "taken"},
        {"receiver": friend},
        {"address": HOME},
        {"state": "taken", "receiver": friend},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            GiftShare.objects.filter(gift=gift).update(**values)
