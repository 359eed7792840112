"""Points: given once for a reason, spent oldest first, back when everything went back, breakage when their time is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from factories.campaign import claimed, group_request, make_batch_of, make_campaign_of, with_coupons
from factories.shop import make_member, make_sku, paid_order, place, placed, received_order, request
from linli.campaigns.models import PointGrant
from linli.campaigns.operations.group import expire_groups
from linli.campaigns.operations.points import CheckedIn, Granted, check_in, expire_points, grant_points
from linli.campaigns.queries.points import points_lines, points_of
from linli.core import events
from linli.core.actor import SYSTEM
from linli.ledger.queries import owed_fen, total_fen
from linli.ledger.types import Code
from linli.members.models import Member
from linli.trade.models import Order
from linli.trade.operations.cancel_order import cancel_order
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines
from linli.trade.types import PlaceRequest

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("D5")]


def held(member: Member, at: datetime) -> int:
    return points_of([member.pk], at=at)[member.pk]


def give(member: Member, count: int, at: datetime, name: str = "x") -> None:
    grant_points([Granted(member.pk, "purchase", name, count)], at=at)


def with_points(asked: PlaceRequest) -> PlaceRequest:
    return replace(asked, basket=replace(asked.basket, uses_points=True))


def test_checking_in_gives_more_with_every_day_without_a_gap(at: datetime) -> None:
    member = make_member(at)
    morning = datetime(2026, 11, 2, 1, tzinfo=UTC)
    days = [check_in(member_id=member.pk, at=morning + timedelta(days=n)) for n in range(9)]
    assert days == [5, 10, 15, 20, 25, 30, 50, 50, 50]
    with pytest.raises(CheckedIn):
        check_in(member_id=member.pk, at=morning + timedelta(days=8, hours=5))
    assert check_in(member_id=member.pk, at=morning + timedelta(days=10)) == 5
    assert owed_fen(Code.points_owed, [member.pk])[member.pk] == sum(days) + 5


def test_the_day_is_the_shops_day(at: datetime) -> None:
    member = make_member(at)
    check_in(member_id=member.pk, at=datetime(2026, 11, 2, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai
    assert check_in(member_id=member.pk, at=datetime(2026, 11, 2, 16, 0, tzinfo=UTC)) == 10


def test_points_pay_at_most_half_and_the_platform_bears_them(at: datetime) -> None:
    member, sku = make_member(at), make_sku(at, price_fen=1000)
    give(member, 800, at)
    order = paid_order(at, with_points(request(member, (sku, 1))))
    assert order.lines.get().reasons == [{"code": "list_price", "fen": 1000}, {"code": "points", "fen": -500}]
    assert (order.total_fen, order.lines.get().subsidy_fen, held(member, at)) == (500, 500, 300)
    assert owed_fen(Code.points_owed, [member.pk])[member.pk] == 300
    assert (total_fen([Code.points_cost]), total_fen([Code.campaign_cost])) == (800, 0)


def test_points_follow_coupons_and_are_spent_oldest_first(at: datetime) -> None:
    member, sku = make_member(at), make_sku(at, price_fen=5000)
    give(member, 30, at, "old")
    give(member, 100, at + timedelta(days=1), "new")
    coupon = claimed(make_batch_of(at), member, at)
    made = placed(at + timedelta(days=2), with_points(with_coupons(request(member, (sku, 1)), coupon)))
    assert made.total_fen == 5000 - 2000 - 130
    cancel_order(order=Order.objects.get(), actor=SYSTEM, at=at)
    half = placed(at + timedelta(days=2), with_points(request(member, (make_sku(at, price_fen=100), 1))))
    assert half.total_fen == 50
    assert list(PointGrant.objects.order_by("pk").values_list("left_count", flat=True)) == [0, 80]


def test_what_points_paid_of_a_refunded_part_comes_back(at: datetime) -> None:
    member, sku = make_member(at), make_sku(at, price_fen=1000)
    give(member, 400, at)
    order = paid_order(at, with_points(request(member, (sku, 1))))
    line = order.lines.get().pk
    assert refund_lines([RefundRequest(order.pk, "a", (LineRefund(line, 200),))], at=at) == [None]
    assert held(member, at) == 134, "a third, and the fen that is over comes first"
    assert refund_lines([RefundRequest(order.pk, "b", (LineRefund(line, 400, 1),))], at=at) == [None]
    assert (held(member, at), total_fen([Code.campaign_cost])) == (400, 0)
    assert refund_lines([RefundRequest(order.pk, "b", (LineRefund(line, 400, 1),))], at=at) == [None]
    assert held(member, at) == 400, "no refund gives them twice"
    shown = [(one["kind"], one["count"]) for one in points_lines(member.pk)]
    assert sorted(shown) == [("purchase", 400), ("returned", 400), ("spent", -400)]


def test_points_come_back_to_what_holds_longest(at: datetime) -> None:
    member, sku = make_member(at), make_sku(at, price_fen=1000)
    give(member, 200, at, "old")
    give(member, 200, at + timedelta(days=1), "new")
    order = paid_order(at + timedelta(days=2), with_points(request(member, (sku, 2))))
    assert order.total_fen == 1600
    line = LineRefund(order.lines.get().pk, 800, 1)
    assert refund_lines([RefundRequest(order.pk, "a", (line,))], at=at + timedelta(days=3)) == [None]
    assert list(PointGrant.objects.order_by("pk").values_list("left_count", flat=True)) == [0, 200]


def test_a_failed_group_gives_points_and_coupons_back(at: datetime) -> None:
    member = make_member(at)
    give(member, 700, at)
    campaign = make_campaign_of(make_sku(at), at, stacks_with=("platform_coupon", "points"))
    coupon = claimed(make_batch_of(at), member, at)
    paid_order(at, with_points(with_coupons(group_request(member, campaign), coupon)))
    assert held(member, at) == 0
    expire_groups(at=at + timedelta(hours=24))
    events.deliver_all()
    coupon.refresh_from_db()
    assert (coupon.state, held(member, at)) == ("unused", 700)


def test_two_orders_at_once_cannot_spend_the_same_points(at: datetime) -> None:
    from linli.trade.operations.place_order import place_orders

    member, sku = make_member(at), make_sku(at, price_fen=1000)
    give(member, 500, at)
    outcomes = place_orders([with_points(request(member, (sku, 1)))] * 2, at=at)
    assert [type(one).__name__ for one in outcomes] == ["Placed", "Refusal"]
    assert place(at, request(member, (sku, 1))).__class__.__name__ == "Placed"


def test_points_end_after_a_year(at: datetime) -> None:
    member = make_member(at)
    give(member, 90, at)
    give(member, 90, at)  # the same reason gives nothing more
    assert expire_points(at=at + timedelta(days=364)) == 0
    assert expire_points(at=at + timedelta(days=365)) == 1
    assert (held(member, at), -total_fen([Code.breakage])) == (0, 90)


def test_every_kept_order_gives_a_hundredth_once(at: datetime) -> None:
    member, sku = make_member(at), make_sku(at, price_fen=5_555)
    order = received_order(at, request(member, (sku, 1)))
    refund = RefundRequest(order.pk, "part", (LineRefund(order.lines.get().pk, 555),))
    assert refund_lines([refund], at=at) == [None]
    received_order(at, request(member, (sku, 1)))
    assert complete_orders(at=at + timedelta(days=8)) == 2
    for _ in range(2):
        events.deliver_all()
    assert held(member, at) == 50 + 55
