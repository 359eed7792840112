"""Coupons: limits that hold, prices that explain themselves, costs that are split, and every return by its rule."""

from datetime import datetime, timedelta

import pytest

from factories.campaign import claimed, group_request, make_batch_of, make_campaign_of, with_coupons
from factories.community import make_community, membership, neighbour
from factories.shop import (
    completed_order,
    make_member,
    make_merchant,
    make_owner,
    make_sku,
    paid_order,
    place,
    placed,
    request,
)
from linli.campaigns.models import Coupon, CouponBatch
from linli.campaigns.operations.coupon import (
    claim_coupons,
    expire_coupons,
    help_grow,
    issue_coupons,
    remind_of_coupons,
    take_gift,
)
from linli.campaigns.operations.coupon_batch import BadBatch, stop_batch
from linli.campaigns.rules.coupon import Asked
from linli.catalog.models import Category
from linli.channels.models import InboxMessage
from linli.community.operations.join import leave
from linli.core import events
from linli.core.actor import SYSTEM
from linli.core.refusal import Refusal
from linli.distribution.models import CommissionLine, Plan
from linli.distribution.operations.owner import open_shop
from linli.distribution.queries.plan import preset
from linli.insight.queries.audience import audience
from linli.ledger.queries import owed_fen, total_fen
from linli.ledger.types import Code
from linli.members.operations.profile import invite
from linli.trade.models import Order
from linli.trade.operations.cancel_order import cancel_order
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("D4")]


def state(coupon: Coupon) -> str:
    coupon.refresh_from_db()
    return coupon.state


def refund(order: Order, fen: int, at: datetime, *, name: str = "r", units: int = 0) -> None:
    asked = RefundRequest(order.pk, f"{name}:{order.pk}", (LineRefund(order.lines.get().pk, fen, units),))
    assert refund_lines([asked], at=at) == [None]


def test_a_platform_coupon_is_paid_by_the_platform_and_commission_is_of_what_was_paid(at: datetime) -> None:
    """Worked example E9 of the plan: 19,900 less 2,000, commission of 17,900."""
    merchant = make_merchant(at)
    sku, seller, member = make_sku(at, merchant=merchant), make_owner(at), make_member(at)
    coupon = claimed(make_batch_of(at), member, at)
    order = completed_order(
        at,
        with_coupons(request(member, (sku, 1), share_code=seller.shop_code), coupon),
        at + timedelta(days=8),
    )
    assert order.lines.get().reasons == [
        {"code": "list_price", "fen": 19_900},
        {"code": "platform_coupon", "fen": -2000},
    ]
    assert (order.total_fen, order.lines.get().subsidy_fen, state(coupon)) == (17_900, 2000, "used")
    assert CommissionLine.objects.get(beneficiary_id=seller.pk).amount_fen == 3580
    # fee of 2 % on what was paid; the merchant has the rest and the platform's 2,000
    assert owed_fen(Code.merchant_available, [merchant.pk])[merchant.pk] == 17_900 - 358 - 3580 + 2000
    assert total_fen([Code.campaign_cost]) == 2000


def test_a_merchants_coupon_is_paid_by_the_merchant(at: datetime) -> None:
    merchant = make_merchant(at)
    sku, member = make_sku(at, merchant=merchant), make_member(at)
    coupon = claimed(make_batch_of(at, merchant_id=merchant.pk), member, at)
    order = paid_order(at, with_coupons(request(member, (sku, 1)), coupon))
    assert (order.total_fen, order.lines.get().subsidy_fen, total_fen([Code.campaign_cost])) == (17_900, 0, 0)
    assert order.lines.get().reasons[-1] == {"code": "merchant_coupon", "fen": -2000}


def test_both_kinds_stack_in_order_and_their_parts_sum_exactly(at: datetime) -> None:
    """macrozheng's mall lost a cent of 10 over 10/10/10; the largest remainder loses none."""
    merchant = make_merchant(at)
    skus = [make_sku(at, price_fen=1000, merchant=merchant, title=f"样品{n}") for n in range(3)]
    member = make_member(at)
    mine = claimed(make_batch_of(at, merchant_id=merchant.pk, face_fen=1000), member, at)
    platform = claimed(
        make_batch_of(at, kind="percent", face_fen=0, percent_bp=1000, cap_fen=500, platform_share_bp=5000),
        member,
        at,
    )
    made = placed(at, with_coupons(request(member, *((sku, 1) for sku in skus)), mine, platform))
    order = Order.objects.get(order_no=made.orders[0].order_no)
    cuts = [[reason["fen"] for reason in line.reasons] for line in order.lines.all()]
    assert cuts == [[1000, -334, -66], [1000, -333, -67], [1000, -333, -67]]
    assert (order.goods_fen, [line.subsidy_fen for line in order.lines.all()]) == (1800, [33, 33, 33])


