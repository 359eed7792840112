"""Which tier own sales and learning earn: pure."""

from linli.distribution.rules.document import Plan, Qualification


def earned_tier(plan: Plan, *, sales_fen: int, courses: frozenset[str] = frozenset()) -> str:
    """The highest tier whose every demand is met. What a lawful plan cannot ask (heads, payments) nobody meets."""
    met = [tier for tier in plan.tiers if all(_is_met(asked, sales_fen, courses) for asked in tier.qualify)]
    return max(met, key=lambda tier: tier.rank).code if met else plan.first_tier


def _is_met(asked: Qualification, sales_fen: int, courses: frozenset[str]) -> bool:
    if asked.kind == "own_external_settled_sales":
        return sales_fen >= asked.min_fen
    return asked.kind == "course_passed" and asked.course in courses
