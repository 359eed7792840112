"""The network on a real database: joining pays, rising splits, closing rolls up, and joins and splits never lose an owner."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from factories.shop import make_member, make_owner, make_sku, paid_order, received_order, request
from linli.core import clock
from linli.core.actor import SYSTEM, Actor
from linli.distribution.models import CommissionLine, Owner, OwnerStatus, Plan, TierChange
from linli.distribution.operations import plan as plans
from linli.distribution.operations.join import mature_joins
from linli.distribution.operations.owner import open_shop
from linli.distribution.operations.tier import (
    NoSuchTier,
    apply_tier_changes,
    appoint,
    decide_tiers,
    next_midnight,
    set_status,
)
from linli.distribution.queries.commission import income_of
from linli.distribution.queries.plan import latest_plan, plan_at, preset
from linli.distribution.queries.tier import candidates, settled_sales
from linli.distribution.rules.document import read_plan
from linli.distribution.rules.plan import Engine
from linli.distribution.rules.tier import earned_tier
from linli.ledger.queries import owed_fen
from linli.ledger.types import Code
from linli.members.operations.profile import invite
from linli.trade.operations.complete_order import complete_orders

DRAFTER, APPROVER = Actor(member_id=901), Actor(member_id=902)
WEEK = timedelta(days=7, seconds=1)


def live(document: dict[str, Any], at: datetime) -> Plan:
    """A plan through its whole life, by two people."""
    plan = plans.draft_plan(document=document, actor=DRAFTER, at=at)
    plan = plans.simulate_plan(plan=plans.check_plan(plan=plan, at=at), at=at)
    plans.approve_plan(plan=plan, begins_at=at, actor=APPROVER, at=at)
    plans.activate_plans(at=at)
    return Plan.objects.get(pk=plan.pk)


def invited(sponsor: Owner, at: datetime) -> Owner:
    member = make_member(at)
    invitation = invite(inviter=sponsor.member, at=at)
    return open_shop(member=member, invitation=invitation, shop_name="新店", at=at)


def now() -> datetime:
    """Payments are taken at the platform's moment, so what must stand in order with them happens at it too."""
    return clock.now()


def leader_of(owner: Owner) -> int | None:
    return Owner.objects.get(pk=owner.pk).leader_id


def lines() -> set[tuple[str, int, int]]:
    return {(x.kind, x.beneficiary_id, x.amount_fen) for x in CommissionLine.objects.all()}


@pytest.fixture
def wanwu(db: None, at: datetime) -> Plan:
    return live(preset("wanwu"), at)


@pytest.mark.capability("B5")
def test_a_new_owner_pays_the_inviter_a_coupon_and_the_leader_a_reward(
    wanwu: Plan, at: datetime, holds: None
) -> None:
    a = make_owner(at)
    appoint(owner=a, tier="senior", actor=SYSTEM, at=at)
    b = invited(a, at)
    c = invited(b, at)
    assert (leader_of(b), leader_of(c)) == (a.pk, a.pk)
    assert lines() == {
        ("recruit_reward", a.pk, 15_000),
        ("invite_coupon", a.pk, 2000),
        ("invite_coupon", b.pk, 2000),
    }
    assert CommissionLine.objects.filter(kind="recruit_reward", beneficiary_id=a.pk).count() == 2
    assert income_of(a.pk)["pending_fen"] == 30_000
    assert owed_fen(Code.coupon_owed, [a.pk, b.pk]) == {a.pk: 2000, b.pk: 2000}
    assert mature_joins(at=at + timedelta(days=7) - timedelta(seconds=1)) == 0
    assert mature_joins(at=at + timedelta(days=7)) == 2 and mature_joins(at=at + timedelta(days=7)) == 0
    assert (income_of(a.pk)["pending_fen"], income_of(a.pk)["available_fen"]) == (0, 30_000)


@pytest.mark.django_db
def test_sales_only_pays_nobody_for_joining(at: datetime) -> None:
    invited(make_owner(at), at)
    assert lines() == set()


@pytest.mark.capability("B9")
def test_rising_takes_the_community_out_and_falling_brings_it_back(
    wanwu: Plan, at: datetime, holds: None
) -> None:
    a = make_owner(at)
    appoint(owner=a, tier="senior", actor=SYSTEM, at=at)
    b = invited(a, at)
    c = invited(b, at)
    d = invited(c, at)
    beside = invited(a, at)
    change = appoint(owner=b, tier="gold", actor=SYSTEM, at=at)
    assert change.moved_count == 2
    assert [leader_of(x) for x in (a, b, c, d, beside)] == [None, a.pk, b.pk, b.pk, a.pk]
    assert appoint(owner=d, tier="gold", actor=SYSTEM, at=at).moved_count == 0
    e = invited(d, at)
    assert appoint(owner=c, tier="gold", actor=SYSTEM, at=at).moved_count == 1, (
        "d only: d's own community is not walked"
    )
    assert [leader_of(x) for x in (c, d, e)] == [b.pk, c.pk, d.pk]
    assert appoint(owner=c, tier="ordinary", actor=SYSTEM, at=at).moved_count == 1
    assert [leader_of(x) for x in (c, d, e)] == [b.pk, b.pk, d.pk]
    assert appoint(owner=b, tier="senior", actor=SYSTEM, at=at).moved_count == 0, (
        "gold to senior splits nothing"
    )
    with pytest.raises(NoSuchTier):
        appoint(owner=b, tier="duke", actor=SYSTEM, at=at)


