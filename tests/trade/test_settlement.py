"""Settlement runs: many orders, one balanced transaction, and everybody's right fen."""

import random
from datetime import datetime, timedelta

import pytest

from factories.shop import make_member, make_merchant, make_owner, make_sku, received_order, request
from linli.core import events, sql
from linli.core.invariants import checks
from linli.core.money import remaining
from linli.distribution.models import CommissionLine, Plan
from linli.distribution.queries.commission import income_of
from linli.distribution.queries.plan import preset
from linli.ledger.models import Transaction
from linli.ledger.queries import owed_fen, total_fen, total_owed_fen
from linli.ledger.types import Code
from linli.trade.events import OrdersCompleted
from linli.trade.models import Order, OrderLine, SettlementRun
from linli.trade.operations.complete_order import _LEFT, complete_orders
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines
from linli.trade.queries.settlement import merchant_statement, orders_of_run
from linli.trade.rules.share import share_left

WEEK = timedelta(days=7, seconds=1)


def refund(order: Order, fen: int, at: datetime) -> None:
    line = order.lines.first()
    assert refund_lines(
        [RefundRequest(order.pk, f"r{order.pk}-{fen}", (LineRefund(line.pk, fen),))], at=at
    ) == [None]


@pytest.fixture
def sold(db: None, at: datetime) -> list[Order]:
    """Five received orders of two merchants: through an owner with a leader, through an owner without, through nobody."""
    Plan.objects.create(
        name="wanwu",
        version=1,
        document=preset("wanwu"),
        document_hash="test",
        active_from=at - timedelta(days=1),
    )
    leader = make_owner(at, tier="senior")
    sellers = [make_owner(at, sponsor=leader), make_owner(at)]
    first, second = make_sku(at, price_fen=3333), make_sku(at, price_fen=19_900, merchant=make_merchant(at))
    codes = [sellers[0].shop_code, sellers[0].shop_code, sellers[1].shop_code, sellers[1].shop_code, ""]
    return [
        received_order(at, request(make_member(at), (sku, 3), share_code=code))
        for sku, code in zip([first, second, first, second, first], codes, strict=True)
    ]


@pytest.mark.capability("B7")
def test_a_run_moves_what_refunds_left_of_every_order_by_one_transaction(
    sold: list[Order], at: datetime, holds: None
) -> None:
    refund(sold[0], 1111, at)
    refund(sold[3], 7, at)
    pending = owed_fen(Code.merchant_pending, [sold[0].merchant_id, sold[1].merchant_id])
    owners = total_owed_fen(Code.commission_pending)
    assert complete_orders(at=at + WEEK) == 5
    run = SettlementRun.objects.get()
    assert (run.order_count, run.line_count) == (5, CommissionLine.objects.filter(state="available").count())
    assert (run.merchants_fen, run.owners_fen) == (sum(pending.values()), owners)
    assert owed_fen(Code.merchant_available, list(pending)) == pending
    assert (-total_owed_fen(Code.commission_pending), total_fen([Code.deferred_platform])) == (0, 0)
    assert (-total_fen([Code.service_fee]), -total_fen([Code.breakage])) == (run.fee_fen, run.breakage_fen)
    entry = Transaction.objects.get(kind="settlement")
    assert (entry.key, entry.reference) == (f"settlement:{run.pk}", run.number)
    assert set(Order.objects.values_list("state", "settlement_run")) == {("completed", run.pk)}
    assert complete_orders(at=at + WEEK) == 0 and SettlementRun.objects.count() == 1


