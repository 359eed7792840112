"""The registry of read-only checks that `linli verify` runs: each recomputes something and names the first place that differs."""

from collections.abc import Callable
from dataclasses import dataclass

from linli.core import sql


@dataclass(frozen=True)
class Check:
    """name: module.what_holds; find: returns a sentence for each place where it does not hold (at most a few)."""

    name: str
    find: Callable[[], list[str]]


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
def every_event_is_taken() -> list[str]:
    """No subscriber has set an event aside."""
    return [
        f"{row.subscription} could not take event {row.event_id}: {row.error}"
        for row in sql.rows(
            "select subscription, event_id, error from core_faileddelivery order by id limit 5"
        )
    ]
