"""Tell up by event. An event is written in the transaction that decides it and delivered in batches, in order, at least once.

Order: events are read by (transaction id, id), and only those of transactions older than every one still open, so that a
slow transaction's events are never skipped. Each subscriber has a cursor of its own and moves it in the transaction of its
own writes. An event that a subscriber cannot take is set aside in `FailedDelivery` for a person, and the rest goes on.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, dataclass_transform

from django.db import OperationalError, connection, transaction

from linli.core import sql

log = logging.getLogger(__name__)
BATCH = 500
KICK_SECONDS = 0.1

_types: dict[str, type] = {}
_kinds: dict[type, str] = {}


@dataclass(frozen=True)
class Subscription:
    """A named listener to one kind of event."""

    name: str
    kind: str
    handle: Callable[[list[Any]], None]


subscriptions: dict[str, Subscription] = {}


@dataclass_transform(frozen_default=True)
def event[T](cls: type[T]) -> type[T]:
    """Declare a frozen dataclass of ids and values as an event, stored as `module.ClassName`."""
    frozen: type[T] = dataclass(frozen=True)(cls)
    kind = f"{cls.__module__.split('.')[1]}.{cls.__name__}"
    _types[kind] = frozen
    _kinds[frozen] = kind
    return frozen


def on(kind: type) -> Callable[[Callable[[list[Any]], None]], Callable[[list[Any]], None]]:
    """Subscribe a function that takes a list of events and is safe to run twice."""

    def register(handle: Callable[[list[Any]], None]) -> Callable[[list[Any]], None]:
        name = f"{handle.__module__.split('.')[1]}.{handle.__name__}"
        subscriptions[name] = Subscription(name, _kinds[kind], handle)
        return handle

    return register


def publish(happened: Sequence[Any]) -> None:
    """Write events in the open transaction; whoever listens hears of them after the commit."""
    if not happened:
        return
    sql.rows(
        """insert into core_event (xid, kind, payload, created_at)
           select pg_current_xact_id(), e.kind, e.payload, clock_timestamp()
             from unnest(%s::text[], %s::jsonb[]) with ordinality e(kind, payload, n) order by n""",
        ([_kinds[type(e)] for e in happened], [json.dumps(asdict(e)) for e in happened]),
    )
    transaction.on_commit(_kick)


def deliver(name: str) -> int:
    """Hand the next batch to a subscriber. Returns how many events it took; 0 when there is none or another process is at it."""
    subscription = subscriptions[name]
    try:
        return _deliver_batch(subscription, BATCH)
    except Exception:
        log.exception("subscriber %s failed on a batch; going one by one", name)
        return _deliver_batch(subscription, 1, set_aside=True)


def deliver_all() -> int:
    """Deliver until nobody has anything left to hear. Returns how many deliveries were made."""
    total = 0
    while delivered := sum(deliver(name) for name in subscriptions):
        total += delivered
    return total


def _deliver_batch(subscription: Subscription, limit: int, set_aside: bool = False) -> int:
    with transaction.atomic():
        sql.rows(
            "insert into core_subscription (name, xid, event_id) values (%s, '0', 0) on conflict do nothing",
            (subscription.name,),
        )
        cursor = sql.rows(
            "select xid::text, event_id from core_subscription where name = %s for update skip locked",
            (subscription.name,),
        )
        if not cursor:
            return 0
        batch = sql.rows(
            # e.xid, not xid: a bare name would sort by the text of the answer, where 10 comes before 9
            """select e.id, e.xid::text, e.payload from core_event e
                where e.kind = %s and (e.xid, e.id) > (%s::xid8, %s)
                  and (e.xid < pg_snapshot_xmin(pg_current_snapshot()) or e.xid = pg_current_xact_id_if_assigned())
                order by e.xid, e.id limit %s""",
            (subscription.kind, cursor[0].xid, cursor[0].event_id, limit),
        )
        if not batch:
            return 0
        _hand_over(subscription, batch, set_aside)
        sql.rows(
            "update core_subscription set xid = %s::xid8, event_id = %s where name = %s",
            (batch[-1].xid, batch[-1].id, subscription.name),
        )
        return len(batch)


def _hand_over(subscription: Subscription, batch: list[Any], set_aside: bool) -> None:
    heard = [_types[subscription.kind](**json.loads(row.payload)) for row in batch]
    if not set_aside:
        subscription.handle(heard)
        return
    try:
        with transaction.atomic():
            subscription.handle(heard)
    except OperationalError:
        raise  # a deadlock or a lost connection is nobody's event: it comes again
    except Exception as error:
        log.exception("subscriber %s cannot take event %s", subscription.name, batch[0].id)
        sql.rows(
            "insert into core_faileddelivery (subscription, event_id, error, created_at) values (%s, %s, %s, clock_timestamp())",
            (subscription.name, batch[0].id, repr(error)[:2000]),
        )


class _Kick:
    """Wakes the workers after a commit: at once, and at most once in KICK_SECONDS per process, the last one never lost."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = 0.0
        self.is_waiting = False

    def ask(self) -> None:
        with self.lock:
            wait = self.last + KICK_SECONDS - time.monotonic()
            if self.is_waiting:
                return
            if wait > 0:
                self.is_waiting = True
                timer = threading.Timer(wait, self._late)
                timer.daemon = True
                timer.start()
                return
            self.last = time.monotonic()
        _wake()

    def _late(self) -> None:
        with self.lock:
            self.is_waiting = False
            self.last = time.monotonic()
        try:
            _wake()
        finally:
            connection.close()  # the timer's thread ends here


_kicks = _Kick()


def _kick() -> None:
    _kicks.ask()


def _wake() -> None:
    from linli.core.jobs import wake_deliveries  # inline: jobs stand on top of events

    wake_deliveries()
