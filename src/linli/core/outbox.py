"""The outbox: requests to providers, written in the transaction that decides them and sent later by a job, once per number.

Each module keeps its own table with the columns of `Outgoing`. A row is leased before each try, so two workers never send it at once;
a failed try is rescheduled with a growing delay; after MOST_TRIES a person has to look.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import LiteralString, Protocol

from django.db import models

from linli.core import sql
from linli.core.work import storable

log = logging.getLogger(__name__)
MOST_TRIES = 8
LEASE_SECONDS = 60
MOST_AT_ONCE = 100


class NotSent(Exception):
    """The provider did not answer, or refused. Not our fault, so no traceback is logged."""


class Outgoing(models.Model):
    """Columns of a table of outgoing requests. States: waiting, sent (leased, outcome unknown), then the module's own final states or
    needs_person. The table needs an index on next_try_at for rows that are waiting or sent."""

    tries = models.IntegerField(default=0)
    last_error = models.CharField(max_length=200, default="", blank=True)
    next_try_at = models.DateTimeField()

    class Meta:
        abstract = True


class Due(Protocol):
    """A leased row; `number` is the provider's key for it."""

    @property
    def id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def tries(self) -> int: ...


def send_due[T: Due](
    table: LiteralString,
    load: Callable[[list[int]], Sequence[T]],
    send: Callable[[T], None],
    *,
    at: datetime,
) -> int:
    """Lease due rows and send them one by one. A row whose try raises is rescheduled, and the next one is sent. Returns how many were
    tried."""
    _give_up(table, at=at)
    due = load(_lease(table, at=at))
    for row in due:
        try:
            send(row)
        except Exception as error:
            if not isinstance(error, NotSent):
                log.exception("%s %s could not be sent", table, row.number)
            _put_back(table, row, error, at=at)
    return len(due)


def _lease(table: LiteralString, *, at: datetime) -> list[int]:
    leased = sql.rows(
        f"""update {table} set state = 'sent', tries = tries + 1, next_try_at = %(lease)s
             where id in (select id from {table} where state in ('waiting', 'sent') and next_try_at <= %(at)s
                           order by next_try_at limit %(most)s for no key update skip locked)
            returning id""",
        {"at": at, "lease": at + timedelta(seconds=LEASE_SECONDS), "most": MOST_AT_ONCE},
    )
    return [row.id for row in leased]


def _give_up(table: LiteralString, *, at: datetime) -> None:
    """Escalate rows that were accepted on every try but never settled."""
    for row in sql.rows(
        f"""update {table} set state = 'needs_person', last_error = 'no outcome was ever told'
             where state = 'sent' and tries >= %s and next_try_at <= %s returning id""",
        (MOST_TRIES, at),
    ):
        log.error("%s %s needs a person: no outcome was ever told", table, row.id)


def _put_back(table: LiteralString, row: Due, error: Exception, *, at: datetime) -> None:
    needs_person = row.tries >= MOST_TRIES
    if needs_person:
        log.error("%s %s needs a person: %s", table, row.number, error)
    sql.rows(
        f"update {table} set state = %s, last_error = %s, next_try_at = %s where id = %s and state = 'sent'",
        (
            "needs_person" if needs_person else "waiting",
            storable(str(error) or repr(error))[:200],
            at + timedelta(seconds=5 * 4 ** min(row.tries, 6)),
            row.id,
        ),
    )
