"""Tell up by event. An event is written in the transaction that decides it and delivered in batches, in order, at least once.

Order: events are read by (transaction id, id), and only those of transactions older than every one still open, so that a
slow transaction's events are never skipped. Each subscriber has a cursor of its own and moves it in the transaction of its
own writes. An event that a subscriber cannot take is set aside (core.work), and the rest goes on.

Transaction ids mean something in one PostgreSQL only: a database that was dumped and restored into another is adopted
(`adopt_cluster`) before anything is delivered there.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, dataclass_transform

from django.db import connection, transaction

from linli.core import clock, sql
from linli.core.work import each_apart, retry_aside, set_aside

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
    """Hand the next batch to a subscriber. Returns how many events it took or set aside; 0 when there is none or another process
    is at it."""
    subscription = subscriptions[name]
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
            (subscription.kind, cursor[0].xid, cursor[0].event_id, BATCH),
        )
        if not batch:
            return 0
        failed = each_apart(batch, lambda rows: _hand_over(subscription, rows))
        set_aside(queue_of(name), [(row.id, error) for row, error in failed], at=clock.now())
        sql.rows(
            "update core_subscription set xid = %s::xid8, event_id = %s where name = %s",
            (batch[-1].xid, batch[-1].id, subscription.name),
        )
        return len(batch)


def deliver_all() -> int:
    """Deliver until nobody has anything left to hear; a subscriber that breaks down stops no other. Returns how many deliveries
    were made."""
    total = 0
    while delivered := sum(_deliver_or_tell(name) for name in _behind()):
        total += delivered
    return total


def _behind() -> list[str]:
    """The subscribers that have something to hear now, in one statement: most of the time there are none, or few."""
    rows = sql.rows(
        """select k.name from unnest(%s::text[], %s::text[]) with ordinality k(name, kind, n) left join core_subscription s on s.name = k.name
            where exists (
              select 1 from core_event e where e.kind = k.kind and (e.xid, e.id) > (coalesce(s.xid, '0'), coalesce(s.event_id, 0))
                 and (e.xid < pg_snapshot_xmin(pg_current_snapshot()) or e.xid = pg_current_xact_id_if_assigned()))
            order by k.n""",
        (list(subscriptions), [subscription.kind for subscription in subscriptions.values()]),
    )
    return [row.name for row in rows]


def retry_events(*, at: datetime) -> int:
    """Hand over once more what subscribers could not take before. Returns how many they took."""
    return sum(retry_aside(queue_of(name), _again(one), at=at) for name, one in subscriptions.items())


def queue_of(name: str) -> str:
    """The queue of core.work in which a subscriber's events are set aside."""
    return f"event {name}"


def lags() -> dict[str, int]:
    """How long the oldest unheard event of each subscriber has waited, in seconds; 0 when it has heard all."""
    rows = sql.rows(
        """select k.name, coalesce(extract(epoch from clock_timestamp() - e.created_at), 0)::int as seconds
             from unnest(%s::text[], %s::text[]) k(name, kind) left join core_subscription s on s.name = k.name
             left join lateral (
               select created_at from core_event e
                where e.kind = k.kind and (e.xid, e.id) > (coalesce(s.xid, '0'), coalesce(s.event_id, 0))
                order by e.xid, e.id limit 1) e on true""",
        (list(subscriptions), [subscription.kind for subscription in subscriptions.values()]),
    )
    return {row.name: row.seconds for row in rows}


def adopt_cluster() -> bool:
    """Where the database has come from another PostgreSQL, number its events anew: the transaction ids of the old one say nothing
    about those of the new, and every cursor would wait for them. Returns whether it had. A few events may be heard twice.

    Copies made by PostgreSQL itself (streaming, pg_basebackup, pg_upgrade) keep their ids and are left alone.
    """
    with transaction.atomic():
        sql.rows("select pg_advisory_xact_lock(7306)")
        here = sql.rows("select system_identifier::text as id from pg_control_system()")[0].id
        known = sql.rows("select system_identifier as id from core_cluster")
        if known and known[0].id == here:
            return False
        sql.rows(
            "insert into core_cluster (id, system_identifier) values (1, %s) on conflict (id) do update set system_identifier = excluded.system_identifier",
            (here,),
        )
        if not known and not _is_from_elsewhere():
            return False
        sql.rows(
            """update core_subscription s set xid = '0', event_id = coalesce(
                 (select min(e.id) - 1 from core_event e where (e.xid, e.id) > (s.xid, s.event_id)),
                 (select max(id) from core_event), 0)"""
        )
        sql.rows("update core_event set xid = '0'")
        return True


def _is_from_elsewhere() -> bool:
    """Whether the events bear transaction ids that this PostgreSQL has not given yet."""
    return bool(
        sql.rows(
            """select 1 from (select max(xid) as xid from core_event union all select max(xid) from core_subscription) known
                where xid >= pg_snapshot_xmax(pg_current_snapshot()) and xid is distinct from pg_current_xact_id_if_assigned() limit 1"""
        )
    )


def _deliver_or_tell(name: str) -> int:
    try:
        return deliver(name)
    except Exception:
        log.exception("subscriber %s could not be served; the next round comes again", name)
        connection.close_if_unusable_or_obsolete()
        return 0


def _hand_over(subscription: Subscription, batch: Sequence[Any]) -> None:
    subscription.handle([_types[subscription.kind](**json.loads(row.payload)) for row in batch])


def _again(subscription: Subscription) -> Callable[[list[int]], None]:
    def hand_over(event_ids: list[int]) -> None:
        batch = sql.rows(
            "select id, payload from core_event where id = any(%s::bigint[]) order by xid, id", (event_ids,)
        )
        _hand_over(subscription, batch)

    return hand_over


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
