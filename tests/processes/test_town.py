"""The demo town twenty times over: nothing that a person waits for reads more rows because the tables are larger."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.processes, pytest.mark.capability("G6")]
TIMES = 20
FLOOR = 3000  # rows that a page may read whatever the town's size
# What still grows with the town, or with the largest owner and merchant in it: docs/decisions/0032 says by what, and how much it is.
GROWS = {
    "agent /agent",
    "agent /agent/profits",
    "agent /agent/rings",
    "guest /communities",
    "guest /shop/{shop}",
    "member /communities",
    "member /quiz",
    "merchant /merchant",
    "merchant /merchant/campaigns",
    "merchant /merchant/orders",
    "operator /api/v1/ops/overview",
    "operator /ops",
    "operator /ops/communities",
    "operator /ops/coupons",
    "operator /ops/members",
    "operator /ops/merchants",
    "operator /ops/moderation",
    "operator /ops/orders",
    "operator /ops/plans",
    "operator /ops/products",
    "operator /ops/profits",
    "operator /ops/rings",
    "operator /ops/risk",
    "operator /ops/withdrawals",
    "owner /api/v1/owners/me/pack",
    "owner /owner",
    "owner /owner/goods",
    "owner /owner/income",
    "owner /owner/level",
    "owner /owner/pack",
    "owner /owner/team",
}


def test_pages_read_no_more_rows_in_a_larger_town(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [
        sys.executable,
        "-m",
        "linli.cli",
        "scale",
        "--town",
        str(TIMES),
        "--json",
        "--data",
        str(tmp_path),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout)
    assert result["broken_invariants"] == 0
    before, after = result["pages_before"], result["pages_after"]
    assert len(after) > 70
    grown = {
        page: (before[page]["rows"], after[page]["rows"])
        for page in after
        if after[page]["rows"] > max(FLOOR, 1.5 * before[page]["rows"])
    }
    print(grown)
    assert {page.partition("?")[0] for page in grown} - GROWS == set()
