"""docs/plans.md: the worked examples by the public file format, and an oracle that walks the tree by hand."""

import copy
import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.distribution.queries.plan import preset
from linli.distribution.rules.document import read_plan
from linli.distribution.rules.plan import Engine
from linli.distribution.rules.simulate import COLUMNS, BadHistory, Simulation

AT = "2030-01-01T00:00:00+08:00"
pytestmark = pytest.mark.capability("B6")


def row(event: str, **cells: object) -> list[str]:
    return [str({"at": AT, "event": event, **cells}.get(name, "")) for name in COLUMNS]


def join(owner: str, sponsor: str = "") -> list[str]:
    return row("join", owner=owner, sponsor=sponsor)


def tier(owner: str, code: str) -> list[str]:
    return row("tier", owner=owner, tier=code)


def sale(owner: str, order_no: str, fen: int = 19_900, bp: int = 2000) -> list[str]:
    return row("sale", owner=owner, order_no=order_no, goods_fen=fen, rate_bp=bp)


def paid(plan: str, *rows: list[str]) -> list[tuple[int, str, str, int]]:
    """event_no, owner, kind, fen."""
    simulation = Simulation(Engine(read_plan(preset(plan))))
    return [(x.event_no, x.owner, x.kind, x.fen) for x in simulation.run([list(COLUMNS), *rows])]


def last(plan: str, *rows: list[str]) -> list[tuple[str, str, int]]:
    """What the last row pays."""
    return [x[1:] for x in paid(plan, *rows) if x[0] == len(rows)]


A_SENIOR = (join("A"), tier("A", "senior"))
A_B = (*A_SENIOR, join("B", "A"))
A_B_C = (*A_B, join("C", "B"))
B_GOLD = (*A_B_C, tier("B", "gold"))
WITH_D = (*B_GOLD, join("D", "C"))
B_SENIOR = (*WITH_D, tier("B", "senior"))
C_GOLD = (*A_B_C, tier("C", "gold"))
EXAMPLES = {
    "E0": ((join("X"), sale("X", "1")), [("X", "commission", 3980), ("platform", "breakage", 995)]),
    "E1": (A_B, [("A", "recruit_reward", 15_000), ("A", "invite_coupon", 2000)]),
    "E2": (A_B_C, [("A", "recruit_reward", 15_000), ("B", "invite_coupon", 2000)]),
    "E3": ((*A_B_C, sale("C", "1")), [("C", "commission", 3980), ("A", "override", 995)]),
    "E4": ((*B_GOLD, sale("B", "1")), [("B", "commission", 3980), ("A", "override", 995)]),
    "E5": ((*B_GOLD, sale("C", "1")), [("C", "commission", 3980), ("B", "override", 995)]),
    "E6": (WITH_D, [("B", "recruit_reward", 10_000), ("C", "invite_coupon", 2000)]),
    "E7": ((*WITH_D, sale("D", "1")), [("D", "commission", 3980), ("platform", "breakage", 995)]),
    "E8": ((*B_SENIOR, sale("D", "1")), [("D", "commission", 3980), ("B", "override", 995)]),
    "E9": ((*C_GOLD, sale("C", "1")), [("C", "commission", 3980), ("platform", "breakage", 995)]),
    "E10": (
        (join("X"), sale("X", "1", 990, 500)),
        [("X", "commission", 49), ("platform", "breakage", 12)],
    ),
}


@pytest.mark.capability("B5")
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_worked_examples(name: str) -> None:
    rows, expected = EXAMPLES[name]
    assert last("wanwu", *rows) == expected


def test_the_upgrade_in_the_middle_of_a_month() -> None:
    """docs/plans.md: order 1 stays A's, order 2 and later invitations are B's, a refund touches only its own."""
    rows = (
        *A_B_C, sale("C", "1"), join("D", "C"), tier("B", "gold"), sale("C", "2"), join("F", "C"),
        row("refund", order_no="2", refund_fen=19_900),
    )  # fmt: skip
    totals: dict[tuple[str, str], int] = {}
    for _, owner, kind, fen in paid("wanwu", *rows)[4:]:
        totals[owner, kind] = totals.get((owner, kind), 0) + fen
    assert totals[("A", "override")] == 995 and totals[("B", "override")] == 0
    assert totals[("A", "recruit_reward")] == 15_000 and totals[("B", "recruit_reward")] == 10_000
    assert totals[("C", "commission")] == 3980


def test_a_closed_leader_gives_the_community_up_and_gets_nothing_more() -> None:
    rows = (*B_GOLD, row("close", owner="B"))
    assert last("wanwu", *rows, sale("C", "1")) == [("C", "commission", 3980), ("A", "override", 995)]
    assert last("wanwu", *rows, join("E", "C")) == [
        ("A", "recruit_reward", 15_000),
        ("C", "invite_coupon", 2000),
    ]


