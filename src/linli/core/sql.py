"""Plain SQL for the hot path: server-side parameters, prepared once per connection, seen by Django's query log.

Lists travel as array literals, and statements name their types (`%s::bigint[]`): it is several times cheaper than letting
the driver inspect every element, and the statement keeps one plan.
"""

import time
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection
from psycopg.rows import class_row, dict_row, namedtuple_row, tuple_row


def rows(statement: LiteralString, parameters: dict[str, Any] | Sequence[Any] = ()) -> list[Any]:
    """Run one statement; its rows as named tuples (empty when it returns none). Raises django.db's errors."""
    return _run(statement, parameters, namedtuple_row)


def typed[T](
    row: type[T], statement: LiteralString, parameters: dict[str, Any] | Sequence[Any] = ()
) -> list[T]:
    """Run one statement whose columns are the fields of a dataclass; its rows as such. Raises django.db's errors."""
    return _run(statement, parameters, class_row(row))


def dicts(statement: LiteralString, parameters: dict[str, Any] | Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Run one statement; its rows as dicts. Raises django.db's errors."""
    return _run(statement, parameters, dict_row)


def tuples(
    statement: LiteralString, parameters: dict[str, Any] | Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """Run one statement; its rows as plain tuples, where columns of several tables have the same names. Raises django.db's errors."""
    return _run(statement, parameters, tuple_row)


def _run(statement: LiteralString, parameters: Any, factory: Any) -> list[Any]:
    connection.ensure_connection()
    driver: psycopg.Connection = connection.connection
    began = time.perf_counter()
    with connection.wrap_database_errors, psycopg.Cursor(driver, row_factory=factory) as cursor:
        cursor.execute(statement, _literal(parameters), prepare=True)
        found = cursor.fetchall() if cursor.rownumber is not None else []
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.perf_counter() - began:.3f}"})
    return found


def _literal(parameters: Any) -> Any:
    if not parameters:
        return None
    if isinstance(parameters, dict):
        return {key: _array(value) if isinstance(value, list) else value for key, value in parameters.items()}
    return [_array(value) if isinstance(value, list) else value for value in parameters]


def _array(values: list[Any]) -> str:
    if values and type(values[0]) is int:
        return (
            "{" + ",".join(map(_element, values)) + "}" if None in values else "{" + str(values)[1:-1] + "}"
        )
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes):
        return '"\\\\x' + value.hex() + '"'
    return f'"{value}"'
