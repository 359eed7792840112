"""The micro-batcher: requests that arrive together are handled together by one connection.

No timer holds a lone request back. While one batch is at work the next one gathers, so batches grow with the load and a
quiet shop answers at once. The queue is bounded: when it is full the caller is told to come back.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence

from django.db import connection

log = logging.getLogger(__name__)


class QueueIsFull(Exception):
    """More requests wait than the batcher takes; the caller answers 429 with Retry-After."""


class _Ticket[Q, A]:
    __slots__ = ("answer", "done", "error", "request")

    def __init__(self, request: Q) -> None:
        self.request = request
        self.answer: A | None = None
        self.error: Exception | None = None
        self.done = threading.Lock()
        self.done.acquire()


class Batcher[Q, A]:
    """Gathers requests of many threads for `handle(list) -> list` (one answer for each, in order)."""

    def __init__(self, handle: Callable[[Sequence[Q]], Sequence[A]], *, most: int = 200, waiting: int = 2000) -> None:
        self.handle = handle
        self.most = most
        self.queue: queue.Queue[_Ticket[Q, A]] = queue.Queue(maxsize=waiting)
        self.start = threading.Lock()
        self.thread: threading.Thread | None = None

    def ask(self, request: Q) -> A:
        """Have one request handled in the next batch. Raises QueueIsFull, or what the handler raised for this request."""
        ticket = _Ticket[Q, A](request)
        if self.thread is None or not self.thread.is_alive():
            self._start()
        try:
            self.queue.put_nowait(ticket)
        except queue.Full:
            raise QueueIsFull from None
        ticket.done.acquire()
        if ticket.error is not None:
            raise ticket.error
        return ticket.answer  # type: ignore[return-value]

    def _start(self) -> None:
        with self.start:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._run, name=f"batcher-{self.handle.__name__}", daemon=True)
                self.thread.start()

    def _run(self) -> None:
        while True:
            batch = [self.queue.get()]
            try:
                while len(batch) < self.most:
                    batch.append(self.queue.get_nowait())
            except queue.Empty:
                pass
            self._answer(batch)

    def _answer(self, batch: list[_Ticket[Q, A]]) -> None:
        try:
            answers = self.handle([ticket.request for ticket in batch])
            for ticket, answer in zip(batch, answers, strict=True):
                ticket.answer = answer
        except Exception as error:
            log.exception("a batch of %s failed", len(batch))
            connection.close()
            self._answer_apart(batch, error)
        for ticket in batch:
            ticket.done.release()

    def _answer_apart(self, batch: list[_Ticket[Q, A]], error: Exception) -> None:
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
