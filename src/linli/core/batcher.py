"""The micro-batcher: requests that arrive together are handled together by one connection.

No timer holds a lone request back: a quiet shop answers at once. While one batch is at work the next one gathers; and when
people come together, a batch waits a few milliseconds more for company, since twenty cost little more than two. The queue is
bounded: when it is full the caller is told to come back, with the moment of the first asking as a ticket: whoever comes again
with it goes before all who came later.
"""

import asyncio
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.core import signing
from django.db import connection

from linli.core.refusal import Refusal

log = logging.getLogger(__name__)
COMPANY_SECONDS = 0.004
TICKET_SECONDS = 600


class QueueIsFull(Refusal):
    """More requests wait than the batcher takes; the caller answers 429 with Retry-After. ahead: how many wait; since: when this
    one came first, in seconds, by which it keeps its place (`place_kept`, `ticket_of`)."""

    code = "queue_full"
    retry_after_seconds = 1

    def __init__(self, ahead: int = 0, since: float = 0.0) -> None:
        super().__init__(details={"ahead": ahead})
        self.ahead, self.since = ahead, since


def ticket_of(full: QueueIsFull, *, holder: str) -> str:
    """What a caller shows when they come again: the moment of their first asking, signed for nobody but them."""
    return signing.dumps(full.since, salt=f"queue:{holder}")


def place_kept(ticket: str, *, holder: str) -> float | None:
    """The moment of the first asking that a ticket proves; None for one that is forged, another's, or ten minutes past it."""
    try:
        since = float(signing.loads(ticket, salt=f"queue:{holder}"))
    except signing.BadSignature:
        return None
    return since if time.time() - since < TICKET_SECONDS else None


class _Ticket:
    """A request that waits: a thread on its lock, or a coroutine on its future."""

    __slots__ = ("answer", "done", "error", "future", "request", "since")

    def __init__(self, request: Any, future: asyncio.Future | None, since: float | None) -> None:
        self.since = time.time() if since is None else since
        self.request = request
        self.future = future
        self.answer: Any = None
        self.error: Exception | None = None
        self.done = threading.Lock()
        self.done.acquire()


class Batcher[Q, A]:
    """Gathers requests of many threads and coroutines for `handle(list) -> list` (one answer for each, in order)."""

    def __init__(
        self, handle: Callable[[Sequence[Q]], Sequence[A]], *, most: int = 200, waiting: int = 2000
    ) -> None:
        self.handle = handle
        self.most = most
        self.waiting = waiting
        self.arrivals = itertools.count()
        self.queue: queue.PriorityQueue[tuple[float, int, _Ticket]] = queue.PriorityQueue()
        self.start = threading.Lock()
        self.thread: threading.Thread | None = None

    def ask(self, request: Q, *, since: float | None = None) -> A:
        """Have one request handled in the next batch. Raises QueueIsFull, or what the handler raised for this request. since: when
        it came first, for one that comes again.

        A caller inside a transaction gets its answer inside it: another connection would not see what it has written.
        """
        if connection.in_atomic_block:
            [answer] = self.handle([request])
            return answer
        ticket = self._put(request, None, since)
        ticket.done.acquire()
        if ticket.error is not None:
            raise ticket.error
        return ticket.answer

    async def ask_soon(self, request: Q, *, since: float | None = None) -> A:
        """The same for a coroutine: no thread waits. Raises QueueIsFull, or what the handler raised for this request."""
        future = asyncio.get_running_loop().create_future()
        self._put(request, future, since)
        return await future

    def _put(self, request: Q, future: asyncio.Future | None, since: float | None) -> _Ticket:
        ticket = _Ticket(request, future, since)
        if self.thread is None or not self.thread.is_alive():
            self._start()
        ahead = self.queue.qsize()
        # For those who come again there is as much room once more.
        if ahead >= (self.waiting if since is None else 2 * self.waiting):
            raise QueueIsFull(ahead, ticket.since)
        self.queue.put((ticket.since, next(self.arrivals), ticket))
        return ticket

    def _start(self) -> None:
        with self.start:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(
                    target=self._run, name=f"batcher-{self.handle.__name__}", daemon=True
                )
                self.thread.start()

    def _run(self) -> None:
        is_busy = False
        while True:
            batch = [self.queue.get()[-1]]
            if is_busy:
                time.sleep(COMPANY_SECONDS)
            try:
                while len(batch) < self.most:
                    batch.append(self.queue.get_nowait()[-1])
            except queue.Empty:
                pass
            is_busy = len(batch) > 1
            self._answer(batch)

    def _answer(self, batch: list[_Ticket]) -> None:
        try:
            answers = self.handle([ticket.request for ticket in batch])
            for ticket, answer in zip(batch, answers, strict=True):
                ticket.answer = answer
        except Exception as error:
            log.exception("a batch of %s failed", len(batch))
            connection.close()
            self._answer_apart(batch, error)
        _wake(batch)

    def _answer_apart(self, batch: list[_Ticket], error: Exception) -> None:
        """One bad request must not fail its neighbours: each is tried on its own (handlers are idempotent by key)."""
        if len(batch) == 1:
            batch[0].error = error
            return
        for ticket in batch:
            try:
                [ticket.answer] = self.handle([ticket.request])
            except Exception as own:
                connection.close()
                ticket.error = own


def _wake(batch: list[_Ticket]) -> None:
    """Threads one by one; each event loop once for all its coroutines."""
    loops: dict[asyncio.AbstractEventLoop, list[_Ticket]] = {}
    for ticket in batch:
        if ticket.future is None:
            ticket.done.release()
        else:
            loops.setdefault(ticket.future.get_loop(), []).append(ticket)
    for loop, tickets in loops.items():
        loop.call_soon_threadsafe(_resolve, tickets)


def _resolve(tickets: list[_Ticket]) -> None:
    for ticket in tickets:
        if ticket.future is None or ticket.future.done():
            continue  # its client went away
        if ticket.error is not None:
            ticket.future.set_exception(ticket.error)
        else:
            ticket.future.set_result(ticket.answer)
