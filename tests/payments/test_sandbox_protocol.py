"""The gateway's protocol: what is not signed by it, is stale or was changed is refused and leaves nothing."""

import json
import time
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from factories.shop import make_member, make_sku, paid_order, pay, placed, request
from linli.core import events
from linli.core.outbox import MOST_TRIES
from linli.payments.adapters import registry
from linli.payments.adapters.sandbox import SandboxGateway, sign
from linli.payments.models import Difference, Notice, Payout, Refund
from linli.payments.operations import refund as refund_operations
from linli.payments.operations.notice import RawNotice, store_checked, take_notices
from linli.payments.operations.payout import PayoutAsked, ask_payouts, send_payouts
from linli.payments.operations.reconciliation import reconcile
from linli.payments.types import BillLine, GatewayNotice, GatewayUnavailable
from linli.trade.models import Order
from linli.trade.operations.cancel_order import close_unpaid_orders
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines

pytestmark = [pytest.mark.django_db, pytest.mark.capability("G2")]


class LocalGateway:
    """A gateway in this process that implements payments.types.Gateway: what it knows is what the test tells it."""

    name, signed = SandboxGateway.name, SandboxGateway.signed

    def __init__(self) -> None:
        self.known: list[GatewayNotice] = []
        self.lines: list[BillLine] = []
        self.refunds: list[str] = []
        self.payouts: list[str] = []
        self.is_away = False

    def pay_path(self, charge_no: str) -> str:
        return f"/sandbox/charges/{charge_no}"

    def read(self, body: bytes) -> GatewayNotice:
        return SandboxGateway().read(body)

    def query(self, charge_nos: list[str]) -> list[GatewayNotice]:
        if self.is_away:
            raise GatewayUnavailable("away")
        return [notice for notice in self.known if notice.number in charge_nos]

    def refund(self, refund: object, *, at: datetime) -> None:
        if self.is_away:
            raise GatewayUnavailable("away")
        self.refunds.append(refund.refund_no)  # type: ignore[attr-defined]

    def pay_out(self, payout: object, *, at: datetime) -> None:
        if self.is_away:
            raise GatewayUnavailable("away")
        self.payouts.append(payout.payout_no)  # type: ignore[attr-defined]

    def bill(self, day: date) -> list[BillLine]:
        return self.lines


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> LocalGateway:
    made = LocalGateway()
    monkeypatch.setattr(registry, "ADAPTERS", (SimpleNamespace(set_up=lambda: made),))
    return made


def notice_for(charge_no: str, at: datetime) -> bytes:
    told = {
        "notice_id": "N",
        "topic": "payment",
        "number": charge_no,
        "state": "success",
        "amount_fen": 19_900,
        "gateway_no": "T",
        "at": at.isoformat(),
    }
    return json.dumps(told).encode()


@pytest.mark.parametrize("fault", ["signature", "stale", "changed"])
def test_a_forged_notice_is_refused_and_leaves_nothing(at: datetime, fault: str) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    body = notice_for(made.charge_no, at)
    stamp = str(int(time.time()) - (400 if fault == "stale" else 0))
    signature = (
        "0" * 64 if fault == "signature" else sign(settings.ENVIRONMENT.sandbox_secret, stamp, "n", body)
    )
    if fault == "changed":
        body = body.replace(b"19900", b"19901")
    headers = {"X-Sandbox-Time": stamp, "X-Sandbox-Nonce": "n", "X-Sandbox-Signature": signature}
    assert take_notices([RawNotice("sandbox", headers, body)], at=at) == [False]
    assert (Notice.objects.count(), Order.objects.get().state) == (0, "pending_payment")


