"""What distribution does by the clock."""

from datetime import datetime

from linli.core.jobs import every
from linli.distribution.operations import join, plan, tier


@every("* * * * *")
def activate_plans(*, at: datetime) -> int:
    """Approved plans whose moment has come."""
    return plan.activate_plans(at=at)


@every("* * * * *")
def apply_tier_changes(*, at: datetime) -> int:
    """Promotions and demotions whose midnight has come, with their splits."""
    return tier.apply_tier_changes(at=at)


@every("*/10 * * * *")
def decide_tiers(*, at: datetime) -> int:
    """Who rises and who falls next midnight."""
    return tier.decide_tiers(at=at)


@every("* * * * *")
def mature_joins(*, at: datetime) -> int:
    """Recruit rewards whose hold is over."""
    return join.mature_joins(at=at)
