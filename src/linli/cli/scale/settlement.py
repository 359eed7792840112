"""How fast due commission lines settle, by how many workers, and what a checkout beside them feels."""

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from linli.cli.scale.backlog import build_backlog, tidy
from linli.cli.scale.forest import Say
from linli.cli.scale.worker import complete_all, prepare
from linli.core import sql
from linli.core.invariants import run_checks
from linli.trade.operations.complete_order import AT_ONCE
from linli.trade.operations.place_order import place_orders
from linli.trade.types import Basket, Line, Placed, PlaceRequest

WORKERS = 2
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ALONE_SECONDS = 5
THINKS_SECONDS = 0.01
ADDRESS = {"name": "林邻", "phone": "13800138000", "region": "330102", "detail": "清波街道 1 号"}


def measure_settlement(members: int, lines: int, say: Say) -> dict[str, Any]:
    """Settle a backlog by one worker, another by two, and a quarter of it by one beside running checkouts; then recompute everything."""
    result: dict[str, Any] = {}
    at_once = min(AT_ONCE, lines // 50)  # a small backlog too is settled in many runs
    for name, workers in (("settlement", 1), ("settlement_by_two", WORKERS)):
        build_backlog(members, lines, say)
        say(f"settling {lines:,} commission lines, workers: {workers}")
        settled = _settle(workers, at_once, lambda done: None)
        say(str(settled))
        result |= {f"{name}_{key}": value for key, value in settled.items()}
    build_backlog(members, lines // 4, say)
    say("settling beside checkouts")
    alone, during = _Checkout(), _Checkout()
    until = time.monotonic() + ALONE_SECONDS
    alone.run(lambda: time.monotonic() > until)
    beside = _settle(1, at_once, lambda jobs: during.run(lambda: all(job.done() for job in jobs)))
    result |= {
        "settlement_lines_a_second_beside_checkout": beside["lines_a_second"],
        "place_p50_ms": alone.percentile(50), "place_p99_ms": alone.percentile(99),
        "place_p50_ms_during_settlement": during.percentile(50), "place_p99_ms_during_settlement": during.percentile(99),
        "placed_during_settlement": len(during.took_ms),
    }  # fmt: skip
    say(str(result))
    tidy()
    say("every invariant, recomputed")
    broken = {check.name: places for check, places in run_checks() if places}
    for name, places in broken.items():
        say(f"FAIL {name}: {places}")
    return {**result, "broken_invariants": len(broken)}


def _settle(workers: int, at_once: int, beside: Callable[[list[Future[int]]], None]) -> dict[str, int]:
    """Let worker processes settle all that is due, as the worker's job does. Their start is not measured."""
    at = datetime.now(UTC)
    before = _settled()
    connection.close()
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), prepare) as pool:
        barrier = [pool.submit(complete_all, LONG_AGO, at_once) for _ in range(4 * workers)]
        _ = [job.result() for job in barrier]
        began = time.monotonic()
        jobs = [pool.submit(complete_all, at, at_once) for _ in range(workers)]
        beside(jobs)
        _ = [job.result() for job in jobs]
        seconds = time.monotonic() - began
    orders, lines, legs = (after - earlier for after, earlier in zip(_settled(), before, strict=True))
    return {
        "orders": orders, "lines": lines, "legs": legs, "lines_a_second": round(lines / seconds), "orders_a_second": round(orders / seconds),
    }  # fmt: skip


def _settled() -> tuple[int, int, int]:
    row = sql.rows(
        """select coalesce(sum(order_count), 0)::bigint as orders, coalesce(sum(line_count), 0)::bigint as lines,
                  (select count(*) from ledger_posting p join ledger_transaction t on t.id = p.transaction_id where t.kind = 'settlement') as legs
             from trade_settlementrun"""
    )[0]
    return row.orders, row.lines, row.legs


class _Checkout:
    """One buyer after the other places an order, thinking for a moment between."""

    def __init__(self) -> None:
        self.took_ms: list[float] = []
        self.skus = [row.id for row in sql.rows("select id from catalog_sku order by id limit 1000")]

    def run(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
            number = len(self.took_ms)
            basket = Basket(1 + number, (Line(self.skus[number % len(self.skus)], 1),), "S1")
            asked = PlaceRequest(basket=basket, address=ADDRESS, charge_gateway="sandbox")
            began = time.perf_counter()
            [outcome] = place_orders([asked], at=datetime.now(UTC))
            self.took_ms.append((time.perf_counter() - began) * 1000)
            assert isinstance(outcome, Placed), outcome
            time.sleep(THINKS_SECONDS)

    def percentile(self, percent: int) -> float:
        took = sorted(self.took_ms)
        return round(took[len(took) * percent // 100], 1) if took else 0.0
