"""Plain SQL for the hot path: server-side parameters, prepared once per connection, seen by Django's query log."""

import time
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from django.db import connection
from psycopg.rows import dict_row, namedtuple_row


def rows(statement: LiteralString, parameters: dict[str, Any] | Sequence[Any] = ()) -> list[Any]:
    """Run one statement; its rows as named tuples (empty when it returns none). Raises django.db's errors."""
    return _run(statement, parameters, namedtuple_row)


def dicts(statement: LiteralString, parameters: dict[str, Any] | Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Run one statement; its rows as dicts. Raises django.db's errors."""
    return _run(statement, parameters, dict_row)


def _run(statement: LiteralString, parameters: Any, factory: Any) -> list[Any]:
    connection.ensure_connection()
    driver: psycopg.Connection = connection.connection
    began = time.perf_counter()
    with connection.wrap_database_errors, psycopg.Cursor(driver, row_factory=factory) as cursor:
        cursor.execute(statement, parameters or None, prepare=True)
        found = cursor.fetchall() if cursor.description else []
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.perf_counter() - began:.3f}"})
    return found
