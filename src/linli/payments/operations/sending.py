"""Money on its way to a gateway: leased for a try, put back for later when it failed, a person told when it fails too often."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import LiteralString, Protocol

from linli.core import sql
from linli.core.work import storable
from linli.payments.types import GatewayRefused, GatewayUnavailable

log = logging.getLogger(__name__)
MOST_TRIES = 8
LEASE_SECONDS = 60


def give_up(table: LiteralString, *, at: datetime) -> None:
    """What was taken every time and never came to an end has to be asked about by a person."""
    for row in sql.rows(
        f"""update {table} set state = 'needs_person', last_error = 'no outcome was ever told'
             where state = 'sent' and tries >= %s and next_try_at <= %s returning id""",
        (MOST_TRIES, at),
    ):
        log.error("%s %s needs a person: no outcome was ever told", table, row.id)


class Due(Protocol):
    """A leased row."""

    @property
    def id(self) -> int: ...
    @property
    def tries(self) -> int: ...


def send_each[T: Due](
    table: LiteralString, number: str, due: Sequence[T], send: Callable[[T], None], *, at: datetime
) -> None:
    """Send leased rows one by one. Whatever a try raises is that row's own: it is put back, and the next one is sent."""
    for row in due:
        try:
            send(row)
        except Exception as error:
            if not isinstance(error, (GatewayUnavailable, GatewayRefused)):
                log.exception("%s %s could not be sent", table, getattr(row, number))
            _put_back(table, row.id, number=getattr(row, number), tries=row.tries, error=error, at=at)


def _put_back(
    table: LiteralString, row_id: int, *, number: str, tries: int, error: Exception, at: datetime
) -> None:
    """A try failed: wait longer each time; after the last, somebody has to look."""
    needs_person = tries >= MOST_TRIES
    if needs_person:
        log.error("%s %s needs a person: %s", table, number, error)
    sql.rows(
        f"update {table} set state = %s, last_error = %s, next_try_at = %s where id = %s and state = 'sent'",
        (
            "needs_person" if needs_person else "waiting",
            storable(str(error) or repr(error))[:200],
            at + timedelta(seconds=5 * 4 ** min(tries, 6)),
            row_id,
        ),
    )
