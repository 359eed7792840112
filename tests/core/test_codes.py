"""Numbers that people read."""

from datetime import UTC, datetime

import pytest

from linli.core.codes import new_number


@pytest.mark.parametrize(
    ("moment", "day"), [((2026, 11, 29, 16, 6), "261130"), ((2026, 11, 29, 15, 59), "261129")]
)
def test_a_number_begins_with_the_day_of_the_shop(moment: tuple[int, ...], day: str) -> None:
    number = new_number(datetime(*moment, tzinfo=UTC))
    assert number.startswith(day) and len(number) == 20 and number.isdigit()
