"""Events are heard in the order of their transactions, each of them, whatever is refused on the way."""

from collections.abc import Iterator

import pytest

from linli.core import events, sql


@events.event
class Rang:
    """A bell rang."""

    n: int


heard: list[int] = []


@events.on(Rang)
def hear_one_at_a_time(happened: list[Rang]) -> None:
    """Refuses a batch of several, as a subscriber does that a deadlock has thrown out, and so hears them one by one."""
    if len(happened) > 1:
        raise ValueError
    heard.append(happened[0].n)


@pytest.fixture
def bell() -> Iterator[str]:
    heard.clear()
    yield "core.hear_one_at_a_time"
    heard.clear()


@pytest.mark.django_db
def test_transactions_are_ordered_by_number_not_by_digits(bell: str) -> None:
    """9 < 10 < 100: in the order of text the cursor would jump over what comes before."""
    for n in (9, 10, 11, 99, 100, 101):
        sql.rows(
            "insert into core_event (xid, kind, payload, created_at) values (%s::text::xid8, 'core.Rang', %s, now())",
            (str(n), f'{{"n": {n}}}'),
        )
    while events.deliver(bell):
        pass
    assert heard == [9, 10, 11, 99, 100, 101]
