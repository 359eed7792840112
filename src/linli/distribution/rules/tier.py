"""Which tier own sales and learning earn: pure."""

from collections.abc import Collection, Mapping

from linli.distribution.rules.document import Plan, Qualification

SALES, COURSE = "own_external_settled_sales", "course_passed"


def windows_of(plan: Plan) -> list[int]:
    """The windows in days over which a plan looks at sales."""
    return sorted({asked.window_days for tier in plan.tiers for asked in tier.qualify if asked.kind == SALES})


def earned_tier(plan: Plan, *, sales: Mapping[int, int], courses: Collection[str] = ()) -> str:
    """The highest tier whose every demand is met by settled sales in fen, by window in days, and by the courses that were passed.
    What the platform does not do (heads, payments: rule ECO-09) nobody meets."""
    met = [tier for tier in plan.tiers if all(_is_met(asked, sales, courses) for asked in tier.qualify)]
    return max(met, key=lambda tier: tier.rank).code if met else plan.first_tier


def _is_met(asked: Qualification, sales: Mapping[int, int], courses: Collection[str]) -> bool:
    if asked.kind == COURSE:
        return asked.course in courses
    return asked.kind == SALES and sales.get(asked.window_days, 0) >= asked.min_fen
