"""When an expert looks in. Pure."""

from collections.abc import Sequence
from datetime import datetime

from linli.core.typed import is_seen

MOST_SUBJECT, DAY_MINUTES = 20, 24 * 60


def hours_fit(subject: str, weekdays: Sequence[int], from_minute: int, to_minute: int) -> bool:
    """Whether an expert can be named so: a subject of 1 to 20 characters, known weekdays, an hour at least, within one day."""
    return (
        is_seen(subject)
        and len(subject) <= MOST_SUBJECT
        and set(weekdays) <= set(range(1, 8))
        and from_minute >= 0
        and from_minute + 60 <= to_minute <= DAY_MINUTES
    )


def is_in(weekdays: Sequence[int], from_minute: int, to_minute: int, *, local: datetime) -> bool:
    """Whether it is one of the expert's hours at a moment as the clock shows it there."""
    return (
        not weekdays or local.isoweekday() in weekdays
    ) and from_minute <= local.hour * 60 + local.minute < to_minute
