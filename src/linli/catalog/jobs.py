"""What the catalog does by the clock."""

from datetime import datetime

from linli.catalog.operations import favourite
from linli.core.jobs import every


@every("*/5 * * * *")
def tell_news(*, at: datetime) -> int:
    """What became cheaper, and what is back, for those who asked."""
    return favourite.tell_news(at=at)


@every("40 3 * * *")
def forget_footprints(*, at: datetime) -> int:
    """What members looked at long ago."""
    return favourite.forget_footprints(at=at)
