"""Every static rule trips on a plan that breaks it and is silent on one that does not; the presets get the verdicts of the law."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from distribution.test_simulate import linli
from linli.distribution.queries.plan import preset, presets
from linli.distribution.rules.check import Finding, findings, rules_at
from linli.distribution.rules.document import BadPlan, floats_in, hash_of, read_plan
from linli.distribution.rules.lint.rule import RULES
from linli.distribution.rules.plan import Engine
from linli.distribution.rules.prove import Proof, prove

AT = datetime(2030, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.capability("B6")
Change = Callable[[dict[str, Any]], object]


def changed(change: Change, name: str = "sales-only") -> dict[str, Any]:
    document = copy.deepcopy(preset(name))
    change(document)
    return document


def found(document: dict[str, Any], profile: str = "CN") -> list[Finding]:
    return findings(Engine(read_plan(document)), profile=profile, at=AT)


def reward(**keys: Any) -> dict[str, Any]:
    return {
        "id": "extra",
        "kind": "override",
        "basis": "commission",
        "rate_bp": 100,
        "trigger": "sale",
        "to": "sponsor",
    } | keys


def fixed(**keys: Any) -> dict[str, Any]:
    return {
        "id": "extra",
        "kind": "recruit_reward",
        "basis": "fixed",
        "amount_fen": 100,
        "trigger": "join",
        "to": "sponsor",
    } | keys


def add(one: dict[str, Any]) -> Change:
    return lambda document: document["rewards"].append(one)


def put(path: str, value: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        *way, last = path.split(".")
        for key in way:
            document = document[int(key)] if key.isdigit() else document[key]  # type: ignore[assignment,index]
        document[last] = value

    return change


def both(*changes: Change) -> Change:
    return lambda document: [change(document) for change in changes]


def qualify(kind: str) -> Change:
    return put("tiers.0.qualify", [{"kind": kind}])


WECHAT = put("channels", ["own", "wechat"])
SPLIT = both(
    put(
        "tiers",
        [{"code": "ordinary", "rank": 1, "leader": False}, {"code": "gold", "rank": 2, "leader": True}],
    ),
    put("split", {"on": ["gold"], "effective": "next_midnight"}),
)
FEE = put("join.fee_fen", 100)
# rule, profile: a change of sales-only that breaks it, and one near it that does not
CASES: dict[tuple[str, str], tuple[Change, Change]] = {
    ("CN-MLM-01", "CN"): (add(fixed()), add(fixed(to="joiner"))),
    ("CN-MLM-02", "CN"): (FEE, put("join.fee_fen", 0)),
    ("CN-MLM-03", "CN"): (add(reward()), add(reward(to="seller"))),
    ("CN-MLM-04", "CN"): (add(reward(to="leader")), add(reward(to="seller"))),
    ("CN-MLM-05", "CN"): (qualify("recruits"), qualify("own_external_settled_sales")),
    ("CN-MLM-06", "CN"): (qualify("own_purchases"), qualify("course_passed")),
    ("CN-MLM-07", "CN"): (both(SPLIT, add(reward())), both(SPLIT, add(reward(when={"seller_leads": False})))),
    ("CN-MLM-08", "CN"): (put("title.zh", "躺赚计划"), put("title.zh", "卖货计划")),
    ("CN-MLM-11", "CN"): (put("settle.on_close", "keep"), put("settle.on_close", "platform")),
    ("CN-DS-01", "CN"): (put("rewards.0.bounds_bp", [500, 3001]), put("rewards.0.bounds_bp", [500, 3000])),
    ("CN-CONS-01", "CN"): (put("settle.hold_days", 6), put("settle.hold_days", 7)),
    ("CN-CONS-02", "CN"): (put("settle.reversal", "current_rates"), put("settle.reversal", "cumulative")),
    ("WX-SHARE-01", "CN"): (both(WECHAT, add(fixed(trigger="share", to="seller"))), add(fixed(trigger="share", to="seller"))),
    ("WX-DIST-01", "CN"): (both(WECHAT, add(reward())), add(reward())),
    ("PAY-WX-01", "CN"): (WECHAT, both(WECHAT, put("rewards.0.bounds_bp", [500, 3000]))),
    ("PAY-WX-02", "CN"): (both(WECHAT, put("settle.hold_days", 31)), both(WECHAT, put("settle.hold_days", 30))),
    ("PAY-WX-03", "CN"): (both(WECHAT, put("settle.hold_days", 6)), put("settle.hold_days", 6)),
    ("PAY-WX-04", "CN"): (
        both(WECHAT, *[add(reward(id=f"r{n}", to="seller")) for n in range(50)]),
        both(WECHAT, *[add(reward(id=f"r{n}", to="seller", group="g")) for n in range(50)]),
    ),
    ("PAY-KYC-01", "CN"): (put("settle.identity_required", False), put("settle.identity_required", True)),
    ("TAX-01", "CN"): (put("settle.withholding", "none"), put("settle.withholding", "cumulative_labour")),
    ("US-FTC-01", "US"): (add(fixed()), add(fixed(to="joiner"))),
    ("US-FTC-02", "US"): (qualify("fee_paid"), qualify("recruits")),
    ("EU-UCPD-14", "EU"): (both(FEE, add(fixed())), add(fixed())),
    ("EU-CRD-01", "EU"): (put("settle.hold_days", 13), put("settle.hold_days", 14)),
    ("ECO-01", "DEMO"): (put("funding.max_bp", 3859), put("funding.max_bp", 3860)),
    ("ECO-02", "DEMO"): (put("funding.max_bp", 3999), put("funding.max_bp", 4000)),
    ("ECO-03", "DEMO"): (
        both(SPLIT, put("funding.max_bp", 9000), add(reward(when={"to_leads": True}))),
        both(SPLIT, put("funding.max_bp", 9000), add(reward(to="seller"))),
    ),
    ("ECO-05", "DEMO"): (put("rewards.1.min_spend_fen", 0), put("rewards.1.min_spend_fen", 1)),
    ("ECO-07", "DEMO"): (
        put("effective_from", "2029-12-31T00:00:00+08:00"), put("effective_from", "2030-02-01T00:00:00+08:00"),
    ),
    ("ECO-08", "DEMO"): (put("title.en", "Earn up to 900 a day"), put("title.en", "Earn by selling")),
    ("ECO-09", "DEMO"): (add(fixed(trigger="upgrade")), add(fixed())),
    ("ECO-09", "US"): (put("settle.hold_days", 14), put("settle.hold_days", 7)),
    ("ECO-09", "EU"): (put("join.who_can_invite", []), put("join.who_can_invite", ["ordinary"])),
    ("ECO-09", "CN"): (put("settle.attribution_time", "placed_at"), put("settle.attribution_time", "paid_at")),
}  # fmt: skip


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_a_rule_trips_on_what_breaks_it_and_only_on_that(name: str, profile: str) -> None:
    breaking, keeping = CASES[name, profile]
    assert name in {one.id for one in found(changed(breaking), profile)}
    assert name not in {one.id for one in found(changed(keeping), profile)}


def test_every_rule_has_a_case_and_words_in_both_languages() -> None:
    assert {rule.id for rule in RULES} == {name for name, _ in CASES} - {"ECO-07"}
    assert all(rule.zh and rule.en and rule.source and rule.zh != rule.en for rule in RULES)


def test_the_verdicts_on_the_presets() -> None:
    wanwu = found(preset("wanwu"))
    assert {one.id for one in wanwu if one.severity == "BLOCK"} == {
        "CN-MLM-01",
        "CN-MLM-03",
        "CN-MLM-04",
        "CN-MLM-07",
    }
    assert {one.id for one in wanwu if one.severity == "ERROR"} == {
        "CN-MLM-01", "PAY-WX-01", "ECO-03", "ECO-05", "WX-DIST-01",
    }  # fmt: skip
    assert {one.id for one in wanwu if one.severity == "WARN"} == {"CN-DS-01"}
    assert {one.id for one in found(preset("sales-only"))} == {"CN-DS-01"}
    assert not any(one.severity == "BLOCK" for name in presets() for one in found(preset(name), "DEMO"))
    assert "ECO-03" not in {one.id for one in found(preset("wanwu-equalised"))}


def test_rules_have_their_day() -> None:
    before = {rule.id for rule in rules_at(datetime(2019, 1, 1, tzinfo=UTC), profile="CN")}
    after = {rule.id for rule in rules_at(AT, profile="CN")}
    assert "WX-SHARE-01" not in before and "TAX-01" not in before and "CN-MLM-01" in before
    assert {"WX-SHARE-01", "TAX-01", "CN-MLM-01"} <= after
    assert all(rule.valid_from <= date(2030, 1, 1) for rule in RULES)


def test_the_command_says_what_and_where_and_exits_by_it(tmp_path: Path) -> None:
    blocked = linli("check", "wanwu", "--json")
    report = json.loads(blocked.stdout)
    assert (blocked.returncode, report["plan"], report["profile"]) == (1, "wanwu", "CN")
    assert {"id", "severity", "path", "message"} <= set(report["findings"][0])
    assert linli("check", "sales-only").returncode == 0
    assert linli("check", "wanwu", "--profile", "DEMO").returncode == 0
    file = tmp_path / "float.json"
    file.write_text(json.dumps(changed(put("funding.max_bp", 50.5))))
    floating = linli("check", str(file), "--json")
    assert floating.returncode == 1
    assert [(one["id"], one["path"]) for one in json.loads(floating.stdout)["findings"]] == [
        ("ECO-06", "funding.max_bp")
    ]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (put("rewards.0.rate_bp", 5), "rewards[0]"),
        (put("tiers", []), "tiers"),
        (put("split", {"on": ["gold"], "effective": "next_midnight"}), "split.on"),
        (put("join.who_can_invite", ["duke"]), "join.who_can_invite"),
        (put("rewards.0.kind", "gift"), "rewards[0].kind"),
        (put("funding.max_bp", 10_001), "funding.max_bp"),
        (put("effective_from", "2030-01-01"), "effective_from"),
        (add(reward(id="own_sale")), "rewards"),
        (add({"id": "x"}), "rewards[2].kind"),
        (put("price_by_portrait", True), "price_by_portrait"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(change: Change, path: str) -> None:
    with pytest.raises(BadPlan) as refused:
        read_plan(changed(change))
    assert any(path in f"{fault.path} {fault.message}" for fault in refused.value.faults)


@pytest.mark.parametrize("document", [None, [], "wanwu", 7, {}])
def test_what_is_no_document_is_refused(document: Any) -> None:
    with pytest.raises(BadPlan):
        read_plan(document)


def test_floats_are_found_wherever_they_hide_and_a_hash_names_a_document() -> None:
    assert floats_in({"a": [1, {"b": 2.0}], "c": 1}) == ["a[1].b"]
    plan = preset("wanwu")
    assert hash_of(plan) == hash_of(dict(reversed(plan.items()))) != hash_of(plan | {"version": 9})


def proof(document: dict[str, Any], owners: int = 4) -> Proof:
    return prove(Engine(read_plan(document)), owners=owners)


def test_the_presets_hold_and_the_gain_of_inviting_oneself_is_known() -> None:
    wanwu, equalised, sales_only = (
        proof(preset(name)) for name in ("wanwu", "wanwu-equalised", "sales-only")
    )
    assert (wanwu.holds, wanwu.max_overrides, wanwu.max_recruit_rewards, wanwu.max_payout_bp) == (
        True,
        1,
        1,
        5000,
    )
    assert wanwu.self_referral_gain_bp == 2500
    assert (equalised.holds, equalised.self_referral_gain_bp, equalised.max_payout_bp) == (True, 0, 5000)
    assert (sales_only.holds, sales_only.max_overrides, sales_only.max_payout_bp) == (True, 0, 4000)


def test_a_plan_that_pays_two_overrides_is_caught_in_the_smallest_tree() -> None:
    broken = changed(both(put("rewards.2.group", "other"), put("funding.max_bp", 9000)), "wanwu")
    result = proof(broken)
    assert not result.holds and result.counter_example is not None
    counter = result.counter_example.as_dict()
    assert counter["fault"] == "2 overrides on one sale"
    assert [one["tier"] for one in counter["owners"]] == ["senior", "ordinary"] and counter["by"] == 2
    assert "It does NOT hold" in result.as_text()


def test_a_plan_that_pays_more_than_is_funded_or_a_closed_account_is_caught() -> None:
    costly = proof(changed(put("funding.max_bp", 4999), "wanwu")).counter_example
    assert costly is not None and "5000 bp" in costly.fault and len(costly.sponsors) == 1
    closed = proof(changed(put("rewards.1.when", {}), "wanwu")).counter_example
    assert closed is not None and "closed account" in closed.fault and len(closed.sponsors) == 2


def test_the_prove_command_exits_by_what_it_finds(tmp_path: Path) -> None:
    good = linli("prove", "wanwu", "--owners", "3", "--json")
    report = json.loads(good.stdout)
    assert (good.returncode, report["holds"], report["counter_example"]) == (0, True, None)
    assert {"plan", "owners", "cases", "max_overrides", "max_payout_bp", "self_referral_gain_bp"} <= set(
        report
    )
    file = tmp_path / "broken.json"
    file.write_text(
        json.dumps(changed(both(put("rewards.2.group", "other"), put("funding.max_bp", 9000)), "wanwu"))
    )
    bad = linli("prove", str(file), "--owners", "3")
    assert bad.returncode == 1 and "2 overrides on one sale" in bad.stdout
    assert linli("prove", "wanwu", "--owners", "9").returncode == 2
