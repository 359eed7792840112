"""A forest like the published one (docs/plans.md): one pyramid per 666 owners, the newest inviting most, about 20 deep.

The last owners are one branch without leaders, so that there is a community of a known size to split off. Loaded by COPY in
parts; a run that was broken off goes on with the next part.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg
from django.db import connection

from linli.cli.cluster import Cluster
from linli.cli.commands.migrate import migrate
from linli.cli.scale.attribution import attribution_ms
from linli.core.actor import Actor
from linli.distribution.operations import plan as plans
from linli.distribution.queries.plan import preset

PYRAMID, RECENCY = 666, 1.5
BRANCH = 100_000
SMALL, PART = 25_000, 500_000
GOLD, SENIOR = 0.01, 0.002
TIERS = ("ordinary", "gold", "senior")
NULL = chr(92) + "N"  # as COPY spells it
Say = Callable[[str], None]
Array = Any


def forest(members: int) -> tuple[Array, Array]:
    """The sponsor (index, -1 for none) and tier (0, 1, 2) of every owner; always the same for a size."""
    dice = np.random.default_rng(2026)
    index = np.arange(members)
    sponsor = np.floor(index * dice.random(members) ** (1 / RECENCY)).astype(np.int64)
    sponsor[dice.random(members) < 1 / PYRAMID] = -1
    sponsor[0] = -1
    chance = dice.random(members)
    tier = np.where(chance < SENIOR, 2, np.where(chance < GOLD + SENIOR, 1, 0)).astype(np.int8)
    top = members - BRANCH
    sponsor[top + 1 :] = top + np.floor(np.arange(BRANCH - 1) * dice.random(BRANCH - 1)).astype(np.int64)
    tier[top:] = 0
    return sponsor, tier


def leaders(sponsor: Array, leads: Array) -> Array:
    """The nearest proper ancestor who leads of everybody at once (-1: none), by following sponsors a step at a time."""
    found = sponsor.copy()
    open_ = np.flatnonzero(found >= 0)
    open_ = open_[~leads[found[open_]]]
    while len(open_):
        found[open_] = sponsor[found[open_]]
        open_ = open_[found[open_] >= 0]
        open_ = open_[~leads[found[open_]]]
    return found


def build(cluster: Cluster, members: int, say: Say) -> dict[str, float]:
    """Build the forest, or what is left of it. Returns what attribution costs while it is still small."""
    migrate()
    with psycopg.connect(f"postgresql://postgres@/linli?host={cluster.socket}", autocommit=True) as admin:
        admin.execute(
            "create table if not exists scale_progress (loaded bigint, small_p50 float8, small_p99 float8)"
        )
        row = admin.execute("select loaded, small_p50, small_p99 from scale_progress").fetchone()
        if row is None:
            _live_under_wanwu()
            admin.execute("insert into scale_progress values (0, 0, 0)")
            row = (0, 0.0, 0.0)
        loaded, p50, p99 = row
        sponsor, tier = forest(members)
        leader = leaders(sponsor, tier > 0) if loaded < members else sponsor
        if not loaded:
            loaded = _load(admin, 0, SMALL, sponsor, tier, leader)
            connection.close()
            p50, p99 = attribution_ms(SMALL)
            admin.execute("update scale_progress set small_p50 = %s, small_p99 = %s", (p50, p99))
        indexes = _drop_indexes(admin) if loaded < members else []
        while loaded < members:
            say(f"loading [{'#' * (30 * loaded // members):30}] {100 * loaded // members:3}% of {members:,}")
            loaded = _load(admin, loaded, min(loaded + PART, members), sponsor, tier, leader)
        _make_indexes(admin, indexes, say)
    return {"p50": p50, "p99": p99}


def _live_under_wanwu() -> None:
    at = datetime.now(UTC)
    plan = plans.draft_plan(document=preset("wanwu"), actor=Actor(member_id=1), at=at)
    plan = plans.simulate_plan(plan=plans.check_plan(plan=plan, at=at), at=at)
    plans.approve_plan(plan=plan, begins_at=at, actor=Actor(member_id=2), at=at)
    plans.activate_plans(at=at)


def _load(admin: psycopg.Connection, start: int, end: int, sponsor: Array, tier: Array, leader: Array) -> int:
    """One part in one transaction, with its progress. Ids are the index plus one."""
    now = datetime.now(UTC).isoformat()
    rows = zip(
        range(start + 1, end + 1),
        sponsor[start:end].tolist(),
        tier[start:end].tolist(),
        leader[start:end].tolist(),
        strict=True,
    )
    owners, people = [], []
    for member, above, rank, lead in rows:
        people.append(f"{member}\t!\t1{member:010d}\tx\t\tzh-hans\tactive\t{now}\n")
        owners.append(
            f"{member}\t{above + 1 if above >= 0 else NULL}\t{lead + 1 if lead >= 0 else NULL}\t{TIERS[rank]}\tactive\tS{member}\tx\t\t{now}\n"
        )
    with admin.transaction(), admin.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")  # the forest is right by construction
        with cursor.copy(
            "copy members_member (id, password, phone, name, avatar, language, status, created_at) from stdin"
        ) as copy:
            copy.write("".join(people))
        with cursor.copy(
            "copy distribution_owner (member_id, sponsor_id, leader_id, tier, status, shop_code, shop_name, shop_intro, opened_at) from stdin"
        ) as copy:
            copy.write("".join(owners))
        cursor.execute("update scale_progress set loaded = %s", (end,))
    return end


def _drop_indexes(admin: psycopg.Connection) -> list[str]:
    """Drop the indexes of both tables but the primary keys; their definitions are kept in the database until they are back."""
    admin.execute("create table if not exists scale_index (name text, definition text)")
    rows = admin.execute(
        """select c.relname, pg_get_indexdef(c.oid), con.conname, con.conrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indexrelid
             left join pg_constraint con on con.conindid = c.oid and con.contype = 'u'
            where i.indrelid in ('members_member'::regclass, 'distribution_owner'::regclass) and not i.indisprimary"""
    ).fetchall()
    for name, definition, constraint, table in rows:
        with admin.transaction():
            admin.execute("insert into scale_index values (%s, %s)", (name, definition))
            drop = f"alter table {table} drop constraint {constraint}" if constraint else f"drop index {name}"
            admin.execute(drop)  # type: ignore[arg-type]
    return [row[0] for row in admin.execute("select definition from scale_index").fetchall()]


def _make_indexes(admin: psycopg.Connection, indexes: list[str], say: Say) -> None:
    exists = admin.execute("select to_regclass('scale_index') is not null").fetchone()
    rows = (
        admin.execute("select name, definition from scale_index").fetchall() if exists and exists[0] else []
    )
    for n, (name, definition) in enumerate(rows):
        say(f"indexes [{'#' * (30 * n // len(rows)):30}] {name}")
        with admin.transaction():
            admin.execute(definition)
            admin.execute("delete from scale_index where name = %s", (name,))
    if rows:
        admin.execute("vacuum analyze members_member, distribution_owner")
        admin.execute(
            "select setval(pg_get_serial_sequence('members_member', 'id'), (select max(id) from members_member))"
        )
