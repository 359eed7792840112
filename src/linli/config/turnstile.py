"""Costly doors, on the event loop: who has two requests under way, or was told to come back later, is told so again for almost nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

MOST_UNDER_WAY = 2
MOST_KNOWN = 10_000


class Turnstile:
    """Counts by whoever asks (a bearer token)."""

    def __init__(self) -> None:
        self.under_way: dict[str, int] = {}
        self.later: dict[str, float] = {}

    def wait_seconds(self, who: str) -> int:
        """How long they have to wait; 0: come in."""
        until = self.later.get(who, 0.0)
        if until > time.monotonic():
            return int(until - time.monotonic()) + 1
        self.later.pop(who, None)
        return 1 if self.under_way.get(who, 0) >= MOST_UNDER_WAY else 0

    def come_later(self, who: str, seconds: int) -> None:
        """They were told to come back after so many seconds."""
        if len(self.later) >= MOST_KNOWN:
            self.later.clear()
        self.later[who] = time.monotonic() + seconds

    @contextmanager
    def entered(self, who: str) -> Iterator[None]:
        """Count one more request of theirs as under way until it is answered."""
        self.under_way[who] = self.under_way.get(who, 0) + 1
        try:
            yield
        finally:
            self.under_way[who] -= 1
            if not self.under_way[who]:
                del self.under_way[who]
