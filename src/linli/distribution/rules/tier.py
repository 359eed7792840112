"""Which tier own sales and learning earn: pure."""

from collections.abc import Mapping

from linli.distribution.rules.document import Plan, Qualification


def windows_of(plan: Plan) -> list[int]:
    """The windows in days over which a plan looks at sales."""
    return sorted({asked.window_days for tier in plan.tiers for asked in tier.qualify})


def earned_tier(plan: Plan, *, sales: Mapping[int, int]) -> str:
    """The highest tier whose every demand is met by settled sales in fen, by window in days. What the platform does not do
    (courses, heads, payments: rule ECO-09) nobody meets."""
    met = [tier for tier in plan.tiers if all(_is_met(asked, sales) for asked in tier.qualify)]
    return max(met, key=lambda tier: tier.rank).code if met else plan.first_tier


def _is_met(asked: Qualification, sales: Mapping[int, int]) -> bool:
    return asked.kind == "own_external_settled_sales" and sales.get(asked.window_days, 0) >= asked.min_fen
