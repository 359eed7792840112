"""Any order of placing, paying, notices repeated and reordered, shipping, refunds in any parts, windows passing: at the end of
every step each party has exactly the fen that docs/plans.md gives, and every invariant holds."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from factories.lives import run_lives
from factories.shop import make_member, make_merchant, make_owner, make_sku, pay, request
from linli.core import clock
from linli.core.actor import SYSTEM
from linli.core.invariants import run_checks
from linli.core.money import remaining
from linli.distribution.models import Plan
from linli.distribution.queries.plan import preset
from linli.ledger.queries import owed_fen
from linli.ledger.types import Code
from linli.trade.models import Order
from linli.trade.operations.cancel_order import NotCancellable, cancel_order
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.deliver_order import NotReceivable, NotShippable, confirm_receipt, ship_order
from linli.trade.operations.place_order import place_orders
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines
from linli.trade.types import Placed


class OrderLife(RuleBasedStateMachine):
    """Two owners (one leads the other), two merchants, a plan with overrides."""

    checkouts = Bundle("checkouts")

    def __init__(self) -> None:
        super().__init__()
        self.at = clock.now()
        Plan.objects.create(
            name="wanwu",
            version=1,
            document=preset("wanwu"),
            document_hash="test",
            active_from=self.at - timedelta(days=1),
        )
        self.leader = make_owner(self.at, tier="senior")
        self.seller = make_owner(self.at, sponsor=self.leader)
        self.buyer = make_member(self.at)
        self.skus = [
            make_sku(
                self.at,
                price_fen=990,
                rate_bp=500,
                stock=20,
                merchant=make_merchant(self.at, freight_fen=700, free_from_fen=3000),
            ),
            make_sku(self.at, price_fen=19_900, rate_bp=2000, stock=20),
        ]
        self.references = 0

    @rule(
        target=checkouts,
        units=st.lists(st.integers(0, 3), min_size=2, max_size=2).filter(any),
        key=st.sampled_from(["", "a", "b"]),
    )
    def place(self, units: list[int], key: str) -> str:
        lines = [(sku, count) for sku, count in zip(self.skus, units, strict=True) if count]
        asked = request(
            self.buyer, *lines, share_code=self.seller.shop_code, key=key or None, body=repr(units).encode()
        )
        outcome = place_orders([asked], at=self.at)[0]
        return outcome.checkout_no if isinstance(outcome, Placed) else ""

    def orders(self, checkout_no: str) -> list[Order]:
        return (
            list(Order.objects.filter(checkout_no=checkout_no).select_related("charge").order_by("pk"))
            if checkout_no
            else []
        )

    @rule(
        checkout=checkouts, notices=st.lists(st.sampled_from(["success", "failed"]), min_size=1, max_size=3)
    )
    def hear_of_payment(self, checkout: str, notices: list[str]) -> None:
        for order in self.orders(checkout)[:1]:
            for state in notices:
                pay(order.charge.charge_no, self.at, state=state)

    @rule(checkout=checkouts)
    def cancel(self, checkout: str) -> None:
        for order in self.orders(checkout)[:1]:
            try:
                cancel_order(order=order, actor=SYSTEM, at=self.at)
            except NotCancellable:
                assert order.state != "pending_payment" or order.charge.state == "succeeded"

    @rule(checkout=checkouts)
    def ship(self, checkout: str) -> None:
        for order in self.orders(checkout):
            try:
                ship_order(
                    order=order, carrier="顺丰速运", tracking_no=f"SF{order.pk:08d}", actor=SYSTEM, at=self.at
                )
            except NotShippable:
                assert order.state not in ("paid", "shipped")

    @rule(checkout=checkouts)
    def receive(self, checkout: str) -> None:
        for order in self.orders(checkout):
            try:
                confirm_receipt(order=order, actor=SYSTEM, at=self.at)
            except NotReceivable:
                assert order.state != "shipped"

    @rule(checkout=checkouts, fen=st.integers(1, 60_000), repeat=st.booleans())
    def refund(self, checkout: str, fen: int, repeat: bool) -> None:
        for order in self.orders(checkout):
            line = order.lines.first()
            self.references += 1
            asked = RefundRequest(order.pk, f"r{self.references}", (LineRefund(line.pk, fen),))
            outcomes = refund_lines([asked], at=self.at)
            if repeat:
                assert refund_lines([asked], at=self.at) == outcomes
            fits = (
                order.state in ("paid", "shipped", "received", "completed")
                and fen <= line.total_fen - line.refunded_fen
            )
            assert (outcomes == [None]) == fits

    @rule(checkout=consumes(checkouts))
    def refund_the_rest(self, checkout: str) -> None:
        for order in self.orders(checkout):
            if order.state in ("paid", "shipped", "received", "completed"):
                lines = tuple(
                    LineRefund(x.pk, x.total_fen - x.refunded_fen)
                    for x in order.lines.all()
                    if x.total_fen > x.refunded_fen
                )
                freight = order.freight_fen - order.freight_refunded_fen
                assert refund_lines(
                    [RefundRequest(order.pk, f"rest{order.pk}", lines, freight)], at=self.at
                ) == [None]
                assert Order.objects.get(pk=order.pk).state == "refunded"

    @precondition(lambda self: Order.objects.filter(state="received").exists())
    @rule()
    def let_the_window_pass(self) -> None:
        self.at += timedelta(days=7, seconds=1)
        complete_orders(at=self.at)

    @invariant()
    def everybody_has_exactly_their_fen(self) -> None:
        owed = {self.seller.pk: 0, self.leader.pk: 0}
        for order in Order.objects.filter(paid_at__isnull=False).prefetch_related("lines"):
            for line in order.lines.all():
                commission = line.total_fen * line.rate_bp // 10_000
                owed[self.seller.pk] += remaining(commission, line.total_fen, line.refunded_fen)
                owed[self.leader.pk] += remaining(
                    commission * 2500 // 10_000, line.total_fen, line.refunded_fen
                )
        both = list(owed)
        pending, available = (
            owed_fen(Code.commission_pending, both),
            owed_fen(Code.commission_available, both),
        )
        assert {owner: pending[owner] + available[owner] for owner in both} == owed

    @invariant()
    def every_invariant_holds(self) -> None:
        assert {check.name: places for check, places in run_checks() if places} == {}


@pytest.mark.capability("B8")
@pytest.mark.django_db
def test_any_life_of_an_order_ends_with_the_right_fen() -> None:
    run_lives(OrderLife, examples=25, steps=18)