def test_an_own_purchase_saves_the_rate_and_its_refund_takes_the_saving_back_in_parts() -> None:
    own = row("self", owner="X", order_no="1", goods_fen=19_900, rate_bp=2000)
    rows = [join("X"), own]
    assert last("wanwu", *rows) == [("X", "self_saving", 3980)]
    rows += [row("refund", order_no="1", refund_fen=fen) for fen in (5000, 5000, 5920)]
    assert sum(fen for _, _, kind, fen in paid("wanwu", *rows) if kind == "self_saving") == 0
    with pytest.raises(BadHistory, match="refund_fen"):
        paid("wanwu", *rows, row("refund", order_no="1", refund_fen=1))


def test_refunds_in_parts_reverse_by_the_cumulative_rule() -> None:
    rows = [join("X"), sale("X", "1", 10_000, 500)]
    back = [last("wanwu", *rows, *[row("refund", order_no="1", refund_fen=x) for x in parts])
            for parts in ((3333,), (3333, 3333), (3333, 3333, 3334))]  # fmt: skip
    assert [{kind: fen for _, kind, fen in one} for one in back] == [
        {"commission": -167, "breakage": -42}, {"commission": -167, "breakage": -42}, {"commission": -166, "breakage": -41},
    ]  # fmt: skip


def test_sales_only_welcomes_the_invitee_and_pays_nobody_above() -> None:
    assert last("sales-only", join("A"), join("B", "A")) == [("B", "invite_coupon", 2000)]
    assert last("sales-only", *B_GOLD, sale("C", "1")) == [("C", "commission", 3980)]


def test_equalised_pays_a_leader_the_same_alone_and_through_an_owner_of_their_own() -> None:
    alone = last("wanwu-equalised", *A_SENIOR, sale("A", "1"))
    through = last("wanwu-equalised", *A_SENIOR, join("B", "A"), sale("B", "1"))
    assert sum(fen for _, _, fen in alone) == sum(fen for _, _, fen in through) == 4975
    split_off = last("wanwu-equalised", *A_SENIOR, join("B", "A"), tier("B", "gold"), sale("B", "1"))
    assert split_off == [("B", "commission", 3980), ("B", "override", 995)], "no residual"


