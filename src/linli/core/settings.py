"""Business values: typed here, dated rows in the database, the default when there is none."""

from dataclasses import dataclass
from datetime import datetime

from linli.core import sql


@dataclass(frozen=True)
class Value:
    """An integer business value with its unit, default and reason."""

    key: str
    default: int
    unit: str
    why: str


_declared: dict[str, Value] = {}


def declare(key: str, default: int, unit: str, why: str) -> Value:
    """A value of a module, declared in its own `values.py`. Raises ValueError for a key that another module has."""
    if key in _declared:
        raise ValueError(f"declared twice: {key}")
    _declared[key] = Value(key, default, unit, why)
    return _declared[key]


def declared() -> dict[str, Value]:
    """Every value by its key."""
    return dict(_declared)


def value_at(value: Value, *, at: datetime) -> int:
    """The value in force at a moment: the latest row that has begun, else the default."""
    return values_at(value, at=at)[0]


def values_at(*values: Value, at: datetime) -> tuple[int, ...]:
    """Several values in force at a moment, in one query."""
    rows = sql.rows(
        """select distinct on (key) key, value from core_datedvalue where key = any(%s::text[]) and active_from <= %s
            order by key, active_from desc""",
        ([value.key for value in values], at),
    )
    found = {row.key: row.value for row in rows}
    return tuple(found.get(value.key, value.default) for value in values)