@pytest.mark.usefixtures("holds")
def test_a_good_notice_is_stored_and_pays(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    body, stamp = notice_for(made.charge_no, at), str(int(time.time()))
    headers = {
        "X-Sandbox-Time": stamp,
        "X-Sandbox-Nonce": "n",
        "X-Sandbox-Signature": sign(settings.ENVIRONMENT.sandbox_secret, stamp, "n", body),
    }
    raw = RawNotice("sandbox", headers, body)
    assert take_notices([raw, raw], at=at) == [True, True]
    events.deliver_all()
    assert (Notice.objects.get().state, Order.objects.get().state) == ("handled", "paid")


@pytest.mark.usefixtures("holds")
def test_a_lost_notice_is_found_by_asking_before_the_order_closes(at: datetime, peer: LocalGateway) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    peer.known = [GatewayNotice("N", "payment", made.charge_no, "success", 19_900, "T", at)]
    assert close_unpaid_orders(at=at + timedelta(minutes=16)) == 0
    events.deliver_all()
    assert Order.objects.get().state == "paid"


@pytest.mark.usefixtures("holds")
def test_an_unpaid_order_closes_only_once_the_gateway_has_answered(at: datetime, peer: LocalGateway) -> None:
    placed(at, request(make_member(at), (make_sku(at), 1)))
    later = at + timedelta(minutes=16)
    assert close_unpaid_orders(at=at + timedelta(minutes=14)) == 0
    peer.is_away = True
    assert close_unpaid_orders(at=later) == 0
    peer.is_away = False
    assert close_unpaid_orders(at=later) == 1
    assert Order.objects.values_list("state", "cancel_reason").get() == ("cancelled", "unpaid")


@pytest.mark.usefixtures("holds")
def test_a_refund_is_tried_until_done_or_a_person_is_told(at: datetime, peer: LocalGateway) -> None:
    order = paid_order(at, request(make_member(at), (make_sku(at), 1)))
    refund_lines([RefundRequest(order.pk, "r1", (LineRefund(order.lines.get().pk, 500),))], at=at)
    peer.is_away = True
    moment = at
    for _ in range(MOST_TRIES):
        moment += timedelta(days=2)
        assert refund_operations.send_refunds(at=moment) == 1
    assert (Refund.objects.get().state, Refund.objects.get().tries) == ("needs_person", 8)
    assert refund_operations.send_refunds(at=moment + timedelta(days=9)) == 0
    Refund.objects.update(state="waiting")
    peer.is_away = False
    assert refund_operations.send_refunds(at=moment + timedelta(days=9)) == 1
    number = Refund.objects.get().refund_no
    assert peer.refunds == [number]
    for _ in range(2):
        store_checked("sandbox", [GatewayNotice("R", "refund", number, "success", 500, "R", at)], at=at)
    assert Refund.objects.get().state == "succeeded"


@pytest.mark.usefixtures("holds")
def test_reconciliation_reports_each_difference_and_nothing_else(at: datetime, peer: LocalGateway) -> None:
    orders = [paid_order(at, request(make_member(at), (make_sku(at), 1))) for _ in range(3)]
    numbers = [order.charge.charge_no for order in orders]
    day = at.astimezone(ZoneInfo("Asia/Shanghai")).date()
    peer.lines = [BillLine("payment", number, 19_900) for number in numbers]
    assert reconcile(name="sandbox", day=day, at=at).differences.count() == 0
    peer.lines = [
        BillLine("payment", numbers[0], 19_900),
        BillLine("payment", numbers[1], 19_800),
        BillLine("payment", "stranger", 5),
    ]
    reconcile(name="sandbox", day=day, at=at)
    found = set(Difference.objects.values_list("kind", "number", "ours_fen", "theirs_fen"))
    assert found == {
        ("payment", numbers[1], 19_900, 19_800),
        ("payment", numbers[2], 19_900, None),
        ("payment", "stranger", None, 5),
    }


@pytest.mark.usefixtures("holds")
def test_reconciliation_repairs_a_lost_notice(at: datetime, peer: LocalGateway) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    peer.known = [GatewayNotice("N", "payment", made.charge_no, "success", 19_900, "T", at)]
    peer.lines = [BillLine("payment", made.charge_no, 19_900)]
    reconcile(name="sandbox", day=at.astimezone(ZoneInfo("Asia/Shanghai")).date(), at=at)
    events.deliver_all()
    assert Order.objects.get().state == "paid"
    assert set(Difference.objects.values_list("kind", flat=True)) == {"posted_charges"}, (
        "posted a moment later: the next run agrees"
    )


def test_the_clock_of_the_notice_is_the_moment_of_payment(at: datetime) -> None:
    made = placed(at, request(make_member(at), (make_sku(at), 1)))
    pay(made.charge_no, at - timedelta(minutes=3))
    assert Order.objects.get().paid_at == at - timedelta(minutes=3)


def test_a_payout_whose_outcome_is_never_told_ends_with_a_person(at: datetime, peer: LocalGateway) -> None:
    """The gateway takes it every time and says nothing: it is sent again under its number, and at last somebody is told."""
    ask_payouts([PayoutAsked("withdrawal:W1", "sandbox", "林邻", "6222", 500)] * 2, at=at)
    for n in range(12):
        send_payouts(at=at + timedelta(minutes=2 * n))
    payout = Payout.objects.get()
    assert (payout.state, peer.payouts) == ("needs_person", [payout.payout_no] * 8)
    peer.is_away = True
    ask_payouts([PayoutAsked("withdrawal:W2", "sandbox", "林邻", "6222", 500)], at=at)
    assert send_payouts(at=at) == 1 and send_payouts(at=at) == 0, "a failed try waits"