@pytest.mark.parametrize(
    ("kind", "code"),
    [("spend", "coupon_below"), ("products", "coupon_not_for_these"), ("categories", "coupon_not_for_these")],
)
def test_a_coupon_that_does_nothing_is_refused_not_swallowed(at: datetime, kind: str, code: str) -> None:
    sku, other, member = make_sku(at), make_sku(at), make_member(at)
    values = {
        "spend": {"min_spend_fen": 20_000},
        "products": {"scope_kind": "products", "scope_ids": (other.product_id,)},
        "categories": {"scope_kind": "categories", "scope_ids": (Category.objects.create(name="茶").pk,)},
    }[kind]
    coupon = claimed(make_batch_of(at, **values), member, at)
    refused = place(at, with_coupons(request(member, (sku, 1)), coupon))
    assert isinstance(refused, Refusal) and refused.code == code
    assert state(coupon) == "unused"


def test_coupons_that_are_not_theirs_used_or_over_are_refused(at: datetime) -> None:
    sku, member, other = make_sku(at), make_member(at), make_member(at)
    batch = make_batch_of(at, per_member=2)
    coupon, second = claimed(batch, member, at), claimed(batch, member, at)

    def code(asked_at: datetime, *coupons: Coupon, who=member) -> str:  # type: ignore[no-untyped-def]
        outcome = place(asked_at, with_coupons(request(who, (sku, 1)), *coupons))
        return outcome.code if isinstance(outcome, Refusal) else "placed"

    assert code(at, coupon, who=other) == "no_such_coupon"
    assert code(at, coupon, second) == "coupons_do_not_stack"
    assert code(at + timedelta(days=7), coupon) == "coupon_expired"
    assert code(at, coupon) == "placed"
    assert code(at, coupon) == "coupon_used"


def test_an_unpaid_order_gives_its_coupon_back(at: datetime) -> None:
    sku, member = make_sku(at), make_member(at)
    coupon = claimed(make_batch_of(at), member, at)
    made = placed(at, with_coupons(request(member, (sku, 1)), coupon))
    assert state(coupon) == "held"
    cancel_order(order=Order.objects.get(order_no=made.orders[0].order_no), actor=SYSTEM, at=at)
    assert (state(coupon), coupon.checkout_no) == ("unused", "")


