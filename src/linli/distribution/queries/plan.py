"""The plan in force and the presets that ship."""

import json
from datetime import datetime
from pathlib import Path

from linli.distribution.models import Plan
from linli.distribution.types import PlanDocument

PRESETS = Path(__file__).parents[1] / "plans"


class NoPlan(Exception):
    """No plan is active at this moment (a fresh database has one from its first migration)."""


def preset(name: str) -> PlanDocument:
    """The document of a preset that ships: sales-only, wanwu. Raises FileNotFoundError."""
    return json.loads((PRESETS / f"{name}.json").read_text())


def plan_at(at: datetime) -> Plan:
    """The plan active at a moment. Raises NoPlan."""
    plan = Plan.objects.filter(active_from__lte=at).order_by("-active_from", "-id").first()
    if plan is None:
        raise NoPlan(at.isoformat())
    return plan