def test_a_closed_leaders_community_falls_to_the_next_and_a_suspended_ones_stays(
    wanwu: Plan, at: datetime, holds: None
) -> None:
    a, sku = make_owner(at), make_sku(at)
    appoint(owner=a, tier="senior", actor=SYSTEM, at=at)
    b = invited(a, at)
    appoint(owner=b, tier="gold", actor=SYSTEM, at=at)
    c = invited(b, at)
    assert set_status(owner=b, status=OwnerStatus.suspended, reason="核查", actor=SYSTEM, at=at) == 0
    paid_order(at, request(make_member(at), (sku, 1), share_code=c.shop_code))
    assert ("override", b.pk, 995) in lines()
    assert set_status(owner=b, status=OwnerStatus.closed, reason="本人申请", actor=SYSTEM, at=at) == 1
    paid_order(at, request(make_member(at), (sku, 1), share_code=c.shop_code))
    assert leader_of(c) == a.pk and ("override", a.pk, 995) in lines()
    joined = invited(c, at)
    assert CommissionLine.objects.get(joiner=joined, kind="recruit_reward").beneficiary_id == a.pk


@pytest.mark.capability("B9")
def test_own_settled_sales_to_others_raise_an_owner_next_midnight(
    wanwu: Plan, at: datetime, holds: None
) -> None:
    owner, sku = make_owner(at), make_sku(at, price_fen=120_000, stock=10)
    below = invited(owner, at)
    for _ in range(2):
        received_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code))
    received_order(at, request(below.member, (sku, 1), share_code=owner.shop_code))
    assert decide_tiers(at=at) == 0, "nothing is settled yet"
    complete_orders(at=at + WEEK)
    decided = at + WEEK
    assert decide_tiers(at=decided) == 1 and decide_tiers(at=decided) == 0
    change = TierChange.objects.get()
    assert (change.owner_id, change.to_tier, change.evidence_fen) == (owner.pk, "gold", 240_000)
    assert change.effective_at == next_midnight(decided) > decided
    assert apply_tier_changes(at=decided) == 0 and leader_of(below) is None
    assert apply_tier_changes(at=change.effective_at) == 1
    assert leader_of(below) == owner.pk and Owner.objects.get(pk=owner.pk).tier == "gold"
    later = decided + timedelta(days=91)
    assert decide_tiers(at=later) == 1
    apply_tier_changes(at=next_midnight(later))
    assert Owner.objects.get(pk=owner.pk).tier == "ordinary" and leader_of(below) is None


@pytest.mark.capability("B6")
def test_a_plan_lives_step_by_step_and_only_with_a_second_person(wanwu: Plan, at: datetime) -> None:
    plan = plans.draft_plan(document=preset("wanwu-equalised"), actor=DRAFTER, at=at)
    assert (plan.state, plan.version) == ("draft", 1)
    for step in (lambda: plans.simulate_plan(plan=plan, at=at),
                 lambda: plans.approve_plan(plan=plan, begins_at=at, actor=APPROVER, at=at)):  # fmt: skip
        with pytest.raises(plans.PlanNotReady):
            step()
    plans.check_plan(plan=plan, at=at)
    plans.simulate_plan(plan=plan, at=at)
    with pytest.raises(plans.SamePerson):
        plans.approve_plan(plan=plan, begins_at=at, actor=DRAFTER, at=at)
    begins = at + timedelta(days=1)
    plans.approve_plan(plan=plan, begins_at=begins, actor=APPROVER, at=at)
    assert plans.activate_plans(at=at) == 0 and plan_at(at).plan_id == wanwu.pk
    assert plans.activate_plans(at=begins) == 1 and plan_at(begins).plan_id == plan.pk
    assert plan_at(at).plan_id == wanwu.pk, "what was paid before keeps the plan of its day"
    assert {p.name: p.state for p in Plan.objects.all()} == {
        "sales-only": "retired", "wanwu": "retired", "wanwu-equalised": "active",
    }  # fmt: skip
    with pytest.raises(plans.PlanNotReady):
        plans.change_draft(plan=plan, document=preset("wanwu"), actor=DRAFTER, at=at)


