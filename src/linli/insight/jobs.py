"""What insight does by the clock."""

from datetime import datetime

from linli.core.jobs import every
from linli.insight.operations import keep


@every("5 * * * *")
def keep_days(at: datetime) -> int:
    """Days that are over."""
    return keep.keep_days(at=at)


@every("13 * * * *")
def rank_owners(at: datetime) -> int:
    """Who sold most, each hour."""
    return keep.rank_owners(at=at)
