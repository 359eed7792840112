"""Business values: typed here, dated rows in the database, the default when there is none."""

from dataclasses import dataclass
from datetime import datetime

from linli.core.models import DatedValue


@dataclass(frozen=True)
class Value:
    """An integer business value with its unit, default and reason."""

    key: str
    default: int
    unit: str
    why: str


UNPAID_MINUTES = Value("unpaid_minutes", 15, "minutes", "An unpaid order holds stock this long, then closes.")
AFTERSALE_DAYS = Value("aftersale_days", 7, "days", "From receipt: the 7-day no-reason return (消法 art. 25).")
DECISION_HOURS = Value("decision_hours", 48, "hours", "A merchant decides an aftersale in this time, else it is accepted.")
RECEIPT_DAYS = Value("receipt_days", 10, "days", "Shipped goods count as received after this time.")
TOUCH_DAYS = Value("touch_days", 7, "days", "A share link's last touch attributes a sale this long.")
BINDING_DAYS = Value("binding_days", 365, "days", "A member stays bound to the owner who brought them this long.")
SERVICE_FEE_BP = Value("service_fee_bp", 200, "bp", "The platform's fee on completed goods, unless a merchant has a rate.")

VALUES = {
    value.key: value
    for value in (UNPAID_MINUTES, AFTERSALE_DAYS, DECISION_HOURS, RECEIPT_DAYS, TOUCH_DAYS, BINDING_DAYS, SERVICE_FEE_BP)
}


def value_at(value: Value, *, at: datetime) -> int:
    """The value in force at a moment: the latest row that has begun, else the default."""
    row = DatedValue.objects.filter(key=value.key, active_from__lte=at).order_by("-active_from").first()
    return row.value if row else value.default


def values_at(*values: Value, at: datetime) -> tuple[int, ...]:
    """Several values in force at a moment, in one query."""
    found: dict[str, int] = {}
    rows = DatedValue.objects.filter(key__in=[v.key for v in values], active_from__lte=at).order_by("active_from")
    for row in rows:
        found[row.key] = row.value
    return tuple(found.get(v.key, v.default) for v in values)
