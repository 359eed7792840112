"""Limits on what strangers may try: one counter per key and window, shared by all processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from linli.core import sql
from linli.core.refusal import Refusal


class TooMany(Refusal):
    """The limit is reached; try again after `retry_after_seconds`."""

    code = "too_many"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


_inside: ContextVar[list[tuple[str, int]] | None] = ContextVar("tries counted inside", default=None)


@contextmanager
def counts_stay() -> Iterator[None]:
    """Tries that are counted inside stay counted when a refusal rolls back what was done there: a refused try is one."""
    counted: list[tuple[str, int]] = []
    token = _inside.set(counted)
    try:
        yield
    except Exception:
        for key, window in counted:
            if not sql.rows('select 1 from core_ratewindow where key = %s and "window" > %s', (key, window)):
                _count(key, window)
        raise
    finally:
        _inside.reset(token)


def count_try(*, key: str, limit: int, window_seconds: int, at: datetime) -> None:
    """Count one try of `key` in the current window. Raises TooMany beyond the limit."""
    window = int(at.timestamp()) // window_seconds
    if (inside := _inside.get()) is not None:
        inside.append((f"{key}/{window_seconds}", window))
    if _count(f"{key}/{window_seconds}", window) > limit:
        raise TooMany(int((window + 1) * window_seconds - at.timestamp()) + 1)


def _count(key: str, window: int) -> int:
    return sql.rows(  # type: ignore[no-any-return]
        """insert into core_ratewindow (key, "window", tries) values (%s, %s, 1)
           on conflict (key) do update set
             tries = case when core_ratewindow."window" = excluded."window" then core_ratewindow.tries + 1 else 1 end,
             "window" = excluded."window"
           returning tries""",
        (key, window),
    )[0].tries