def test_a_run_tells_of_its_orders_once(
    sold: list[Order], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(events, "publish", told.extend)
    complete_orders(at=at + WEEK)
    assert told == [OrdersCompleted(SettlementRun.objects.get().pk)]


def test_refunds_after_a_run_come_out_of_what_is_everybodys_own(
    sold: list[Order], at: datetime, holds: None
) -> None:
    complete_orders(at=at + WEEK)
    seller = sold[0].seller_id
    earned = income_of(seller)["available_fen"]
    refund(Order.objects.get(pk=sold[0].pk), 9999, at + WEEK)
    assert Order.objects.get(pk=sold[0].pk).state == "refunded"
    assert income_of(seller)["available_fen"] == earned - 1999
    assert complete_orders(at=at + WEEK) == 0


def test_small_runs_share_the_work_and_agree(sold: list[Order], at: datetime, holds: None) -> None:
    done = [complete_orders(at=at + WEEK, at_once=2) for _ in range(4)]
    assert done == [2, 2, 1, 0]
    assert [run.order_count for run in SettlementRun.objects.order_by("pk")] == [2, 2, 1]


def test_orders_of_a_run_and_the_merchants_statement_sum_to_it(sold: list[Order], at: datetime) -> None:
    refund(sold[0], 1111, at)
    complete_orders(at=at + WEEK)
    run = SettlementRun.objects.get()
    rows, following = orders_of_run(run.pk, limit=3)
    more, end = orders_of_run(run.pk, after=int(following), limit=3)
    assert [row["order_no"] for row in rows + more] == [order.order_no for order in sold] and end == ""
    for column, whole in (
        ("merchant_fen", run.merchants_fen),
        ("owners_fen", run.owners_fen),
        ("platform_fen", run.platform_fen),
    ):
        assert sum(row[column] for row in rows + more) == whole
    refund(Order.objects.get(pk=sold[2].pk), 500, at + WEEK)
    merchant = sold[0].merchant_id
    lines = merchant_statement(merchant, since=at, until=at + 2 * WEEK)
    assert sorted(line["kind"] for line in lines) == ["completed", "completed", "completed", "refund"]
    assert sum(line["fen"] for line in lines) == owed_fen(Code.merchant_available, [merchant])[merchant]
    assert merchant_statement(merchant, since=at - WEEK, until=at) == []


def test_the_database_reckons_what_is_left_as_the_rules_do(sold: list[Order], at: datetime) -> None:
    dice = random.Random(5)
    expected = {order.merchant_id: [0, 0] for order in sold}
    OrderLine.objects.all().delete()
    for _ in range(200):
        order, total, quantity = (
            dice.choice(sold),
            dice.choice([0, dice.randint(1, 10**9)]),
            dice.randint(1, 999),
        )
        line = OrderLine(
            order=order, sku_id=1, product_id=1, title="x", quantity=quantity, price_fen=total, total_fen=total, rate_bp=0, fee_rate_bp=200,
            fee_fen=dice.randint(0, total), subsidy_fen=dice.randint(0, 10**7), refunded_fen=dice.randint(0, total), refunded_quantity=dice.randint(0, quantity),
        )  # fmt: skip
        line.save()
        expected[order.merchant_id][0] += remaining(line.fee_fen, total, line.refunded_fen)
        expected[order.merchant_id][1] += share_left(
            share_fen=line.subsidy_fen, total_fen=total, refunded_fen=line.refunded_fen, quantity=quantity,
            refunded_quantity=line.refunded_quantity,
        )  # fmt: skip
    found = sql.rows(_LEFT, ([order.pk for order in sold],))
    assert {row.merchant_id: [row.fee_fen, row.subsidy_fen] for row in found} == expected


def test_the_invariants_see_a_wrong_run(sold: list[Order], at: datetime) -> None:
    complete_orders(at=at + WEEK, at_once=3)
    complete_orders(at=at + WEEK)
    first, second = SettlementRun.objects.order_by("pk")
    names = [
        name
        for name in checks
        if "settlement" in name or "shares_of_orders" in name or "completed_orders" in name
    ]
    assert len(names) == 4

    def broken() -> set[str]:
        return {name.removeprefix("trade.") for name in names if checks[name].find()}

    assert broken() == set()
    SettlementRun.objects.filter(pk=first.pk).update(owners_fen=first.owners_fen + 1)
    assert broken() == {"settlements_give_what_they_take"}
    SettlementRun.objects.filter(pk=first.pk).update(owners_fen=first.owners_fen)
    Order.objects.filter(pk=sold[0].pk).update(settlement_run=second)
    assert "completed_orders_leave_nothing_pending" in broken(), "an order in the run that did not pay it"
    Order.objects.filter(pk=sold[0].pk).update(settlement_run=first)
    line = CommissionLine.objects.filter(order_no=sold[0].order_no).exclude(beneficiary_id=0)[0]
    CommissionLine.objects.filter(pk=line.pk).update(amount_fen=line.amount_fen + 1)
    assert broken() == {"shares_of_orders_are_posted"}
    CommissionLine.objects.filter(pk=line.pk).update(amount_fen=line.amount_fen)
    OrderLine.objects.filter(order=sold[0]).update(fee_fen=1)
    assert "settlements_earn_the_fee_of_their_lines" in broken()
