"""What the network costs at a size: attribution, a large split beside running checkouts, the whole cache against the truth, disk."""

import threading
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg
from django.db import connection

from linli.cli.cluster import Cluster
from linli.cli.scale.attribution import attribution_ms
from linli.cli.scale.forest import BRANCH, TIERS, Say, leaders
from linli.core.actor import SYSTEM
from linli.distribution.models import Owner
from linli.distribution.operations.tier import appoint


def measure(cluster: Cluster, members: int, small: dict[str, float], say: Say) -> dict[str, Any]:
    """Attribution at both sizes, the split, the check of all leaders, bytes on disk."""
    say("attribution")
    p50, p99 = attribution_ms(members)
    say(f"a split of {BRANCH:,} owners, with sales beside it")
    split = _split(members)
    say("every leader against a full recomputation")
    with psycopg.connect(cluster.url) as reader:
        began = time.monotonic()
        wrong = _wrong_leaders(reader, members)
        seconds = round(time.monotonic() - began, 1)
        disk = reader.execute("select pg_database_size(current_database())").fetchone()
    return {
        "attribution_p50_ms_at_25k": small["p50"], "attribution_p99_ms_at_25k": small["p99"],
        "attribution_p50_ms": p50, "attribution_p99_ms": p99,
        "attribution_p99_ratio": round(p99 / small["p99"], 2),
        **split, "leaders_checked_seconds": seconds, "wrong_leaders": wrong, "disk_bytes": disk[0] if disk else 0,
    }  # fmt: skip


def _split(members: int) -> dict[str, Any]:
    """Let the branch's owner rise, while sales by owners of that very branch are attributed on another connection; then undo it."""
    owner = Owner.objects.get(pk=members - BRANCH + 1)
    done = threading.Event()
    slowest: list[float] = []

    def sell() -> None:
        while not done.is_set():
            slowest.append(attribution_ms(members, sales=200)[1])
        connection.close()

    seller = threading.Thread(target=sell)
    seller.start()
    began = time.monotonic()
    change = appoint(owner=owner, tier="gold", actor=SYSTEM, at=datetime.now(UTC))
    seconds = round(time.monotonic() - began, 2)
    done.set()
    seller.join()
    appoint(owner=owner, tier="ordinary", actor=SYSTEM, at=datetime.now(UTC))
    return {
        "split_moved": change.moved_count, "split_seconds": seconds,
        "attribution_p99_ms_during_split": max(slowest, default=0.0),
    }  # fmt: skip


def _wrong_leaders(reader: psycopg.Connection, members: int) -> int:
    """How many cached leaders differ from those that a recomputation of the whole forest finds."""
    sponsor, cached = np.full(members, -1, dtype=np.int64), np.full(members, -1, dtype=np.int64)
    leads = np.zeros(members, dtype=bool)
    places = {tier: number for number, tier in enumerate(TIERS)}
    with reader.cursor(name="owners") as cursor:
        cursor.itersize = 200_000
        cursor.execute(
            "select member_id, sponsor_id, leader_id, tier from distribution_owner where member_id <= %s",
            (members,),
        )
        while rows := cursor.fetchmany(200_000):
            ids, above, lead, tier = zip(*rows, strict=True)
            at = np.array(ids) - 1
            sponsor[at] = np.array([one or 0 for one in above]) - 1
            cached[at] = np.array([one or 0 for one in lead]) - 1
            leads[at] = np.array([places[one] for one in tier]) > 0
    return int((leaders(sponsor, leads) != cached).sum())