def test_a_changed_draft_forgets_its_judgements(db: None, at: datetime) -> None:
    plan = plans.draft_plan(document=preset("wanwu"), actor=DRAFTER, at=at)
    plans.simulate_plan(plan=plans.check_plan(plan=plan, at=at), at=at)
    same = plans.change_draft(plan=plan, document=preset("wanwu"), actor=APPROVER, at=at)
    assert (same.state, same.drafted_by_id) == ("simulated", DRAFTER.member_id), "nothing was changed"
    changed = plans.change_draft(plan=plan, document=preset("wanwu-equalised"), actor=APPROVER, at=at)
    assert (changed.state, changed.report, changed.proof, changed.simulation) == ("draft", None, None, None)
    with pytest.raises(plans.PlanNotReady):
        plans.approve_plan(plan=changed, begins_at=at, actor=DRAFTER, at=at)


def test_a_live_site_refuses_what_its_law_forbids(db: None, at: datetime, settings) -> None:
    settings.DEMO = False
    plan = plans.draft_plan(document=preset("wanwu"), actor=DRAFTER, at=at)
    plan = plans.simulate_plan(plan=plans.check_plan(plan=plan, at=at), at=at)
    assert plan.report is not None and plan.report["profile"] == "CN"
    with pytest.raises(plans.PlanBlocked):
        plans.approve_plan(plan=plan, begins_at=at, actor=APPROVER, at=at)
    lawful = plans.draft_plan(document=preset("sales-only"), actor=DRAFTER, at=at)
    lawful = plans.simulate_plan(plan=plans.check_plan(plan=lawful, at=at), at=at)
    assert lawful.version == 2
    plans.approve_plan(plan=lawful, begins_at=at, actor=APPROVER, at=at)
    assert plans.activate_plans(at=at) == 1


def test_another_plan_finds_all_leaders_anew_and_touches_no_paid_order(
    wanwu: Plan, at: datetime, holds: None
) -> None:
    a = make_owner(at)
    appoint(owner=a, tier="senior", actor=SYSTEM, at=at)
    b = invited(a, at)
    paid_order(at, request(make_member(at), (make_sku(at), 1), share_code=b.shop_code))
    before = lines()
    later = at + timedelta(minutes=1)
    live(preset("sales-only"), later)
    assert leader_of(b) is None and lines() == before
    live(preset("wanwu"), later + timedelta(minutes=1))
    assert leader_of(b) == a.pk and latest_plan().name == "wanwu"


@pytest.mark.capability("B6")
def test_the_last_month_under_the_active_plan_is_what_was_paid_to_the_fen(
    wanwu: Plan, at: datetime, holds: None
) -> None:
    a, sku = make_owner(at), make_sku(at, stock=50)

    def sell(units: int) -> None:
        paid_order(now(), request(make_member(at), (sku, units), share_code=c.shop_code))

    appoint(owner=a, tier="senior", actor=SYSTEM, at=now())
    b = invited(a, now())
    c = invited(b, now())
    sell(2)
    appoint(owner=b, tier="gold", actor=SYSTEM, at=now())
    sell(1)
    set_status(owner=b, status=OwnerStatus.closed, reason="x", actor=SYSTEM, at=now())
    sell(1)
    found = plans.simulated(Engine(read_plan(preset("wanwu"))), at=at + timedelta(days=1))
    assert found["fen"] == found["paid_fen"] and found["fen"]["commission"] == 4 * 3980
    assert found["gain"] == found["lose"] == []
    other = plans.simulated(Engine(read_plan(preset("sales-only"))), at=at + timedelta(days=1))
    assert [a.pk, -(2 * 15_000 + 2000 + 995 * 3)] in other["lose"]


def test_drafts_in_parallel_get_versions_of_their_own(wanwu: Plan, at: datetime) -> None:
    with transaction.atomic():
        versions = [
            plans.draft_plan(document=preset("wanwu"), actor=DRAFTER, at=at).version for _ in range(3)
        ]
    assert versions == [2, 3, 4]


def test_each_tier_looks_at_its_own_window_in_one_query(
    wanwu: Plan, at: datetime, holds: None, django_assert_num_queries
) -> None:
    """Gold in a window of 30 days: sales of 60 days ago do not count for it, and still count for a tier of 90."""
    document = preset("wanwu")
    document["tiers"][1]["qualify"][0]["window_days"] = 30
    document["tiers"][2]["qualify"][0] |= {"window_days": 90, "min_fen": 900_000}
    plan = read_plan(document)
    owner, idle = make_owner(at), make_owner(at)
    received_order(
        at, request(make_member(at), (make_sku(at, price_fen=300_000), 1), share_code=owner.shop_code)
    )
    complete_orders(at=at + WEEK)
    soon, later = at + WEEK, at + WEEK + timedelta(days=60)
    assert settled_sales(owner.pk, plan, at=soon) == {30: 300_000, 90: 300_000}
    assert settled_sales(owner.pk, plan, at=later) == {90: 300_000}
    assert earned_tier(plan, sales=settled_sales(owner.pk, plan, at=soon)) == "gold"
    assert earned_tier(plan, sales=settled_sales(owner.pk, plan, at=later)) == "ordinary"
    with django_assert_num_queries(1):
        assert [one.owner_id for one in candidates(plan, at=soon)] == [owner.pk], (
            "who never sold is not looked at"
        )
    assert idle.pk != owner.pk
