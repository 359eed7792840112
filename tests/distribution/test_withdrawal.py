"""Earnings leave once, with identity, limits, tax and a second person; what fails comes back; a debt is visible until a person gives it up."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.shop import make_member, make_owner, make_sku, received_order, request
from linli.core import events
from linli.core.actor import SYSTEM, Actor
from linli.core.refusal import Refusal
from linli.distribution.models import Owner, OwnerStatus, PayoutIdentity, Withdrawal
from linli.distribution.operations.tier import set_status
from linli.distribution.operations.withdrawal import (
    AlreadyReviewed,
    OwnMoney,
    ask_withdrawal,
    decide_withdrawal,
    give_identity,
    settle_withdrawals,
    verify_identity,
    write_off,
)
from linli.distribution.queries.commission import income_of
from linli.distribution.rules.tax import BANDS, tax_due_fen
from linli.ledger.queries import owed_fen, total_fen
from linli.ledger.types import Code
from linli.payments.events import PayoutSettled
from linli.payments.models import Payout
from linli.payments.operations.notice import store_checked
from linli.payments.types import GatewayNotice
from linli.trade.models import OrderLine
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines

WEEK = timedelta(days=7, seconds=1)
REVIEWER = Actor(member_id=900_001)
_notices = itertools.count(1)


def me(owner: Owner) -> Actor:
    return Actor(member_id=owner.pk, is_owner=True)


def earner(at: datetime, *, sales: int = 1, price_fen: int = 19_900) -> Owner:
    """An owner with matured earnings: 3,980 fen a sale of 19,900."""
    owner = make_owner(at)
    sku = make_sku(at, price_fen=price_fen, stock=sales)
    for _ in range(sales):
        received_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code))
    complete_orders(at=at + WEEK)
    return owner


def ask(owner: Owner, fen: int, at: datetime) -> Withdrawal:
    return ask_withdrawal(owner=owner, amount_fen=fen, actor=me(owner), at=at)


def told(withdrawal: Withdrawal, state: str, at: datetime) -> None:
    payout = Payout.objects.get(reference=f"withdrawal:{withdrawal.withdrawal_no}")
    notice = GatewayNotice(
        f"PN{next(_notices)}", "payout", payout.payout_no, state, payout.amount_fen, "P", at
    )
    store_checked("sandbox", [notice], at=at)
    events.deliver_all()
    withdrawal.refresh_from_db()


def money(owner: Owner) -> tuple[int, int, int]:
    """Available, withdrawing, withdrawn."""
    income = income_of(owner.pk)
    return (
        income["available_fen"],
        owed_fen(Code.commission_withdrawing, [owner.pk])[owner.pk],
        income["withdrawn_fen"],
    )


@pytest.mark.capability("B7")
def test_a_small_withdrawal_leaves_at_once_and_once(at: datetime, holds: None) -> None:
    owner = earner(at)
    made = ask(owner, 3000, at)
    assert (made.state, money(owner)) == ("approved", (980, 3000, 3000))
    assert Payout.objects.get().amount_fen == 3000
    gateway = total_fen([Code.gateway])
    told(made, "success", at)
    told(made, "success", at)
    told(made, "failed", at)
    assert (made.state, money(owner), total_fen([Code.gateway])) == ("paid", (980, 0, 3000), gateway - 3000)


@pytest.mark.capability("B7")
def test_a_failed_payout_comes_back(at: datetime, holds: None) -> None:
    owner = earner(at)
    made = ask(owner, 3980, at)
    told(made, "failed", at)
    assert (made.state, money(owner)) == ("failed", (3980, 0, 0)) and made.reason
    assert ask(owner, 3980, at).state == "approved"


@pytest.mark.capability("B7")
def test_a_large_one_waits_for_a_second_person(at: datetime, holds: None) -> None:
    owner = earner(at, sales=2, price_fen=900_000)
    made = ask(owner, 100_000, at)
    assert made.state == "asked" and not Payout.objects.exists()
    with pytest.raises(OwnMoney):
        decide_withdrawal(withdrawal=made, accept=True, reason="", actor=me(owner), at=at)
    with pytest.raises(Refusal):
        decide_withdrawal(withdrawal=made, accept=False, reason=" ", actor=REVIEWER, at=at)
    assert (
        decide_withdrawal(withdrawal=made, accept=False, reason="请补充材料", actor=REVIEWER, at=at).state
        == "refused"
    )
    assert money(owner) == (360_000, 0, 0)
    with pytest.raises(AlreadyReviewed):
        decide_withdrawal(withdrawal=made, accept=True, reason="", actor=REVIEWER, at=at)
    again = decide_withdrawal(
        withdrawal=ask(owner, 100_000, at), accept=True, reason="", actor=REVIEWER, at=at
    )
    assert (again.state, again.decided_by_id) == ("approved", REVIEWER.member_id)
    told(again, "success", at)
    assert money(owner) == (260_000, 0, 100_000)


def test_what_cannot_leave_says_why_and_leaves_no_trace(at: datetime, holds: None) -> None:
    owner = earner(at)
    for fen, code in (
        (99, "withdrawal_least"),
        (3981, "withdrawal_too_much"),
        (10**9, "withdrawal_too_much"),
    ):
        with pytest.raises(Refusal) as refused:
            ask(owner, fen, at)
        assert refused.value.code == code
    set_status(owner=owner, status=OwnerStatus.suspended, reason="核查", actor=SYSTEM, at=at)
    with pytest.raises(Refusal) as refused:
        ask(owner, 100, at)
    assert refused.value.code == "withdrawal_held"
    assert (Withdrawal.objects.count(), money(owner)) == (0, (3980, 0, 0))


def test_a_day_has_a_limit_and_pending_money_does_not_leave(at: datetime, holds: None) -> None:
    owner = earner(at, sales=1, price_fen=15_000_000)
    received_order(at, request(make_member(at), (make_sku(at), 1), share_code=owner.shop_code))
    noon = at.replace(hour=4)
    assert ask(owner, 2_000_000, noon).state == "asked"
    with pytest.raises(Refusal) as refused:
        ask(owner, 100, noon + timedelta(hours=1))
    assert refused.value.code == "withdrawal_day"
    ask(owner, 100, noon + timedelta(days=1))


def test_on_a_live_site_a_person_checks_who_gets_the_money(at: datetime, holds: None, settings) -> None:
    owner = earner(at)
    settings.DEMO = False
    with pytest.raises(Refusal) as refused:
        ask(owner, 1000, at)
    assert refused.value.code == "identity_needed"
    number = "110101199003078515"
    for wrong in ("", "123", "11010119900307851Y", "１１０１０１１９９００３０７８５１５"):
        with pytest.raises(Refusal):
            give_identity(
                owner=owner, real_name="林邻", id_number=wrong, account="6222 0000", actor=me(owner), at=at
            )
    identity = give_identity(
        owner=owner, real_name="林邻", id_number=number, account="6222 0000", actor=me(owner), at=at
    )
    assert identity.id_tail == "8515" and number.encode() not in bytes(identity.id_digest or b"")
    with pytest.raises(Refusal):
        ask(owner, 1000, at)
    with pytest.raises(OwnMoney):
        verify_identity(identity=identity, actor=me(owner), at=at)
    verify_identity(identity=identity, actor=REVIEWER, at=at)
    settings.DEMO = True
    assert ask(owner, 1000, at).state == "approved"
    assert Payout.objects.get().payee_account == "6222 0000"
    give_identity(
        owner=owner, real_name="别人", id_number=number, account="6222 9999", actor=me(owner), at=at
    )
    assert PayoutIdentity.objects.get().verified_at is None, "another account is checked again"


@pytest.mark.capability("B8")
def test_a_refund_after_withdrawal_is_a_debt_that_the_next_earnings_pay_or_a_person_gives_up(
    at: datetime, holds: None
) -> None:
    owner = earner(at, sales=2)
    made = ask(owner, 7960, at)
    told(made, "success", at)
    one = OrderLine.objects.order_by("pk")[0]
    refund_lines([RefundRequest(one.order_id, "late", (LineRefund(one.pk, 19_900, 1),))], at=at)
    assert income_of(owner.pk) == {
        "pending_fen": 0,
        "available_fen": 0,
        "debt_fen": 3980,
        "withdrawn_fen": 7960,
    }
    with pytest.raises(Refusal):
        ask(owner, 100, at)
    received_order(
        at, request(make_member(at), (make_sku(at, price_fen=10_000), 1), share_code=owner.shop_code)
    )
    complete_orders(at=at + WEEK)
    assert income_of(owner.pk)["debt_fen"] == 1980, "the next earnings are netted first"
    with pytest.raises(Refusal):
        write_off(owner=owner, reason="", actor=REVIEWER, at=at)
    assert write_off(owner=owner, reason="账户已注销", actor=REVIEWER, at=at).amount_fen == 1980
    assert income_of(owner.pk)["debt_fen"] == 0 and total_fen([Code.bad_debt]) == 1980
    with pytest.raises(Refusal):
        write_off(owner=owner, reason="再来", actor=REVIEWER, at=at)


def test_a_settlement_that_is_not_ours_changes_nothing(at: datetime, holds: None) -> None:
    owner = earner(at)
    made = ask(owner, 100, at)
    settle_withdrawals([PayoutSettled("withdrawal:NOSUCH", 1, True, "", at.isoformat())])
    settle_withdrawals([PayoutSettled(f"withdrawal:{made.withdrawal_no}", 100, True, "", at.isoformat())] * 2)
    made.refresh_from_db()
    assert made.state == "paid"


def test_tax_of_the_year_is_withheld_by_the_cumulative_method(at: datetime, holds: None) -> None:
    """8,000 yuan in one month: 8,000 x 80 % - 5,000 = 1,400, of which 3 % are 42 yuan."""
    assert tax_due_fen(earned_fen=800_000, months=1, withheld_fen=0) == 4200
    assert tax_due_fen(earned_fen=625_000, months=1, withheld_fen=0) == 0
    assert tax_due_fen(earned_fen=1_600_000, months=2, withheld_fen=4200) == 4200
    assert tax_due_fen(earned_fen=800_000, months=12, withheld_fen=0) == 0
    owner = earner(at, sales=1, price_fen=4_500_000)
    may = datetime(at.year, 5, 10, 4, tzinfo=UTC)
    first = ask(owner, 800_000, may)
    assert first.tax_fen == 4200
    decide_withdrawal(withdrawal=first, accept=True, reason="", actor=REVIEWER, at=may)
    assert Payout.objects.get().amount_fen == 795_800 and total_fen([Code.tax_withheld]) == -4200
    told(first, "failed", may)
    assert money(owner) == (900_000, 0, 0) and total_fen([Code.tax_withheld]) == 0


@given(st.lists(st.integers(1, 10**8), min_size=1, max_size=12))
def test_withholding_in_any_parts_of_a_month_is_the_tax_on_their_sum(parts: list[int]) -> None:
    withheld, earned = 0, 0
    for part in parts:
        earned += part
        due = tax_due_fen(earned_fen=earned, months=1, withheld_fen=withheld)
        assert 0 <= due <= part
        withheld += due
    assert withheld == tax_due_fen(earned_fen=earned, months=1, withheld_fen=0)


def test_the_bands_meet() -> None:
    for (top, rate, quick), (_, higher, more) in itertools.pairwise(BANDS):
        assert abs((top * rate // 10_000 - quick) - (top * higher // 10_000 - more)) <= 1
