"""The network in a forest of hundreds of thousands of owners (`linli scale` alone goes to millions): its leaders are right. Settlement:
by several workers, beside checkouts, to the fen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes


def scale(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "linli.cli", "scale", "--data", str(folder), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)


@pytest.mark.capability("B9")
def test_the_leaders_of_a_forest_are_right(tmp_path: Path) -> None:
    done = scale(tmp_path, "--members", "250000", "--lines", "0", "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout)
    assert (result["members"], result["wrong_leaders"], result["split_moved"]) == (250_000, 0, 99_999)
    again = scale(tmp_path, "--members", "250000", "--lines", "0", "--json")
    assert "loading" not in again.stderr and json.loads(again.stdout)["wrong_leaders"] == 0, (
        "a built forest is only measured"
    )


@pytest.mark.capability("B7")
def test_settlement_by_workers_beside_each_other_and_beside_checkouts(tmp_path: Path) -> None:
    done = scale(tmp_path, "--members", "150000", "--lines", "20000", "--json")
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout)
    assert result["broken_invariants"] == 0, "every run gave everybody their fen"
    assert min(result["settlement_lines"], result["settlement_by_two_lines"]) >= 20_000, (
        "nothing that is due is left"
    )
    assert result["placed_during_settlement"] > 0
    assert result["settlement_lines_a_second"] > 0 and result["place_p99_ms_during_settlement"] > 0


def test_sizes_that_cannot_be_measured_are_refused(tmp_path: Path) -> None:
    assert scale(tmp_path, "--members", "150000", "--lines", "-1").returncode == 2
    refused = scale(tmp_path, "--members", "10")
    assert refused.returncode == 2 and "150,000" in refused.stderr and "Traceback" not in refused.stderr