def test_a_part_refund_takes_the_platforms_part_back_and_only_a_whole_one_the_coupon(at: datetime) -> None:
    """django-oscar, litemall and WooCommerce return the coupon on no refund, or on any."""
    sku, member = make_sku(at), make_member(at)
    coupon = claimed(make_batch_of(at), member, at)
    order = paid_order(at, with_coupons(request(member, (sku, 1)), coupon))
    refund(order, 5_000, at, name="part")
    assert (state(coupon), total_fen([Code.campaign_cost])) == ("used", 2000 * 12_900 // 17_900)
    refund(order, 12_900, at, name="rest", units=1)
    assert (state(coupon), total_fen([Code.campaign_cost])) == ("unused", 0)
    assert placed(at, with_coupons(request(member, (sku, 1)), coupon)).total_fen == 17_900


def test_a_coupon_returned_after_its_time_stays_used(at: datetime) -> None:
    sku, member = make_sku(at), make_member(at)
    coupon = claimed(make_batch_of(at, valid_days=1), member, at)
    order = paid_order(at, with_coupons(request(member, (sku, 1)), coupon))
    refund(order, 17_900, at + timedelta(days=2), units=1)
    assert state(coupon) == "used"


def test_goods_that_coupons_pay_whole_are_an_order_of_nothing(at: datetime) -> None:
    sku, member = make_sku(at, price_fen=1500), make_member(at)
    coupon = claimed(make_batch_of(at), member, at)
    order = paid_order(at, with_coupons(request(member, (sku, 2)), coupon))
    assert (order.total_fen, order.state) == (1000, "paid")
    free = claimed(make_batch_of(at), member, at)
    nothing = paid_order(at, with_coupons(request(member, (sku, 1)), free))
    assert (nothing.total_fen, nothing.state, nothing.lines.get().subsidy_fen) == (0, "paid", 1500)
    refund(nothing, 0, at, units=1)
    assert (Order.objects.get(pk=nothing.pk).state, state(free)) == ("refunded", "unused")


def test_a_campaign_takes_coupons_only_when_its_merchant_allows_it(at: datetime) -> None:
    sku, member = make_sku(at), make_member(at)
    coupon = claimed(make_batch_of(at), member, at)
    strict = make_campaign_of(sku, at)
    refused = place(at, with_coupons(group_request(member, strict), coupon))
    assert isinstance(refused, Refusal) and refused.code == "coupon_not_for_these"
    generous = make_campaign_of(sku, at, stacks_with=("platform_coupon",))
    assert placed(at, with_coupons(group_request(member, generous), coupon)).total_fen == 13_900


def test_claims_stop_at_the_limit_of_the_member_and_of_the_batch(at: datetime) -> None:
    batch = make_batch_of(at, quantity=3, per_member=2)
    first, second = make_member(at), make_member(at)
    asked = [Asked(batch.pk, member.pk) for member in (first, first, first, second, second)]
    outcomes = claim_coupons(asked, at=at)
    assert [isinstance(one, int) for one in outcomes] == [True, True, False, True, False]
    assert outcomes[2] == Refusal("already_claimed") and outcomes[4] == Refusal("gone")
    assert CouponBatch.objects.get().issued_count == 3


def test_a_claim_code_opens_what_is_not_public_and_a_stopped_batch_gives_nothing(at: datetime) -> None:
    batch = make_batch_of(at, claim_code="spring")
    member = make_member(at)
    assert claim_coupons([Asked(batch.pk, member.pk)], at=at) == [Refusal("wrong_claim_code")]
    [coupon_id] = claim_coupons([Asked(batch.pk, member.pk, "Spring ")], at=at)
    assert isinstance(coupon_id, int)
    stop_batch(batch=batch, actor=SYSTEM, at=at)
    assert claim_coupons([Asked(batch.pk, make_member(at).pk, "SPRING")], at=at) == [Refusal("claim_over")]
    assert claim_coupons([Asked(0, member.pk)], at=at) == [Refusal("no_such_batch")]


def test_issuing_reaches_whom_it_may_and_tells_them(at: datetime) -> None:
    batch = make_batch_of(at, quantity=2, is_public=False)
    members = [make_member(at) for _ in range(3)]
    assert claim_coupons([Asked(batch.pk, members[0].pk)], at=at) == [Refusal("no_such_batch")]
    assert issue_coupons(batch=batch, member_ids=[member.pk for member in members], at=at) == 2
    assert issue_coupons(batch=batch, member_ids=[members[0].pk], at=at) == 0
    assert InboxMessage.objects.filter(code="coupon_issued").count() == 2


def test_a_growth_coupon_grows_by_each_friend_once_and_freezes_when_it_is_used(at: datetime) -> None:
    batch = make_batch_of(at, kind="growth", face_fen=500, step_fen=400, cap_fen=1200)
    member, friends = make_member(at), [make_member(at) for _ in range(3)]
    coupon = claimed(batch, member, at)

    def help_by(friend_id: int) -> str:
        try:
            return str(help_grow(code=coupon.code, helper_id=friend_id, at=at).face_fen)
        except Refusal as error:
            return error.code

    assert help_by(member.pk) == "own_coupon"
    assert [help_by(friends[0].pk), help_by(friends[0].pk)] == ["900", "helped_before"]
    assert [help_by(friends[1].pk), help_by(friends[2].pk)] == ["1200", "coupon_grown"]
    order = placed(at, with_coupons(request(member, (make_sku(at), 1)), Coupon.objects.get(pk=coupon.pk)))
    assert (order.total_fen, help_by(friends[2].pk)) == (18_700, "not_growing")


def test_a_coupon_given_away_is_the_takers_and_its_code_is_spent(at: datetime) -> None:
    giver, taker = make_member(at), make_member(at)
    coupon = claimed(make_batch_of(at), giver, at)
    code = coupon.code
    with pytest.raises(Refusal):
        take_gift(code=code, member_id=giver.pk, at=at)
    assert take_gift(code=code, member_id=taker.pk, at=at).member_id == taker.pk
    with pytest.raises(Coupon.DoesNotExist):
        take_gift(code=code, member_id=make_member(at).pk, at=at)
    # who gave it away has had their one of the batch
    assert claim_coupons([Asked(coupon.batch_id, giver.pk)], at=at) == [Refusal("already_claimed")]


def test_coupons_end_with_a_word_before(at: datetime) -> None:
    coupon = claimed(make_batch_of(at, valid_days=3), make_member(at), at)
    assert remind_of_coupons(at=at) == 0
    assert [remind_of_coupons(at=at + timedelta(days=2)) for _ in range(2)] == [1, 0]
    assert expire_coupons(at=at + timedelta(days=3)) == 1
    assert (state(coupon), InboxMessage.objects.get().code) == ("expired", "coupon_ends")


def test_the_plans_invitation_coupon_is_owed_until_it_is_used_or_ends(at: datetime) -> None:
    """20 yuan without threshold: in the ledger at the joining, spent as a coupon like any other."""
    Plan.objects.create(
        name="wanwu",
        version=1,
        document=preset("wanwu"),
        document_hash="t",
        active_from=at - timedelta(days=1),
    )
    inviter = make_owner(at)
    for _ in range(2):
        invitation = invite(inviter=inviter.member, at=at)
        open_shop(member=make_member(at), invitation=invitation, shop_name="新店", at=at)
    events.deliver_all()
    first, second = Coupon.objects.filter(member=inviter.member)
    assert owed_fen(Code.coupon_owed, [inviter.pk])[inviter.pk] == 4000
    order = paid_order(at, with_coupons(request(inviter.member, (make_sku(at), 1)), first))
    assert (order.total_fen, owed_fen(Code.coupon_owed, [inviter.pk])[inviter.pk]) == (13_920, 2000)
    assert total_fen([Code.campaign_cost]) == 0  # the cost was booked when it was promised
    refund(order, 13_920, at, units=1)
    assert (state(first), owed_fen(Code.coupon_owed, [inviter.pk])[inviter.pk]) == ("unused", 4000)
    assert expire_coupons(at=at + timedelta(days=181)) == 2
    assert owed_fen(Code.coupon_owed, [inviter.pk])[inviter.pk] == 0
    assert -total_fen([Code.breakage]) == 4000
    assert state(second) == "expired"


def test_the_welcome_coupon_of_the_default_plan_costs_nothing_until_it_is_used(at: datetime) -> None:
    inviter = make_owner(at)
    newcomer = make_member(at)
    open_shop(member=newcomer, invitation=invite(inviter=inviter.member, at=at), shop_name="新店", at=at)
    events.deliver_all()
    coupon = Coupon.objects.get()
    assert (coupon.member_id, coupon.owed_fen, coupon.batch.min_spend_fen) == (newcomer.pk, 0, 9900)
    order = paid_order(at, with_coupons(request(newcomer, (make_sku(at), 1)), coupon))
    assert (order.total_fen, total_fen([Code.campaign_cost])) == (13_920, 2000)


def test_a_batch_says_what_it_can_cost_and_refuses_what_it_cannot_be(at: datetime) -> None:
    with pytest.raises(BadBatch) as error:
        make_batch_of(at, kind="percent", percent_bp=1000, quantity=0, valid_days=400)
    assert error.value.faults == {
        "quantity": "out_of_range",
        "valid_days": "out_of_range",
        "cap_fen": "cap_needed",
    }
    with pytest.raises(BadBatch) as error:
        make_batch_of(at, merchant_id=make_merchant(at).pk, platform_share_bp=5000)
    assert error.value.faults == {"platform_share_bp": "merchant_pays_itself"}


@pytest.mark.capability("D4")
def test_a_batch_is_for_goods_that_exist_and_are_the_merchants_own(at: datetime) -> None:
    mine, others = make_sku(at), make_sku(at, merchant=make_merchant(at))
    for values in (
        {
            "merchant_id": mine.product.merchant_id,
            "scope_kind": "products",
            "scope_ids": (others.product_id,),
        },
        {"scope_kind": "products", "scope_ids": (mine.product_id, 987_654)},
        {"scope_kind": "categories", "scope_ids": (987_654,)},
    ):
        with pytest.raises(BadBatch) as refused:
            make_batch_of(at, **values)
        assert refused.value.faults == {"scope": "strange_goods"}
    make_batch_of(at, scope_kind="products", scope_ids=(mine.product_id, others.product_id))


def test_coupons_for_a_community_reach_its_members_and_a_merchants_only_its_buyers(at: datetime) -> None:
    community, sku = make_community(at), make_sku(at)
    buyer, reader, stranger = neighbour(community, at), neighbour(community, at), make_member(at)
    paid_order(at, request(buyer, (sku, 1)))
    name = f"community:{community.pk}"
    assert audience(name, merchant_id=0, limit=9, at=at) == [buyer.pk, reader.pk]
    assert audience(name, merchant_id=sku.product.merchant_id, limit=9, at=at) == [buyer.pk]
    leave(membership=membership(community, reader))
    assert audience(name, merchant_id=0, limit=9, at=at) == [buyer.pk]
    for odd in ("community:", "community:x", "community:\u00b2", "community:999999", "nobody"):
        assert audience(odd, merchant_id=0, limit=9, at=at) == []
    members = audience(name, merchant_id=0, limit=9, at=at)
    assert issue_coupons(batch=make_batch_of(at), member_ids=members, at=at) == 1
    assert not Coupon.objects.filter(member=stranger).exists()
