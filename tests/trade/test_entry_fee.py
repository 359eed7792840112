"""A fee for coming into a community: paid once, held, kept or given back to the fen."""

from datetime import datetime, timedelta

import pytest

from factories.community import acting, make_community, membership, neighbour
from factories.shop import make_member, pay
from linli.channels.models import InboxMessage
from linli.community.models import Community, Membership
from linli.community.operations.community import close_community
from linli.community.operations.join import admit_queued, leave
from linli.community.operations.moderation import sanction
from linli.community.types import JoinAsked
from linli.core.actor import SYSTEM
from linli.core.refusal import Refusal
from linli.insight.queries.guide import community_profits
from linli.ledger.queries import total_fen
from linli.ledger.types import Code
from linli.members.models import Member
from linli.payments.models import Charge, Refund
from linli.trade.models import EntryFee
from linli.trade.operations.enter_community import enter_communities
from linli.trade.operations.entry_fee import charge_fee, close_unpaid_fees, settle_fees
from linli.trade.queries.entry_fee import fees_of_community
from linli.trade.rules.entry_fee import becomes

pytestmark = [pytest.mark.capability("C4"), pytest.mark.usefixtures("holds")]
FEE = 1990
WEEK = timedelta(days=7, minutes=1)  # the payment is heard a moment after the test began


def paid_community(at: datetime, **values: object) -> Community:
    return make_community(at, make_member(at, "群主"), entry_kind="fee", entry_fee_fen=FEE, **values)


def ask(community: Community, member: Member, at: datetime, fen: int = FEE) -> str:
    return charge_fee(
        community=community, shown_fen=fen, gateway_name="sandbox", actor=acting(member), at=at
    ).charge_no


def enter(community: Community, at: datetime) -> Member:
    member = make_member(at)
    pay(ask(community, member, at), at)
    return member


def money() -> tuple[int, int, int]:
    """Held, earned, owed back."""
    return tuple(-total_fen([code]) for code in (Code.fee_held, Code.entry_fee, Code.refund_payable))  # type: ignore[return-value]


def test_nobody_comes_in_without_paying_and_who_pays_comes_in(at: datetime) -> None:
    community = paid_community(at)
    member = make_member(at)
    assert enter_communities([JoinAsked(community.pk, member.pk)], at=at) == [Refusal("fee_needed")]
    number = ask(community, member, at)
    assert ask(community, member, at) == number, "the open charge again"
    pay(number, at)
    assert membership(community, member).state == "active"
    assert money() == (FEE, 0, 0)
    assert (
        InboxMessage.objects.filter(member_id=member.pk, code="community_hosted").get().values["host"]
        == "群主"
    )
    with pytest.raises(Refusal, match="inside_already"):
        ask(community, member, at)
    assert settle_fees(at=at + timedelta(days=7)) == 0
    assert settle_fees(at=at + WEEK) == 1
    assert money() == (0, FEE, 0)
    leave(membership=membership(community, member))
    assert settle_fees(at=at + WEEK) == 0, "it is earned"


@pytest.mark.parametrize("fen", [0, FEE - 1, -1])
def test_a_fee_that_is_not_the_one_shown_is_refused(fen: int, at: datetime) -> None:
    with pytest.raises(Refusal, match="price_changed"):
        ask(paid_community(at), make_member(at), at, fen)
    assert not Charge.objects.exists()


def test_what_asks_for_no_fee_takes_none(at: datetime) -> None:
    with pytest.raises(Refusal, match="no_such_community"):
        ask(make_community(at), make_member(at), at)


def test_who_goes_within_the_days_has_all_back_once(at: datetime) -> None:
    community = paid_community(at)
    member = enter(community, at)
    leave(membership=membership(community, member))
    assert settle_fees(at=at + timedelta(days=3)) == 1
    assert money() == (0, 0, FEE)
    refund = Refund.objects.get()
    assert (refund.amount_fen, refund.order_no) == (FEE, EntryFee.objects.get().fee_no)
    assert InboxMessage.objects.get(code="fee_returned").values == {"name": community.name, "fen": FEE}
    again = at + timedelta(days=4)
    pay(ask(community, member, again), again)
    assert EntryFee.objects.filter(is_final=True).count() == 1
    leave(membership=membership(community, member))
    settle_fees(at=again)
    assert money() == (0, FEE, FEE), "a second time it stays"
    [facts] = community_profits(since=at - timedelta(days=1), until=at + WEEK)
    rows = fees_of_community(community.pk, since=at - timedelta(days=1), until=at + WEEK)
    assert (facts.entry_fen, facts.platform_fen, [one.amount_fen for one in rows]) == (FEE, FEE, [FEE])


def test_who_finds_no_place_waits_with_the_money_and_has_it_back_on_going(at: datetime) -> None:
    community = paid_community(at, daily_intake=1)
    enter(community, at)
    waits, goes = enter(community, at), enter(community, at)
    assert [membership(community, one).state for one in (waits, goes)] == ["queued", "queued"]
    settle_fees(at=at + timedelta(days=30))
    assert EntryFee.objects.filter(state="paid").count() == 2, "only the first one was inside for a week"
    leave(membership=membership(community, goes))
    settle_fees(at=at + timedelta(days=30))
    assert money() == (FEE, FEE, FEE)
    tomorrow = at + timedelta(days=31)
    admit_queued(at=tomorrow)
    settle_fees(at=tomorrow)
    fee = EntryFee.objects.get(member=waits)
    assert (fee.state, fee.entered_at) == ("paid", tomorrow), "the week begins when they are inside"
    settle_fees(at=tomorrow + WEEK)
    assert money() == (0, 2 * FEE, FEE)


