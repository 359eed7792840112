"""What always holds of kept facts."""

from datetime import date, timedelta
from typing import Any

from linli.core import clock, sql
from linli.core.invariants import invariant
from linli.insight.models import Day
from linli.insight.queries.series import DAY, INSTANT, SERIES


@invariant
def kept_days_are_what_was_paid() -> list[str]:
    """Every day that is over says what its orders and people say, without a gap between the days."""
    kept = {row["day"].isoformat(): row for row in Day.objects.order_by("day").values()}
    if not kept:
        return []
    first, last = Day.objects.earliest("day").day, Day.objects.latest("day").day
    until = clock.begin_of(last + timedelta(days=1)) - INSTANT
    counted = sql.dicts(SERIES, DAY | {"since": clock.begin_of(first), "until": until})
    wrong = [row["at"] for row in counted if kept.get(row["at"]) != _as_kept(row)]
    return [f"{day} (of {first} to {last}) is not what was paid then" for day in wrong[:5]]


def _as_kept(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "day": date.fromisoformat(row["at"]),
        **{name: value for name, value in row.items() if name != "at"},
    }
