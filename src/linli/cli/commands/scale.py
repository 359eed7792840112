"""linli scale: an invitation forest of millions in a database of its own, and what the network's operations and settlement cost in it;
or (--town) the demo town many times over, and what its pages and jobs cost at both sizes."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import django

from linli.cli.cluster import Cluster
from linli.cli.input import BadInput

NEEDS_DATABASE = False
MOST_TOWNS = 500
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
    parser.add_argument(
        "--town", type=int, default=0, help=f"the demo town so many times over, 2 to {MOST_TOWNS}"
    )
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Build (or go on building) the forest, measure, print. Exit 1 when a leader in the cache is not the nearest above, or money is wrong."""
    if os.environ.get("DATABASE_URL"):
        raise BadInput("scale fills a database of its own; unset DATABASE_URL")
    if options.town:
        return _town(options)
    if not LEAST <= options.members <= MOST:
        raise BadInput(f"--members: from {LEAST:,} to {MOST:,}")
    if options.lines and not LEAST_LINES <= options.lines <= MOST:
        raise BadInput(f"--lines: 0, or from {LEAST_LINES:,} to {MOST:,}")
    if not 0 <= options.communities <= MOST_COMMUNITIES:
        raise BadInput(f"--communities: 0 to {MOST_COMMUNITIES:,}")
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


def _town(options: argparse.Namespace) -> int:
    """Fill a town, measure, multiply it, measure again. Exit 1 when an invariant is broken in the large one."""
    if not 2 <= options.town <= MOST_TOWNS:
        raise BadInput(f"--town: from 2 to {MOST_TOWNS}")
    from linli.cli.scale.town_run import (
        grow_and_measure,  # inline: it needs Django's settings, which are made here
    )

    result = grow_and_measure(
        Path(os.environ["LINLI_DATA"]) / f"town-{options.town}", options.town, SETTINGS, _say
    )
    if options.json:
        print(json.dumps(result))
    else:
        _print_town(result)
    return 1 if result["broken_invariants"] else 0


def _print_town(result: dict[str, Any]) -> None:
    for name in ("orders", "postings", "grow_seconds", "verify_seconds", "broken_invariants"):
        print(f"{name:20} {result[name]:,}")
    print(f"\n{'page':48} {'ms before':>9} {'ms after':>9} {'rows before':>11} {'rows after':>10}")
    small, large = result["pages_before"], result["pages_after"]
    for page in sorted(large, key=lambda one: -large[one]["ms"]):
        one, other = small[page], large[page]
        print(f"{page:48} {one['ms']:9,} {other['ms']:9,} {one['rows']:11,} {other['rows']:10,}")
    print(f"\n{'job':48} seconds")
    for name, seconds in sorted(result["jobs_after"].items(), key=lambda one: -one[1])[:12]:
        print(f"{name:48} {seconds:7}")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
