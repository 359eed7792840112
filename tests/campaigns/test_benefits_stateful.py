"""Any life of carts with all benefits stacked: campaign price, own purchase, merchant's and platform's coupons, partial refunds,
cancellations, gifts that are taken or not, groups that fill, fail and are paid late. After every step all parties together have exactly what was paid in,
no benefit was used twice, and every invariant holds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from factories.campaign import claimed, group_request, make_batch_of, make_campaign_of, with_coupons
from factories.lives import run_lives
from factories.shop import ADDRESS, make_member, make_merchant, make_owner, make_sku, pay, request
from linli.campaigns.models import Coupon, Gift, GiftShare, Group
from linli.campaigns.operations.coupon import expire_coupons
from linli.campaigns.operations.gift import claim_gift, expire_gifts, take_gift_back
from linli.campaigns.operations.group import expire_groups
from linli.campaigns.operations.late_seat import expire_late_seats
from linli.campaigns.operations.points import Granted, grant_points
from linli.campaigns.types import GiftWish
from linli.core import clock, events, sql
from linli.core.actor import SYSTEM, Actor
from linli.core.invariants import run_checks
from linli.core.refusal import Refusal
from linli.members.models import Member
from linli.trade.models import Order
from linli.trade.operations.cancel_order import NotCancellable, cancel_order
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.deliver_order import confirm_receipt, ship_order
from linli.trade.operations.group_order import choose_late
from linli.trade.operations.place_order import place_orders
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines
from linli.trade.types import Placed

BOTH = ("self_purchase", "merchant_coupon", "platform_coupon")


class BenefitsLife(RuleBasedStateMachine):
    """Three buyers (one is an owner), two merchants with a coupon each, the platform with two kinds, a group buy of two."""

    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.at = clock.now()
        self.seller = make_owner(self.at)
        self.buyers: list[Member] = [make_member(self.at), make_member(self.at), make_owner(self.at).member]
        shops = [make_merchant(self.at, freight_fen=600, free_from_fen=9000), make_merchant(self.at)]
        self.skus = [
            make_sku(self.at, price_fen=1_990, rate_bp=500, stock=40, merchant=shops[0]),
            make_sku(self.at, price_fen=19_900, rate_bp=2000, stock=40, merchant=shops[1]),
            make_sku(self.at, price_fen=330, rate_bp=0, stock=40, merchant=shops[0]),
        ]
        self.campaign = make_campaign_of(self.skus[1], self.at, seats=2, stock_count=20, stacks_with=BOTH)
        self.batches = [
            make_batch_of(self.at, merchant_id=shops[0].pk, face_fen=700, per_member=0),
            make_batch_of(self.at, merchant_id=shops[1].pk, face_fen=333, per_member=0, min_spend_fen=5000),
            make_batch_of(self.at, face_fen=1111, per_member=0, platform_share_bp=6667),
            make_batch_of(self.at, kind="percent", face_fen=0, percent_bp=1700, cap_fen=1900, per_member=0, platform_share_bp=10_000),
        ]  # fmt: skip
        for buyer in range(3):
            grant_points([Granted(self.buyers[buyer].pk, "purchase", "first", 3000)], at=self.at)
            for batch in range(4):
                self.claim(buyer, batch)
        self.references = 0

    @rule(buyer=st.integers(0, 2), batch=st.integers(0, 3))
    def claim(self, buyer: int, batch: int) -> None:
        claimed(self.batches[batch], self.buyers[buyer], self.at)

    @rule(
        target=orders,
        buyer=st.integers(0, 2),
        units=st.lists(st.integers(0, 3), min_size=3, max_size=3).filter(any),
        picks=st.sets(st.integers(0, 3)),
        points=st.booleans(),
        pays=st.booleans(),
    )
    def buy(self, buyer: int, units: list[int], picks: set[int], points: bool, pays: bool) -> str:
        member = self.buyers[buyer]
        lines = [(sku, count) for sku, count in zip(self.skus, units, strict=True) if count]
        asked = with_coupons(
            request(member, *lines, share_code=self.seller.shop_code), *self._coupons(member, picks)
        )
        return self._place(replace(asked, basket=replace(asked.basket, uses_points=points)), pays)

    @rule(
        target=orders,
        buyer=st.integers(0, 2),
        join=st.booleans(),
        picks=st.sets(st.integers(1, 3), max_size=2),
        pays=st.booleans(),
    )
    def buy_together(self, buyer: int, join: bool, picks: set[int], pays: bool) -> str:
        member = self.buyers[buyer]
        group = Group.objects.filter(state="open").order_by("-pk").first() if join else None
        asked = group_request(
            member, self.campaign, group_id=group.pk if group else 0, share_code=self.seller.shop_code
        )
        return self._place(with_coupons(asked, *self._coupons(member, picks)), pays)

    @rule(
        target=orders,
        buyer=st.integers(0, 2),
        sku=st.integers(0, 2),
        shares=st.integers(1, 3),
        picks=st.sets(st.integers(0, 3)),
        points=st.booleans(),
        pays=st.booleans(),
    )
    def give(self, buyer: int, sku: int, shares: int, picks: set[int], points: bool, pays: bool) -> str:
        member = self.buyers[buyer]
        asked = request(member, (self.skus[sku], 1), share_code=self.seller.shop_code)
        asked = with_coupons(asked, *self._coupons(member, picks))
        basket = replace(asked.basket, uses_points=points, gift=GiftWish(shares))
        return self._place(replace(asked, address=None, basket=basket), pays)

    @rule(taker=st.integers(0, 2), back=st.booleans())
    def take_or_take_back(self, taker: int, back: bool) -> None:
        gift = Gift.objects.order_by("-pk").first()
        try:
            if gift and back:
                take_gift_back(gift=gift, at=self.at)
            elif gift:
                claim_gift(gift=gift, member_id=self.buyers[taker].pk, address=ADDRESS, at=self.at)
        except Refusal:
            return
        events.deliver_all()

    def _coupons(self, member: Member, picks: set[int]) -> list[Coupon]:
        """The newest coupon of each chosen batch, used or not."""
        found = [
            Coupon.objects.filter(member=member, batch=self.batches[n]).order_by("-pk").first()
            for n in sorted(picks)
        ]
        return [coupon for coupon in found if coupon]

    def _place(self, asked: object, pays: bool) -> str:
        [outcome] = place_orders([asked], at=self.at)  # type: ignore[list-item]
        events.deliver_all()
        if not isinstance(outcome, Placed):
            return ""
        if pays:
            self.pay_it(outcome.checkout_no)
        return outcome.checkout_no

    def of(self, checkout: str) -> list[Order]:
        return (
            list(Order.objects.filter(checkout_no=checkout).select_related("charge").order_by("pk"))
            if checkout
            else []
        )

    @rule(checkout=orders)
    def pay_it(self, checkout: str) -> None:
        for order in self.of(checkout)[:1]:
            if order.charge and order.charge.state != "succeeded":
                pay(order.charge.charge_no, self.at)
                events.deliver_all()

    @rule(checkout=orders, group=st.sampled_from([None, 0, 1]))
    def choose_what_becomes_of_late_money(self, checkout: str, group: int | None) -> None:
        for order in self.of(checkout):
            wanted = Group.objects.order_by("-pk").first() if group else None
            choose_late(order=order, group_id=wanted.pk if wanted else group, at=self.at)
            events.deliver_all()

    @rule(checkout=orders)
    def cancel_and_pay_late(self, checkout: str) -> None:
        self.cancel_it(checkout)
        self.pay_it(checkout)

    @rule(checkout=orders)
    def cancel_it(self, checkout: str) -> None:
        for order in self.of(checkout)[:1]:
            try:
                cancel_order(order=order, actor=SYSTEM, at=self.at)
            except NotCancellable:
                assert order.state != "pending_payment" or order.charge.state == "succeeded"

    @rule(checkout=orders, fen=st.integers(0, 30_000), units=st.integers(0, 3))
    def refund_a_part(self, checkout: str, fen: int, units: int) -> None:
        for order in self.of(checkout)[:1]:
            line = order.lines.order_by("-pk").first()
            assert line
            self.references += 1
            refund_lines(
                [RefundRequest(order.pk, f"b{self.references}", (LineRefund(line.pk, fen, units),))],
                at=self.at,
            )

    @rule(checkout=orders)
    def refund_the_rest(self, checkout: str) -> None:
        for order in self.of(checkout):
            if order.state not in ("paid", "shipped", "received", "completed"):
                continue
            lines = tuple(
                LineRefund(x.pk, x.total_fen - x.refunded_fen, x.quantity - x.refunded_quantity)
                for x in order.lines.all()
            )
            freight = order.freight_fen - order.freight_refunded_fen
            asked = RefundRequest(order.pk, f"rest{order.pk}", lines, freight)
            assert refund_lines([asked], at=self.at) == [None]

    @rule(checkout=orders)
    def deliver(self, checkout: str) -> None:
        for order in self.of(checkout):
            if order.state == "paid" and any(x.quantity > x.refunded_quantity for x in order.lines.all()):
                ship_order(
                    order=order, carrier="顺丰速运", tracking_no=f"SF{order.pk:08d}", actor=SYSTEM, at=self.at
                )
                receiver = (
                    GiftShare.objects.filter(order_no=order.order_no)
                    .values_list("receiver_id", flat=True)
                    .first()
                )
                has_it = Actor(member_id=receiver) if receiver else SYSTEM
                confirm_receipt(order=Order.objects.get(pk=order.pk), actor=has_it, at=self.at)

    @precondition(lambda self: Order.objects.filter(state="received").exists())
    @rule()
    def let_the_window_pass(self) -> None:
        self.at += timedelta(days=7, seconds=1)
        complete_orders(at=self.at)
        self._let_time_pass()

    @rule()
    def let_an_hour_pass(self) -> None:
        self.at += timedelta(hours=7)
        self._let_time_pass()

    def _let_time_pass(self) -> None:
        expire_groups(at=self.at)
        expire_gifts(at=self.at)
        expire_late_seats(at=self.at)
        expire_coupons(at=self.at)
        events.deliver_all()
        events.deliver_all()

    @invariant()
    def all_parties_have_what_was_paid_in(self) -> None:
        row = sql.rows(
            """select coalesce(sum(p.amount_fen), 0)::bigint as all_fen,
                      coalesce(sum(p.amount_fen) filter (where a.code = 'gateway'), 0)::bigint as here_fen
                 from ledger_posting p join ledger_account a on a.id = p.account_id"""
        )[0]
        paid = sql.rows(
            "select coalesce(sum(amount_fen), 0)::bigint as fen from payments_charge where state = 'succeeded'"
        )[0]
        assert (row.all_fen, row.here_fen) == (0, paid.fen)

    @invariant()
    def no_coupon_is_used_twice(self) -> None:
        """As many live checkouts with a coupon's cut as there are coupons held or used."""
        rows = sql.rows(
            """select count(distinct (o.checkout_no, r->>'code', case when r->>'code' = 'platform_coupon' then 0 else o.merchant_id end)) as cuts
                 from trade_order o join trade_orderline l on l.order_id = o.id, jsonb_array_elements(l.reasons) r
                where o.state in ('pending_payment', 'waiting_group', 'waiting_gift', 'paid', 'shipped', 'received', 'completed') and r->>'code' like '%coupon'"""
        )
        taken = Coupon.objects.filter(state__in=("held", "used")).count()
        assert rows[0].cuts <= taken

    @invariant()
    def every_invariant_holds(self) -> None:
        assert {check.name: places for check, places in run_checks() if places} == {}


@pytest.mark.capability("D10")
@pytest.mark.django_db
def test_any_life_of_stacked_benefits_ends_with_the_right_fen() -> None:
    run_lives(BenefitsLife, examples=30, steps=25)
