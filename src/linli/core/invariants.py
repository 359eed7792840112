"""The registry of read-only checks that `linli verify` runs: each recomputes something and names the first place that differs."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext

from linli.core import sql
from linli.core.events import subscriptions
from linli.core.work import overdue


@dataclass(frozen=True)
class Check:
    """name: module.what_holds; find: returns a sentence for each place where it does not hold (at most a few)."""

    name: str
    find: Callable[[], list[str]]

    @property
    def sentence(self) -> str:
        """What holds, in the reader's language."""
        return gettext(" ".join((self.find.__doc__ or "").split()))


checks: dict[str, Check] = {}


def invariant(find: Callable[[], list[str]]) -> Callable[[], list[str]]:
    """Register a check; its docstring is the sentence of what holds."""
    name = f"{find.__module__.split('.')[1]}.{find.__name__}"
    checks[name] = Check(name, find)
    return find


def run_checks() -> list[tuple[Check, list[str]]]:
    """Run every check in the order of registration."""
    return [(check, check.find()) for check in checks.values()]


@invariant
def nothing_is_set_aside() -> list[str]:
    """Every event was taken and every row of a job done; nothing is set aside."""
    return [
        f"{row.queue} could not handle {row.item} ({row.tries} tries): {row.error}"
        for row in sql.rows("select queue, item, tries, error from core_setaside order by id limit 5")
    ]


@invariant
def events_are_heard() -> list[str]:
    """No cursor and no event is ahead of this PostgreSQL's transactions (a copy that was not adopted), and none waits too long."""
    listeners = {
        "names": list(subscriptions),
        "kinds": [subscription.kind for subscription in subscriptions.values()],
    }
    ahead = sql.rows(
        """select what from (
             select 'the cursor of ' || name as what, xid from core_subscription
             union all
             select 'event ' || e.id, e.xid from (select distinct unnest(%(kinds)s::text[]) as kind) k cross join lateral (
               select id, xid from core_event where kind = k.kind order by xid desc, id desc limit 1) e) known
            where xid >= pg_snapshot_xmax(pg_current_snapshot()) and xid is distinct from pg_current_xact_id_if_assigned()
            order by what limit 5""",
        {"kinds": listeners["kinds"]},
    )
    return [
        f"{row.what} bears a transaction id that this PostgreSQL has not given" for row in ahead
    ] + overdue(
        """select k.name || ' has not heard event ' || e.id || ' of ' || e.created_at as what
             from unnest(%(names)s::text[], %(kinds)s::text[]) k(name, kind) left join core_subscription s on s.name = k.name
            cross join lateral (
               select id, created_at from core_event e
                where e.kind = k.kind and (e.xid, e.id) > (coalesce(s.xid, '0'), coalesce(s.event_id, 0))
                order by e.xid, e.id limit 1) e
            where e.created_at < %(machine_before)s limit 5""",
        listeners,
    )
