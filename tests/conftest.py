"""What all tests share: a moment, the people of factories, and one question at the end: does every invariant hold?"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
COLLECT = "import django; django.setup(); from linli.cli.static import collect_static; collect_static()"
os.environ.setdefault("LINLI_HOME", str(HOME))
os.environ["PYTHONPATH"] = os.pathsep.join([str(HOME / "src"), os.environ.get("PYTHONPATH", "")])
os.environ.setdefault("LINLI_DATA", str(HOME / "var" / "test"))
os.environ.setdefault("LINLI_MODE", "demo")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """`pytest -n 2` alone works too: it starts the embedded database for its workers, and gathers the static files."""
    if hasattr(config, "workerinput"):
        return
    _set_clock()
    _database(config)
    subprocess.run([sys.executable, "-c", COLLECT], check=True)


def _set_clock() -> None:
    """LINLI_TEST_AT (2028-02-29T00:10+08:00) begins the tests at another moment, by the demo's movable clock: what depends on the
    hour or the day shows."""
    moment = os.environ.get("LINLI_TEST_AT", "")
    file = Path(os.environ["LINLI_DATA"]) / "clock"
    file.parent.mkdir(parents=True, exist_ok=True)
    seconds = (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds() if moment else 0
    file.write_text(str(int(seconds)))


def _database(config: pytest.Config) -> None:
    if os.environ.get("DATABASE_URL"):
        return
    from linli.cli.cluster import Cluster

    cluster = Cluster(
        Path(os.environ["LINLI_DATA"]),
        {"fsync": "off", "synchronous_commit": "off", "autovacuum": "off", "max_connections": "200"},
    )
    cluster.enter()
    os.environ["DATABASE_URL"] = cluster.url
    config.add_cleanup(cluster.leave)


@pytest.fixture
def at() -> datetime:
    """Now, by the platform's clock: operations take their moment from outside, so a test may go from here to anywhere."""
    from linli.core import clock

    return clock.now()


@pytest.fixture
def holds(db: None) -> Iterator[None]:
    """After the test every invariant is recomputed."""
    yield
    from linli.core.invariants import run_checks

    assert {check.name: places for check, places in run_checks() if places} == {}


@pytest.fixture(autouse=True)
def nothing_counts_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are counted afresh, however busy the machine is: what a test did stands on the next page."""
    from linli.web import figures

    monkeypatch.setattr(figures, "SLOW_SECONDS", float("inf"))
