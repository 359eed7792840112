"""From an empty folder to a large town that is measured."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from linli.cli.cluster import Cluster
from linli.cli.commands.demo import fill
from linli.cli.commands.migrate import migrate
from linli.cli.processes import apart, free_port, platform_processes


def grow_and_measure(
    folder: Path, times: int, settings: dict[str, str], say: Callable[[str], None]
) -> dict[str, Any]:
    """Pages of the town as it was filled and of the large one; jobs, the check of all invariants and the size of the large one. The
    folder is the command's own and is filled anew."""
    shutil.rmtree(folder, ignore_errors=True)
    cluster = Cluster(folder, settings)
    cluster.enter()
    try:
        os.environ |= {"DATABASE_URL": cluster.url, "LINLI_MODE": "demo", "LINLI_DATA": str(folder)}
        _fill()
        django.setup()
        return _measure(times, say)
    finally:
        django.db.connection.close()
        django.db.connection.close_pool()  # type: ignore[attr-defined]
        cluster.leave()


def _fill() -> None:
    port = free_port("127.0.0.1", 23000)
    os.environ |= {"LINLI_SANDBOX_URL": f"http://127.0.0.1:{port}", "LINLI_PUBLIC_URL": "http://127.0.0.1"}
    sandbox, *_ = platform_processes(host="127.0.0.1", port=port - 1, workers=1, sandbox_port=port)
    apart(_prepare)
    sandbox.start()
    try:
        apart(fill, port)
    finally:
        sandbox.ask_to_stop()
        sandbox.wait_until_stopped()


def _prepare() -> None:
    django.setup()
    from linli.cli.static import collect_static  # inline: needs Django's settings

    migrate()
    collect_static()


def _measure(times: int, say: Callable[[str], None]) -> dict[str, Any]:
    from linli.cli.scale.pages import measure_jobs, measure_pages  # inline: needs Django's apps
    from linli.cli.scale.town import multiply
    from linli.core.invariants import run_checks
    from linli.ledger.models import Posting
    from linli.trade.models import Order

    say("pages before")
    before = measure_pages()
    began = time.perf_counter()
    multiply(times, say)
    grown = time.perf_counter()
    broken = [check.name for check, places in run_checks() if places]
    checked = time.perf_counter()
    say("pages after")
    return {
        "orders": Order.objects.count(),
        "postings": Posting.objects.count(),
        "grow_seconds": round(grown - began, 1),
        "verify_seconds": round(checked - grown, 1),
        "broken_invariants": len(broken),
        "pages_before": before,
        "pages_after": measure_pages(),
        "jobs_after": measure_jobs(),
    }
