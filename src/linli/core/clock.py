"""The clock of the platform. Edges read it once and pass `at` down; in the demo the operator can move it forward."""

import os
import threading
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.timezone import localtime, make_aware

from linli.core.policy import policy


def now() -> datetime:
    """The platform's moment, aware, in UTC."""
    moment = datetime.now(UTC)
    return moment + timedelta(seconds=_offset_seconds()) if policy().moves_clock else moment


def shop_day(at: datetime) -> date:
    """The day that a moment belongs to, where the shop is (settings.TIME_ZONE)."""
    return localtime(at).date()


def begin_of_days(days: int, *, at: datetime) -> datetime:
    """The midnight of the shop with which its last so many days began, today included."""
    return shop_midnight(at) - timedelta(days=days - 1)


def shop_midnight(at: datetime) -> datetime:
    """When the day of a moment began, where the shop is."""
    return localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def begin_of(day: date) -> datetime:
    """The midnight at which a day of the shop began."""
    return make_aware(datetime.combine(day, time()))


def advance(seconds: int) -> None:
    """Move the demo's clock forward for every process on this machine. Raises ValueError outside the demo or backwards."""
    if not policy().moves_clock or seconds < 0:
        raise ValueError("only the demo's clock moves, and only forward")
    set_offset(_offset_seconds() + seconds)


def set_offset(seconds: int) -> None:
    """Set the demo's offset from the machine's clock, in seconds (the filling of the demo town starts in the past)."""
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(f".{os.getpid()}.{threading.get_ident()}")  # several may move it at once
    fresh.write_text(str(seconds))
    fresh.replace(file)


def _file() -> Path:
    return settings.ENVIRONMENT.data / "clock"


def _offset_seconds() -> int:
    try:
        written = _file().stat()
    except FileNotFoundError:
        return 0
    return _offset_written(written.st_ino, written.st_mtime_ns)


@lru_cache(maxsize=1)
def _offset_written(file_number: int, written_at_ns: int) -> int:
    """Read once: whoever moves the clock puts another file in its place."""
    return int(_file().read_text() or 0)
