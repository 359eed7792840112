"""Limits on what strangers may try: one counter per key and window, shared by all processes."""

from datetime import datetime

from linli.core import sql
from linli.core.refusal import Refusal


class TooMany(Refusal):
    """The limit is reached; try again after `retry_after_seconds`."""

    code = "too_many"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


def count_try(*, key: str, limit: int, window_seconds: int, at: datetime) -> None:
    """Count one try of `key` in the current window. Raises TooMany beyond the limit."""
    window = int(at.timestamp()) // window_seconds
    tries = sql.rows(
        """insert into core_ratewindow (key, "window", tries) values (%s, %s, 1)
           on conflict (key) do update set
             tries = case when core_ratewindow."window" = excluded."window" then core_ratewindow.tries + 1 else 1 end,
             "window" = excluded."window"
           returning tries""",
        (f"{key}/{window_seconds}", window),
    )[0].tries
    if tries > limit:
        raise TooMany(int((window + 1) * window_seconds - at.timestamp()) + 1)
