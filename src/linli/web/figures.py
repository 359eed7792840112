"""Figures whose counting takes long, on pages that only show them.

They are counted once in a while, so that nobody waits again for the same sum; what decides anything is never read from here. The page
says when its figures were counted (ui/counted.html).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from django.http import HttpRequest

from linli.core import clock

SLOW_SECONDS = 0.04
KEPT_TIMES = 200
MOST_SECONDS = 600
MOST = 2000


@dataclass(frozen=True)
class _Figure:
    value: Any
    counted_at: datetime
    until: datetime


_kept: dict[str, _Figure] = {}


def counted[T](request: HttpRequest, name: str, count: Callable[[], T]) -> T:
    """What `count` gives; or what it gave a while ago in this process, if it was slow: that is kept for KEPT_TIMES as long as it took,
    at most MOST_SECONDS of the site's clock. The name says what is counted, of whom and for which span."""
    at = clock.now()
    known = _kept.get(name)
    if known and known.counted_at <= at < known.until:
        request.counted_at = min(known.counted_at, getattr(request, "counted_at", at))  # type: ignore[attr-defined]
        return known.value  # type: ignore[no-any-return]
    began = perf_counter()
    value = count()
    seconds = perf_counter() - began
    _kept.pop(name, None)
    if seconds > SLOW_SECONDS:
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[name] = _Figure(value, at, at + timedelta(seconds=min(seconds * KEPT_TIMES, MOST_SECONDS)))
    return value
