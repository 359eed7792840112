"""Real group buys through the operations that people use: every group ends as the file says."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from processes.server import migrated_site

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "beibei"

pytestmark = pytest.mark.processes


def linli(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "linli.cli", *arguments, "--data", str(folder)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)


@pytest.mark.capability("D1")
def test_five_thousand_real_groups_end_as_they_did(tmp_path: Path) -> None:
    shutil.copytree(migrated_site(), tmp_path, dirs_exist_ok=True)
    done = linli(tmp_path, "import", "group-history", str(SAMPLE))
    assert done.returncode == 0, done.stderr
    said = re.search(r"(\d+) groups, (\d+) filled, (\d+) failed, (\d+) seats refunded", done.stdout)
    assert said and [int(number) for number in said.groups()] == [5100, 3400, 1700, 1700]
    checked = linli(tmp_path, "verify")
    assert checked.returncode == 0, checked.stdout


def test_a_line_that_is_none_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "bad.txt.gz"
    file.write_bytes(gzip.compress(b"1\t2\t3\n4\tfive\n"))
    data = tmp_path / "data"
    shutil.copytree(migrated_site(), data)
    done = linli(data, "import", "group-history", str(file))
    assert (done.returncode, "line 2" in done.stderr) == (2, True)
    assert "0 groups" not in done.stdout
