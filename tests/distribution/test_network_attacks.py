"""What somebody with bad intentions, or two people at the wrong moment, tried and must not get."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from distribution.test_check import changed, found, proof, put
from distribution.test_network import APPROVER, DRAFTER, invited, live
from distribution.test_simulate import A_B, COLUMNS, join, linli, paid, sale, written
from distribution.test_withdrawal import REVIEWER, ask, earner, me
from factories.shop import make_member, make_owner, make_sku, paid_order, request
from linli.core.actor import SYSTEM
from linli.core.refusal import Refusal
from linli.distribution.models import Owner, OwnerStatus, PayoutIdentity, Plan, TierChange
from linli.distribution.operations import plan as plans
from linli.distribution.operations.join import mature_joins
from linli.distribution.operations.tier import OwnerClosed, apply_tier_changes, appoint, set_status
from linli.distribution.operations.withdrawal import (
    AlreadyReviewed,
    decide_withdrawal,
    give_identity,
    verify_identity,
)
from linli.distribution.queries.plan import preset
from linli.distribution.rules.document import BadPlan, parse, read_plan
from linli.distribution.rules.plan import Engine
from linli.insight.queries.income import income_lines
from linli.payments.models import Payout

NUMBER = "110101199003078515"


def test_an_account_that_was_swapped_after_asking_is_not_paid(at: datetime, holds: None) -> None:
    owner = earner(at, price_fen=2_000_000)
    made = ask(owner, 150_000, at)
    give_identity(
        owner=owner, real_name="Mallory", id_number=NUMBER, account="mallory", actor=me(owner), at=at
    )
    with pytest.raises(Refusal):
        decide_withdrawal(withdrawal=made, accept=True, reason="", actor=REVIEWER, at=at)
    assert not Payout.objects.exists()


def test_whoever_was_suspended_after_asking_is_not_paid(at: datetime, holds: None) -> None:
    owner = earner(at, price_fen=2_000_000)
    made = ask(owner, 150_000, at)
    set_status(owner=owner, status=OwnerStatus.suspended, reason="核查", actor=SYSTEM, at=at)
    with pytest.raises(Refusal):
        decide_withdrawal(withdrawal=made, accept=True, reason="", actor=REVIEWER, at=at)


def test_an_identity_is_checked_exactly_as_it_was_seen(at: datetime, holds: None) -> None:
    owner = make_owner(at)
    give_identity(owner=owner, real_name="林邻", id_number=NUMBER, account="acc-1", actor=me(owner), at=at)
    seen = PayoutIdentity.objects.get()
    later = at + timedelta(seconds=1)
    give_identity(
        owner=owner, real_name="Mallory", id_number=NUMBER, account="acc-2", actor=me(owner), at=later
    )
    with pytest.raises(AlreadyReviewed):
        verify_identity(identity=seen, actor=REVIEWER, at=later)
    assert PayoutIdentity.objects.get().verified_at is None


def test_a_judgement_belongs_to_the_document_that_was_judged(db: None, at: datetime, monkeypatch) -> None:
    plan = plans.draft_plan(document=preset("sales-only"), actor=DRAFTER, at=at)
    prove = plans.prove

    def meanwhile(*arguments, **keywords):  # type: ignore[no-untyped-def]
        plans.change_draft(plan=plan, document=preset("wanwu"), actor=DRAFTER, at=at)
        return prove(*arguments, **keywords)

    monkeypatch.setattr(plans, "prove", meanwhile)
    with pytest.raises(plans.PlanNotReady):
        plans.check_plan(plan=plan, at=at)
    assert Plan.objects.get(pk=plan.pk).report is None


def test_two_rewards_for_one_newcomer_mature(db: None, at: datetime, holds: None) -> None:
    document = changed(
        lambda d: d["rewards"].append(
            dict(d["rewards"][3], id="second", kind="invite_coupon", group=None, amount_fen=500)
        ),
        "wanwu",
    )
    plan = plans.draft_plan(document=document, actor=DRAFTER, at=at)
    plan = plans.simulate_plan(plan=plans.check_plan(plan=plan, at=at), at=at)
    plans.approve_plan(plan=plan, begins_at=at, actor=APPROVER, at=at)
    plans.activate_plans(at=at)
    leader = make_owner(at)
    appoint(owner=leader, tier="senior", actor=SYSTEM, at=at)
    below = invited(leader, at)
    invited(below, at)
    assert mature_joins(at=at + timedelta(days=8)) == 2
    plan = plans.draft_plan(document=preset("wanwu"), actor=DRAFTER, at=at)
    assert plans.simulate_plan(plan=plans.check_plan(plan=plan, at=at), at=at).state == "simulated"


def test_a_plan_of_narrower_bounds_is_simulated_at_its_bounds(db: None, at: datetime) -> None:
    live(preset("wanwu"), at)
    owner = make_owner(at)
    paid_order(at, request(make_member(at), (make_sku(at, rate_bp=3000), 1), share_code=owner.shop_code))
    document = changed(put("rewards.0.bounds_bp", [500, 1000]))
    result = plans.simulated(Engine(read_plan(document)), at=at + timedelta(days=1))
    assert (result["fen"]["commission"], result["paid_fen"]["commission"]) == (1990, 5970)


def test_closed_is_for_ever_and_waits_for_no_promotion(db: None, at: datetime, holds: None) -> None:
    live(preset("wanwu"), at)
    owner = make_owner(at)
    TierChange.objects.create(
        owner=owner,
        from_tier="ordinary",
        to_tier="gold",
        reason="qualified",
        decided_at=at,
        effective_at=at + timedelta(hours=1),
    )
    set_status(owner=owner, status=OwnerStatus.closed, reason="本人申请", actor=SYSTEM, at=at)
    apply_tier_changes(at=at + timedelta(days=1))
    for status in (OwnerStatus.suspended, OwnerStatus.active):
        with pytest.raises(OwnerClosed):
            set_status(owner=owner, status=status, reason="x", actor=SYSTEM, at=at)
    with pytest.raises(OwnerClosed):
        appoint(owner=Owner.objects.get(pk=owner.pk), tier="gold", actor=SYSTEM, at=at)
    fresh = Owner.objects.get(pk=owner.pk)
    assert (fresh.status, fresh.tier, fresh.closed_at) == ("closed", "ordinary", at)
    assert plans.simulated(Engine(read_plan(preset("wanwu"))), at=at + timedelta(days=1))


def test_a_plan_begins_no_earlier_than_it_says(db: None, at: datetime) -> None:
    says = at + timedelta(days=40)
    document = changed(put("effective_from", says.isoformat()))
    plan = plans.draft_plan(document=document, actor=DRAFTER, at=at)
    plan = plans.simulate_plan(plan=plans.check_plan(plan=plan, at=at), at=at)
    assert plans.approve_plan(plan=plan, begins_at=None, actor=APPROVER, at=at).begins_at == says


def test_an_upline_never_sees_to_whom_somebody_else_sold(db: None, at: datetime) -> None:
    live(preset("wanwu"), at)
    leader = make_owner(at)
    appoint(owner=leader, tier="senior", actor=SYSTEM, at=at)
    below = invited(leader, at)
    paid_order(at, request(make_member(at, "司马买家"), (make_sku(at), 1), share_code=below.shop_code))
    lines, _ = income_lines(me(leader))
    assert {(line["kind"], line["buyer"]) for line in lines} == {
        ("override", below.shop_name), ("recruit_reward", below.shop_name), ("invite_coupon", below.shop_name),
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        put("rewards.0.bounds_bp", [4000, 500]),
        lambda d: d["rewards"].append({"id": "x", "kind": "override", "trigger": "sale", "to": "seller", "basis": "fixed", "amount_fen": 1000}),
        lambda d: d["rewards"].append(dict(d["rewards"][1], id="x", kind="commission")),
        put("tiers", [{"code": f"t{n}", "rank": n + 1, "leader": False} for n in range(9)]),
    ],
)  # fmt: skip
def test_what_could_pay_more_than_it_proves_is_no_plan(change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadPlan):
        read_plan(changed(change))


def test_the_most_tiers_are_proved_while_a_person_waits() -> None:
    document = changed(put("tiers", [{"code": f"t{n}", "rank": n + 1, "leader": False} for n in range(8)]))
    document["join"]["who_can_invite"] = [tier["code"] for tier in document["tiers"]]
    engine = Engine(read_plan(document))
    assert plans.owners_to_prove(engine) >= 3
    assert proof(document, owners=plans.owners_to_prove(engine)).holds and not found(document, "DEMO")


@pytest.mark.parametrize(
    "text",
    [
        "9" * 5000,
        '{"id": "a", "id": "b"}',
        '{"id": "\\ud800"}',
        '{"a": "\\u0000"}',
        "[" * 100_000,
        "",
        "nonsense",
    ],
    ids=["digits", "twice", "surrogate", "nul", "deep", "empty", "words"],
)
def test_texts_that_are_no_document(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadPlan):
        read_plan(parse(text))
    file = tmp_path / "plan.json"
    file.write_text(text)
    done = linli("check", str(file), "--json")
    assert done.returncode == 2 and "Traceback" not in done.stderr and done.stdout == ""


def test_the_simulator_writes_to_a_file_of_its_own_or_not_at_all(tmp_path: Path) -> None:
    events = written(tmp_path / "e.csv", *A_B)
    before = Path(events).read_bytes()
    for out in (events, str(tmp_path), "/dev/null"):
        done = linli("simulate", "wanwu", "--events", events, "--out", out)
        assert done.returncode == 2 and "Traceback" not in done.stderr
    assert Path(events).read_bytes() == before and Path("/dev/null").is_char_device()
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    link.symlink_to(real)
    assert linli("simulate", "wanwu", "--events", events, "--out", str(link)).returncode == 0
    assert link.is_symlink() and "recruit_reward" in real.read_text()


def test_a_byte_order_mark_and_quotes_are_read_and_a_column_twice_is_not(tmp_path: Path) -> None:
    quoted = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [COLUMNS, join("X"), sale("X", "1")])
    file = tmp_path / "e.csv"
    file.write_text("\ufeff" + quoted, encoding="utf-8")
    assert linli("simulate", "wanwu", "--events", str(file), "--out", str(tmp_path / "o.csv")).returncode == 0
    file.write_text(",".join([*COLUMNS, "at"]) + "\n")
    assert linli("simulate", "wanwu", "--events", str(file), "--out", str(tmp_path / "o.csv")).returncode == 2
    assert paid("wanwu", *A_B)


def test_a_data_folder_may_be_named_behind_the_action(tmp_path: Path) -> None:
    done = linli("check", "sales-only", "--json", "--data", str(tmp_path / "d"))
    assert done.returncode == 0 and json.loads(done.stdout)["plan"] == "sales-only"
