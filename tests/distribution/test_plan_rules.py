"""The worked examples of docs/plans.md, line by line, and what must hold for any tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.money import reversal
from linli.distribution.queries.plan import preset
from linli.distribution.rules.document import read_plan
from linli.distribution.rules.plan import Engine, Sale
from linli.distribution.types import Kind, Position, Standing

WANWU, SALES_ONLY = (Engine(read_plan(preset(name))) for name in ("wanwu", "sales-only"))
A, B, C, D, X = 1, 2, 3, 4, 5


def standing(owner_id: int, tier: str) -> Standing:
    return Standing(owner_id, tier, tier in ("gold", "senior"))


def paid(
    position: Position, plan: Engine = WANWU, base: int = 19_900, rate: int = 2000
) -> dict[tuple[str, int], int]:
    return {
        (share.kind.value, share.beneficiary_id): share.amount_fen
        for share in plan.sale_shares([Sale(base, rate, position)])[0]
    }


ordinary_b = standing(B, "ordinary")
CASES = {
    "E0 nobody above": (
        Position(standing(X, "ordinary"), None, None),
        {("commission", X): 3980, ("breakage", 0): 995},
    ),
    "E3 sponsor ordinary, leader senior": (
        Position(standing(C, "ordinary"), ordinary_b, standing(A, "senior")),
        {("commission", C): 3980, ("override", A): 995},
    ),
    "E4 a gold invited by a senior": (
        Position(standing(B, "gold"), standing(A, "senior"), standing(A, "senior")),
        {("commission", B): 3980, ("override", A): 995},
    ),
    "E5 direct owner of a gold": (
        Position(standing(C, "ordinary"), standing(B, "gold"), standing(B, "gold")),
        {("commission", C): 3980, ("override", B): 995},
    ),
    "E7 second level under a gold": (
        Position(standing(D, "ordinary"), standing(C, "ordinary"), standing(B, "gold")),
        {("commission", D): 3980, ("breakage", 0): 995},
    ),
    "E8 second level under a senior": (
        Position(standing(D, "ordinary"), standing(C, "ordinary"), standing(B, "senior")),
        {("commission", D): 3980, ("override", B): 995},
    ),
    "E9 a gold whose sponsor is ordinary": (
        Position(standing(C, "gold"), ordinary_b, standing(A, "senior")),
        {("commission", C): 3980, ("breakage", 0): 995},
    ),
}


@pytest.mark.capability("B5")
@pytest.mark.parametrize("name", CASES)
def test_sale_shares_follow_the_worked_examples(name: str) -> None:
    position, expected = CASES[name]
    assert paid(position) == expected


def test_sale_shares_floor_to_the_fen() -> None:
    assert paid(Position(standing(X, "ordinary"), None, None), base=990, rate=500) == {
        ("commission", X): 49,
        ("breakage", 0): 12,
    }


def test_sales_only_pays_the_seller_and_nobody_else() -> None:
    position = Position(standing(C, "ordinary"), standing(B, "gold"), standing(A, "senior"))
    assert paid(position, SALES_ONLY) == {("commission", C): 3980}


def test_own_sale_and_saving_are_the_same_rate() -> None:
    assert SALES_ONLY.own_sale_fen(19_900, 2000) == SALES_ONLY.saving_fen(19_900, 2000) == 3980


@pytest.mark.capability("B8")
def test_reversal_of_the_worked_example() -> None:
    done, backs = 0, []
    for part in (3333, 3333, 3334):
        backs.append((reversal(333, 10_000, done, part), reversal(83, 10_000, done, part)))
        done += part
    assert backs == [(111, 28), (111, 28), (111, 27)]


@given(st.integers(0, 10**7), st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.randoms())
def test_reversals_of_any_parts_in_any_order_sum_to_the_share(share: int, parts: list[int], dice) -> None:
    base = sum(parts)
    dice.shuffle(parts)
    done, total = 0, 0
    for part in parts:
        back = reversal(share, base, done, part)
        assert back >= 0
        done, total = done + part, total + back
    assert total == share


tiers = st.sampled_from(["ordinary", "gold", "senior"])


@given(st.integers(0, 10**8), st.integers(500, 4000), tiers, st.none() | tiers, st.none() | tiers)
def test_a_sale_pays_one_override_or_breakage_and_never_above_the_cap(
    base: int, rate: int, own: str, sponsor: str | None, leader: str | None
) -> None:
    position = Position(
        standing(X, own),
        standing(B, sponsor) if sponsor else None,
        standing(A, leader) if leader in ("gold", "senior") else None,
    )
    [shares] = WANWU.sale_shares([Sale(base, rate, position)])
    commission = base * rate // 10_000
    assert sum(1 for share in shares if share.kind is Kind.override) <= 1
    assert sum(share.amount_fen for share in shares) == commission + commission * 2500 // 10_000
    assert all(share.amount_fen > 0 for share in shares)
