"""The plan in force and the presets that ship."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from linli.core import sql
from linli.distribution.rules.document import read_plan
from linli.distribution.rules.plan import Engine

PRESETS = Path(__file__).parents[1] / "plans"


class NoPlan(Exception):
    """No plan is active at this moment (a fresh database has one from its first migration)."""


def presets() -> list[str]:
    """The names of the presets that ship."""
    return sorted(file.stem for file in PRESETS.glob("*.json"))


def preset(name: str) -> dict[str, Any]:
    """The document of a preset that ships: sales-only, wanwu, wanwu-equalised. Raises FileNotFoundError."""
    return json.loads((PRESETS / f"{name}.json").read_text())


@dataclass(frozen=True, eq=False)
class ActivePlan:
    """A plan as checkout needs it. Documents never change, so a read one is kept."""

    plan_id: int
    name: str
    document: dict[str, Any]
    engine: Engine


def plan_at(at: datetime) -> ActivePlan:
    """The plan active at a moment. Raises NoPlan."""
    rows = sql.rows(
        "select id from distribution_plan where active_from <= %s order by active_from desc, id desc limit 1",
        (at,),
    )
    if not rows:
        raise NoPlan(at.isoformat())
    return _read(rows[0].id)


def latest_plan() -> ActivePlan:
    """The plan that was activated last: the one in force, since none is activated ahead of its moment. Raises NoPlan."""
    return plan_at(datetime.max.replace(tzinfo=UTC))


@lru_cache(maxsize=64)
def _read(plan_id: int) -> ActivePlan:
    row = sql.rows(
        "select name, document::text as document from distribution_plan where id = %s", (plan_id,)
    )[0]
    document = json.loads(row.document)
    return ActivePlan(plan_id, row.name, document, Engine(read_plan(document)))
