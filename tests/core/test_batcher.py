"""The queue in front of the database: bounded, by arrival, and a place that is kept."""

import threading
import time
from collections.abc import Sequence

import pytest

from linli.core.batcher import TICKET_SECONDS, Batcher, QueueIsFull, place_kept, ticket_of

pytestmark = pytest.mark.capability("D8")


class Shop:
    """A handler that stands still until the door opens, and remembers in what order it served."""

    def __init__(self) -> None:
        self.door = threading.Event()
        self.served: list[str] = []
        self.begun = threading.Event()

    def handle(self, asked: Sequence[str]) -> list[str]:
        self.begun.set()
        self.door.wait(10)
        self.served += asked
        return list(asked)


def ask(batcher: Batcher[str, str], what: str, since: float | None = None) -> threading.Thread:
    thread = threading.Thread(target=batcher.ask, args=(what,), kwargs={"since": since})
    thread.start()
    return thread


def test_a_full_queue_says_how_many_are_ahead_and_keeps_the_place() -> None:
    shop = Shop()
    batcher: Batcher[str, str] = Batcher(shop.handle, most=1, waiting=2)
    threads = [ask(batcher, "first")]
    assert shop.begun.wait(10)
    threads += [ask(batcher, "second"), ask(batcher, "third")]
    while batcher.queue.qsize() < 2:
        time.sleep(0.01)
    with pytest.raises(QueueIsFull) as full:
        batcher.ask("fourth")
    assert full.value.ahead == 2
    ticket = ticket_of(full.value, holder="me")
    since = place_kept(ticket, holder="me")
    assert since == full.value.since
    assert place_kept(ticket, holder="another") is None, "a place is nobody else's"
    long_ago = QueueIsFull(since=full.value.since - TICKET_SECONDS)
    assert place_kept(ticket_of(long_ago, holder="me"), holder="me") is None, "and not for ever"
    # Room for those who come again; of them the one who was here before everybody goes first.
    threads += [ask(batcher, "fourth again", since), ask(batcher, "long here", since - 60)]
    while batcher.queue.qsize() < 4:
        time.sleep(0.01)
    with pytest.raises(QueueIsFull) as again:
        batcher.ask("fourth", since=since)
    assert (again.value.ahead, again.value.since) == (4, since), "its place is still the first one"
    shop.door.set()
    for thread in threads:
        thread.join(10)
    assert shop.served == ["first", "long here", "second", "third", "fourth again"]


@pytest.mark.parametrize("ticket", ["", "nonsense", "MTc:1abc:forged"])
def test_a_forged_ticket_is_no_place(ticket: str) -> None:
    assert place_kept(ticket, holder="me") is None
