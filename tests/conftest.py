"""What all tests share: a moment, the people of factories, and one question at the end: does every invariant hold?"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

os.environ.setdefault("LINLI_HOME", str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("LINLI_DATA", str(Path(__file__).resolve().parents[1] / "var" / "test"))
os.environ.setdefault("LINLI_MODE", "demo")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")


def pytest_configure(config: pytest.Config) -> None:
    """`pytest` alone works too: it starts the embedded database itself."""
    if os.environ.get("DATABASE_URL") or hasattr(config, "workerinput"):
        return
    from linli.cli.cluster import Cluster

    cluster = Cluster(Path(os.environ["LINLI_DATA"]), {"fsync": "off", "synchronous_commit": "off", "max_connections": "200"})
    cluster.enter()
    os.environ["DATABASE_URL"] = cluster.url
    config.add_cleanup(cluster.leave)


@pytest.fixture
def at() -> datetime:
    """Now: operations take their moment from outside, so a test may go from here to anywhere."""
    return datetime.now(UTC)


@pytest.fixture
def holds(db: None) -> Iterator[None]:
    """After the test every invariant is recomputed."""
    yield
    from linli.core.invariants import run_checks

    assert {check.name: places for check, places in run_checks() if places} == {}
