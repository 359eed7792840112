"""Work that is taken from a queue in batches. What cannot be done is set aside alone: its neighbours go on, `verify` and the
operator see it, and it is tried again later, ever more seldom.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

from django.db import InterfaceError, OperationalError, transaction

from linli.core import sql

log = logging.getLogger(__name__)
AT_ONCE = 500
FIRST_RETRY_MINUTES, LONGEST_RETRY_MINUTES = 5, 24 * 60
# SQLSTATE classes that are nobody's fault and pass: connection, rollback of a deadlock, operator intervention, lock not available.
PASSING = ("08", "40", "57P", "55P03")
WAITS_MINUTES = 10  # that something due may wait while a worker runs


def each_apart[T](items: Sequence[T], handle: Callable[[Sequence[T]], object]) -> list[tuple[T, Exception]]:
    """Handle all items together; where that fails, by halves, down to the one that cannot be handled.

    Returns those with their errors. Raises what is no item's fault (a deadlock, a lost connection): it comes again as it is.
    """
    if not items:
        return []
    try:
        with transaction.atomic():
            handle(items)
        return []
    except Exception as error:
        if _is_passing(error):
            raise
        if len(items) == 1:
            return [(items[0], error)]
    half = len(items) // 2
    return each_apart(items[:half], handle) + each_apart(items[half:], handle)


def work_off(
    queue: str,
    due: LiteralString,
    handle: Callable[[list[int]], object],
    *,
    at: datetime,
    most: int = AT_ONCE,
    parameters: Mapping[str, Any] | None = None,
) -> int:
    """Do what is due in one transaction. Returns how many ids were done; what fails is set aside under the queue's name.

    due: selects and locks `id`s, at most %(most)s of them, none of %(aside)s, by %(at)s and parameters of its own.
    """
    with transaction.atomic():
        waiting, known = _aside(queue, at)
        found = sql.rows(due, {"at": at, "most": most, "aside": waiting, **(parameters or {})})
        ids = [row.id for row in found]
        failed = each_apart(ids, lambda some: handle(list(some)))
        set_aside(queue, failed, at=at)
        if retried := known & {*ids} - {item for item, _ in failed}:
            _bring_back(queue, sorted(retried))
        return len(ids) - len(failed)


def set_aside(queue: str, failed: Sequence[tuple[int, Exception]], *, at: datetime) -> None:
    """Write down what could not be done, with the reason; a second time it waits longer."""
    for item, error in failed:
        log.error("%s cannot handle %s, which is set aside: %s", queue, item, error, exc_info=error)
        sql.rows(
            """insert into core_setaside as s (queue, item, error, tries, created_at, next_try_at)
               values (%(queue)s, %(item)s, %(error)s, 1, %(at)s, %(first)s)
               on conflict (queue, item) do update set error = excluded.error, tries = s.tries + 1,
                 next_try_at = %(at)s + least(make_interval(mins => %(minutes)s * (2 ^ least(s.tries, 10))::int),
                                              make_interval(mins => %(longest)s))""",
            {
                "queue": queue,
                "item": item,
                "error": storable(repr(error))[:2000],
                "at": at,
                "first": at + timedelta(minutes=FIRST_RETRY_MINUTES),
                "minutes": FIRST_RETRY_MINUTES,
                "longest": LONGEST_RETRY_MINUTES,
            },
        )


def storable(text: str) -> str:
    """A text about what went wrong without what PostgreSQL cannot keep: NUL and lone surrogates."""
    return text.replace("\0", "␀").encode(errors="replace").decode()


def retry_aside(queue: str, handle: Callable[[list[int]], object], *, at: datetime) -> int:
    """Try again what was set aside and is due, for queues that do not find it by themselves. Returns how many were done."""
    with transaction.atomic():
        due = sql.rows(
            """select item from core_setaside where queue = %s and next_try_at <= %s order by next_try_at limit %s
                for update skip locked""",
            (queue, at, AT_ONCE),
        )
        ids = [row.item for row in due]
        failed = each_apart(ids, lambda some: handle(list(some)))
        set_aside(queue, failed, at=at)
        done = sorted({*ids} - {item for item, _ in failed})
        _bring_back(queue, done)
        return len(done)


def overdue(statement: LiteralString, parameters: Mapping[str, Any] | None = None) -> list[str]:
    """What has waited longer than it may while workers ran: `what`s of a statement that takes %(before)s and %(machine_before)s,
    the moments (of the platform's clock and the machine's) before which nothing may still be due.

    Nothing where no worker has run yet: a backup that was just restored waits for its server.
    """
    seen = sql.rows(
        """select beat_at - make_interval(mins => %(minutes)s) as before, machine_at - make_interval(mins => %(minutes)s) as machine_before
             from core_heartbeat""",
        {"minutes": WAITS_MINUTES},
    )
    return [
        row.what
        for one in seen
        for row in sql.rows(
            statement, {"before": one.before, "machine_before": one.machine_before, **(parameters or {})}
        )
    ]


def beat(*, at: datetime) -> None:
    """A worker has gone round: what was due before this moment it has had the chance to do."""
    sql.rows(
        """insert into core_heartbeat (id, beat_at, machine_at) values (1, %s, clock_timestamp()) on conflict (id) do update
              set beat_at = excluded.beat_at, machine_at = excluded.machine_at
            where core_heartbeat.machine_at < excluded.machine_at - interval '20 seconds'""",
        (at,),
    )


def _is_passing(error: Exception) -> bool:
    if isinstance(error, InterfaceError):
        return True
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state.startswith(PASSING))


def _aside(queue: str, at: datetime) -> tuple[list[int], set[int]]:
    """The ids of a queue that wait for another try, and all that are set aside."""
    rows = sql.rows("select item, next_try_at > %s as waits from core_setaside where queue = %s", (at, queue))
    return [row.item for row in rows if row.waits], {row.item for row in rows}


def _bring_back(queue: str, ids: list[int]) -> None:
    if ids:
        sql.rows("delete from core_setaside where queue = %s and item = any(%s::bigint[])", (queue, ids))