@pytest.mark.parametrize(
    ("rows", "event_no", "key"),
    [
        ([sale("X", "1")], 1, "owner"),
        ([join("X", "Y")], 1, "sponsor"),
        ([join("X"), join("X")], 2, "owner"),
        ([join("")], 1, "owner"),
        ([join("platform")], 1, "owner"),
        ([join("X"), tier("X", "platinum")], 2, "tier"),
        ([tier("X", "gold")], 1, "owner"),
        ([join("X"), sale("X", "1"), sale("X", "1")], 3, "order_no"),
        ([join("X"), sale("X", "")], 2, "order_no"),
        ([join("X"), sale("X", "1", bp=499)], 2, "rate_bp"),
        ([join("X"), sale("X", "1", bp=4001)], 2, "rate_bp"),
        ([join("X"), sale("X", "1", fen=-5)], 2, "goods_fen"),
        ([join("X"), sale("X", "1"), row("refund", order_no="1", refund_fen=19_901)], 3, "refund_fen"),
        ([join("X"), sale("X", "1"), row("refund", order_no="1", refund_fen=0)], 3, "refund_fen"),
        ([row("refund", order_no="9", refund_fen=1)], 1, "order_no"),
        ([join("X"), row("close", owner="X"), sale("X", "1")], 3, "owner"),
        ([join("X"), row("close", owner="X"), join("Y", "X")], 3, "sponsor"),
        ([join("X"), row("close", owner="X"), tier("X", "gold")], 3, "owner"),
        ([row("dance", owner="X")], 1, "event"),
        ([["nonsense"]], 1, "the row"),
        ([join("X"), row("join", owner="Y", at="yesterday")], 2, "at"),
        ([join("X"), row("join", owner="Y", at="2029-12-31T23:59:59+08:00")], 2, "at"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_named(rows: list, event_no: int, key: str) -> None:
    with pytest.raises(BadHistory) as refused:
        paid("wanwu", *rows)
    assert (refused.value.event_no, refused.value.key) == (event_no, key)


class Oracle:
    """docs/plans.md by walking up the tree, as slowly and plainly as it can be said."""

    def __init__(self) -> None:
        self.sponsor: dict[str, str] = {}
        self.tier: dict[str, str] = {}
        self.closed: set[str] = set()

    def leads(self, owner: str) -> bool:
        return bool(owner) and self.tier[owner] != "ordinary" and owner not in self.closed

    def leader_of(self, owner: str) -> str:
        above = self.sponsor[owner]
        while above and not self.leads(above):
            above = self.sponsor[above]
        return above

    def sale(self, x: str, base: int, rate: int) -> list[tuple[str, str, int]]:
        c = base * rate // 10_000
        v, leader, above = c * 2500 // 10_000, self.leader_of(x), self.sponsor[x]
        to = ""
        if self.leads(above):
            to = above
        elif not self.leads(x) and leader and self.tier[leader] == "senior":
            to = leader
        due = [(x, "commission", c), (to, "override", v) if to else ("platform", "breakage", v)]
        return [one for one in due if one[2]]

    def join(self, x: str, sponsor: str) -> list[tuple[str, str, int]]:
        self.sponsor[x], self.tier[x] = sponsor, "ordinary"
        leader = self.leader_of(x)
        due = (
            [(leader, "recruit_reward", 10_000 if self.tier[leader] == "gold" else 15_000)] if leader else []
        )
        return due + ([(sponsor, "invite_coupon", 2000)] if sponsor else [])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_history_pays_what_the_oracle_pays(data: st.DataObject) -> None:
    oracle, rows, expected = Oracle(), [], []
    for n in range(data.draw(st.integers(1, 30))):
        open_owners = [owner for owner in oracle.sponsor if owner not in oracle.closed]
        event = (
            data.draw(st.sampled_from(["join", "join", "tier", "sale", "close"])) if open_owners else "join"
        )
        who = data.draw(st.sampled_from(open_owners)) if open_owners else ""
        if event == "join":
            rows.append(join(f"o{n}", who))
            due = oracle.join(f"o{n}", who)
        elif event == "tier":
            oracle.tier[who] = data.draw(st.sampled_from(["ordinary", "gold", "senior"]))
            rows.append(tier(who, oracle.tier[who]))
            due = []
        elif event == "close":
            oracle.closed.add(who)
            rows.append(row("close", owner=who))
            due = []
        else:
            base, rate = data.draw(st.integers(0, 10**6)), data.draw(st.integers(500, 4000))
            rows.append(sale(who, f"n{n}", base, rate))
            due = oracle.sale(who, base, rate)
        expected += [(len(rows), *one) for one in due]
    assert paid("wanwu", *rows) == expected


def linli(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "linli.cli", "plan", *arguments], capture_output=True, text=True, check=False
    )


def written(path: Path, *rows: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([list(COLUMNS), *rows])
    path.write_text(text.getvalue(), encoding="utf-8")
    return str(path)


def test_the_command_writes_payouts_or_nothing(tmp_path: Path) -> None:
    out = tmp_path / "payouts.csv"
    good = linli(
        "simulate",
        "wanwu",
        "--events",
        written(tmp_path / "e.csv", *B_GOLD, sale("C", "7")),
        "--out",
        str(out),
        "--summary",
    )
    assert good.returncode == 0 and json.loads(good.stdout)["fen"]["commission"] == 3980
    assert out.read_text().splitlines()[0] == "at,event_no,owner,kind,order_no,fen"
    assert out.read_text().splitlines()[-2:] == [f"{AT},6,C,commission,7,3980", f"{AT},6,B,override,7,995"]
    before = out.read_text()
    bad = linli(
        "simulate", "wanwu", "--events", written(tmp_path / "b.csv", sale("X", "1")), "--out", str(out)
    )
    assert (
        bad.returncode == 2
        and "row 1" in bad.stderr
        and "owner" in bad.stderr
        and "Traceback" not in bad.stderr
    )
    assert out.read_text() == before and sorted(p.name for p in tmp_path.iterdir()) == [
        "b.csv",
        "e.csv",
        "payouts.csv",
    ]
    missing = linli(
        "simulate", "wanwu", "--events", str(tmp_path / "no.csv"), "--out", str(tmp_path / "o.csv")
    )
    assert missing.returncode == 2 and not (tmp_path / "o.csv").exists()


def test_a_document_that_is_no_plan_names_its_keys(tmp_path: Path) -> None:
    document = copy.deepcopy(preset("wanwu"))
    document["rewards"][1]["rate_pb"] = 2500
    del document["funding"]
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(document))
    for action in (("check",), ("prove",)):
        done = linli(*action, str(file))
        assert done.returncode == 2 and "rewards[1].rate_pb" in done.stderr and "funding" in done.stderr
    file.write_text("{nonsense")
    done = linli("check", str(file))
    assert done.returncode == 2 and "line 1" in done.stderr and done.stdout == ""
