"""Buying, paying and money that goes back at the same moment, with points and coupons: nobody is deadlocked, nothing is lost."""

from pathlib import Path

import pytest

from processes.server import HOME, Server

pytestmark = pytest.mark.processes

RACE = f"""
import sys, threading
sys.path.insert(0, "{HOME / "tests"}")
from dataclasses import replace
from datetime import UTC, datetime
from django.db import connection
from factories.shop import make_member, make_sku, paid_order, pay, request
from linli.campaigns.operations.points import Granted, grant_points
from linli.campaigns.queries.points import points_of
from linli.core.actor import SYSTEM
from linli.core.invariants import run_checks
from linli.trade.models import Order
from linli.trade.operations.cancel_order import cancel_order
from linli.trade.operations.place_order import place_orders
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines
at = datetime.now(UTC)
member, sku = make_member(at), make_sku(at, price_fen=1000, stock=10_000)
grant_points([Granted(member.pk, "purchase", "x", 100_000)], at=at)
def asked():
    wanted = request(member, (sku, 1))
    return replace(wanted, basket=replace(wanted.basket, uses_points=True))
old = [paid_order(at, asked()) for _ in range(60)]
failures = []
def guarded(work, *arguments):
    try:
        work(*arguments)
    except Exception as error:
        failures.append(repr(error)[:200])
    finally:
        connection.close()
def refund(orders):
    for order in orders:
        line = LineRefund(order.lines.get().pk, 250)
        assert refund_lines([RefundRequest(order.pk, f"half{{order.pk}}", (line,))], at=at) == [None]
        assert refund_lines([RefundRequest(order.pk, f"rest{{order.pk}}", (replace(line, quantity=1),))], at=at) == [None]
def buy(pays):
    for _ in range(40):
        [made] = place_orders([asked()], at=at)
        if pays:
            pay(made.charge_no, at)
        else:
            cancel_order(order=Order.objects.get(checkout_no=made.checkout_no), actor=SYSTEM, at=at)
work = [(refund, old[:30]), (refund, old[30:]), (buy, True), (buy, False)]
threads = [threading.Thread(target=guarded, args=one) for one in work]
for thread in threads: thread.start()
for thread in threads: thread.join(200)
print(failures[:3], points_of([member.pk], at=at)[member.pk], [one.name for one, places in run_checks() if places])
"""

HALVES = f"""
import sys, threading
sys.path.insert(0, "{HOME / "tests"}")
from datetime import UTC, datetime
from django.db import connection
from factories.campaign import claimed, make_batch_of, with_coupons
from factories.shop import make_member, make_merchant, make_sku, pay, placed, request
from linli.campaigns.models import Coupon
from linli.trade.models import Order
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines
at = datetime.now(UTC)
skus = [make_sku(at, price_fen=5000, merchant=make_merchant(at)) for _ in range(2)]
batch = make_batch_of(at)
halves = ([], [])
for _ in range(15):
    member = make_member(at)
    made = placed(at, with_coupons(request(member, (skus[0], 1), (skus[1], 1)), claimed(batch, member, at)))
    pay(made.charge_no, at)
    for half, order in zip(halves, Order.objects.filter(checkout_no=made.checkout_no).order_by("pk"), strict=True):
        half.append(order)
failures = []
ready = threading.Barrier(2)
def refund(orders):
    try:
        for order in orders:
            line = order.lines.get()
            whole = LineRefund(line.pk, line.total_fen, 1)
            ready.wait(60)
            refund_lines([RefundRequest(order.pk, f"r{{order.pk}}", (whole,), freight_fen=order.freight_fen)], at=at)
    except Exception as error:
        failures.append(repr(error))
    finally:
        connection.close()
threads = [threading.Thread(target=refund, args=(half,)) for half in halves]
for thread in threads: thread.start()
for thread in threads: thread.join(200)
print(failures, sorted(Coupon.objects.values_list("state", flat=True)).count("unused"))
"""


@pytest.mark.capability("D5")
def test_buying_and_refunding_at_the_same_moment(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        assert server.python(RACE) == f"[] {100_000 - 40 * 500} []"
    finally:
        server.stop()


@pytest.mark.capability("D4")
def test_two_merchants_refund_their_halves_and_the_coupon_comes_back(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        assert server.python(HALVES) == "[] 15"
    finally:
        server.stop()
