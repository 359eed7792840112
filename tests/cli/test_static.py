"""Static files are gathered once for each version of them, by one process at a time."""

import os
import subprocess
import sys
from pathlib import Path

GATHER = "import django; django.setup(); from linli.cli.static import collect_static; collect_static()"


def test_servers_that_start_together_gather_once(tmp_path: Path) -> None:
    environment = {**os.environ, "LINLI_DATA": str(tmp_path)}
    starts = [subprocess.Popen([sys.executable, "-c", GATHER], env=environment) for _ in range(3)]
    assert [one.wait(60) for one in starts] == [0, 0, 0]
    manifest = tmp_path / "static" / "staticfiles.json"
    gathered = manifest.stat().st_mtime_ns
    subprocess.run([sys.executable, "-c", GATHER], env=environment, check=True)
    assert manifest.stat().st_mtime_ns == gathered
    (tmp_path / "static.version").write_text("an older version")
    subprocess.run([sys.executable, "-c", GATHER], env=environment, check=True)
    assert manifest.stat().st_mtime_ns > gathered