def test_who_is_asked_to_leave_within_the_days_has_it_back(at: datetime) -> None:
    community = paid_community(at)
    member = enter(community, at)
    sanction(
        membership=membership(community, member), kind="leave", reason="广告", days=0, actor=SYSTEM, at=at
    )
    settle_fees(at=at)
    assert money() == (0, 0, FEE)
    with pytest.raises(Refusal, match="removed_before"):
        ask(community, member, at)


def test_late_and_double_money_goes_back(at: datetime) -> None:
    community = paid_community(at)
    late, twice = make_member(at), make_member(at)
    number = ask(community, late, at)
    later = at + timedelta(hours=1)
    assert close_unpaid_fees(at=later) == 1
    pay(number, later)
    assert not Membership.objects.filter(community=community, member=late).exists()
    assert money() == (0, 0, FEE)
    number = ask(community, twice, later)
    pay(number, later)
    pay(number, later)
    assert money() == (FEE, 0, FEE)
    assert close_unpaid_fees(at=later + timedelta(days=1)) == 0
    number = ask(community, late, later)
    Community.objects.filter(pk=community.pk).update(entry_fee_fen=FEE + 1)
    changed = ask(community, late, later, FEE + 1)
    assert changed != number, "the new price by a new charge, the old one is closed"
    pay(number, later)
    pay(changed, later)
    assert membership(community, late).state == "active"
    assert money() == (2 * FEE + 1, 0, 2 * FEE)


def test_a_community_that_closes_while_somebody_pays_gives_it_back(at: datetime) -> None:
    community = paid_community(at)
    member = make_member(at)
    number = ask(community, member, at)
    Community.objects.filter(pk=community.pk).update(closed_at=at)
    pay(number, at)
    settle_fees(at=at)
    assert money() == (0, 0, FEE)


def test_a_community_that_closes_gives_back_what_is_not_earned(at: datetime) -> None:
    community = paid_community(at, daily_intake=2)
    long_ago = enter(community, at)
    settle_fees(at=at + WEEK)
    assert money() == (0, FEE, 0)
    later = at + WEEK
    inside, waits = enter(community, later), enter(community, later)
    assert [membership(community, one).state for one in (long_ago, inside, waits)] == [
        "active",
        "active",
        "queued",
    ]
    close_community(community=community, actor=SYSTEM, at=later)
    assert settle_fees(at=later) == 2
    assert money() == (0, FEE, 2 * FEE)


def test_money_of_who_came_in_without_it_goes_back(at: datetime) -> None:
    community, member = paid_community(at), make_member(at)
    number = ask(community, member, at)
    Community.objects.filter(pk=community.pk).update(entry_kind="open")
    enter_communities([JoinAsked(community.pk, member.pk)], at=at)
    pay(number, at)
    settle_fees(at=at + WEEK)
    assert money() == (0, 0, FEE)
    assert (EntryFee.objects.get().state, membership(community, member).state) == ("closed", "active")


def test_a_charge_that_is_paid_while_the_price_changes_is_not_asked_again(at: datetime) -> None:
    community, member = paid_community(at), make_member(at)
    number = ask(community, member, at)
    Charge.objects.filter(charge_no=number).update(state="succeeded")
    Community.objects.filter(pk=community.pk).update(entry_fee_fen=FEE + 1)
    with pytest.raises(Refusal, match="already_paid"):
        ask(community, member, at, FEE + 1)
    Charge.objects.filter(charge_no=number).update(state="open")


@pytest.mark.parametrize(
    ("state", "days_inside", "is_final", "outcome"),
    [
        ("", None, False, "returned"),
        ("queued", None, False, ""),
        ("asked", None, True, ""),
        ("active", 6, False, ""),
        ("active", 7, False, "earned"),
        ("resting", 8, False, "earned"),
        ("active", 0, True, "earned"),
        ("left", 2, False, "returned"),
        ("left", 2, True, "earned"),
        ("left", None, True, "returned"),
        ("removed", 1, False, "returned"),
        ("closed", 3, True, "returned"),
    ],
)
def test_what_becomes_of_a_fee(
    state: str, days_inside: int | None, is_final: bool, outcome: str, at: datetime
) -> None:
    entered = None if days_inside is None else at - timedelta(days=days_inside)
    assert becomes(state, entered_at=entered, is_final=is_final, at=at) == outcome


def test_a_neighbour_of_before_needs_no_fee(at: datetime) -> None:
    """Who is inside when the way in becomes a fee stays inside."""
    community = make_community(at)
    member = neighbour(community, at)
    Community.objects.update(entry_kind="fee", entry_fee_fen=FEE)
    assert enter_communities([JoinAsked(community.pk, member.pk)], at=at)[0].state == "active"  # type: ignore[union-attr]


@pytest.mark.parametrize("fen", [FEE - 1, FEE + 1])
def test_another_amount_goes_back_and_the_fee_can_be_paid_anew(at: datetime, fen: int) -> None:
    community, member = paid_community(at), make_member(at)
    pay(ask(community, member, at), at, fen=fen)
    assert money() == (0, 0, fen) and InboxMessage.objects.get(code="amount_differs").member == member
    pay(ask(community, member, at), at)
    assert (membership(community, member).state, money()) == ("active", (FEE, 0, fen))
