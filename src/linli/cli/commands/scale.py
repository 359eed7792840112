"""linli scale: an invitation forest of millions in a database of its own, and what the network's operations and settlement cost in it."""

import argparse
import json
import os
import sys
from pathlib import Path

import django

from linli.cli.cluster import Cluster
from linli.cli.input import BadInput

NEEDS_DATABASE = False
LEAST, MOST, LEAST_LINES = 150_000, 50_000_000, 5000
MOST_COMMUNITIES = 100_000
# Loading wants memory and few checkpoints; nothing in it is anybody's, so it need not survive a power cut.
SETTINGS = {
    "shared_buffers": "1GB", "max_wal_size": "16GB", "maintenance_work_mem": "1GB", "checkpoint_timeout": "30min",
    "synchronous_commit": "off", "wal_level": "minimal", "max_wal_senders": "0", "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0", "autovacuum": "off",
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    """How large."""
    parser.add_argument(
        "--members", type=int, default=1_000_000, help=f"owners in the forest, {LEAST:,} to {MOST:,}"
    )
    parser.add_argument(
        "--lines", type=int, default=1_000_000, help="due commission lines to settle, 0 or from 5,000"
    )
    parser.add_argument(
        "--communities", type=int, default=0, help="communities of 100 posts each, 0 to 100,000"
    )
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Build (or go on building) the forest, measure, print. Exit 1 when a leader in the cache is not the nearest above, or money is wrong."""
    if not LEAST <= options.members <= MOST:
        raise BadInput(f"--members: from {LEAST:,} to {MOST:,}")
    if options.lines and not LEAST_LINES <= options.lines <= MOST:
        raise BadInput(f"--lines: 0, or from {LEAST_LINES:,} to {MOST:,}")
    if not 0 <= options.communities <= MOST_COMMUNITIES:
        raise BadInput(f"--communities: 0 to {MOST_COMMUNITIES:,}")
    if os.environ.get("DATABASE_URL"):
        raise BadInput("scale fills a database of its own; unset DATABASE_URL")
    folder = Path(os.environ["LINLI_DATA"]) / f"scale-{options.members}"
    cluster = Cluster(folder, SETTINGS)
    cluster.enter()
    try:
        os.environ["DATABASE_URL"] = cluster.url
        os.environ["LINLI_MODE"] = (
            "demo"  # a plan of the demo: its law does not forbid the tree that is measured
        )
        django.setup()
        from linli.cli.scale.communities import measure_communities
        from linli.cli.scale.forest import build
        from linli.cli.scale.measure import measure
        from linli.cli.scale.settlement import measure_settlement

        small = build(cluster, options.members, _say)
        result = {"members": options.members, **measure(cluster, options.members, small, _say)}
        if options.lines:
            result |= measure_settlement(options.members, options.lines, _say)
        if options.communities:
            result |= measure_communities(options.members, options.communities, _say)
    finally:
        django.db.connection.close()
        django.db.connection.close_pool()  # type: ignore[attr-defined]
        cluster.leave()
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:34} {value:,}" if isinstance(value, int) else f"{name:34} {value}")
    broken = result.get("broken_invariants") or result.get("broken_community_invariants")
    return 0 if result["wrong_leaders"] == 0 and not broken else 1


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
