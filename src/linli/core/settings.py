"""Business values: typed here, dated rows in the database, the default when there is none."""

from dataclasses import dataclass
from datetime import datetime

from linli.core import sql


@dataclass(frozen=True)
class Value:
    """An integer business value with its unit, default and reason."""

    key: str
    default: int
    unit: str
    why: str


UNPAID_MINUTES = Value("unpaid_minutes", 15, "minutes", "An unpaid order holds stock this long, then closes.")
UNPAID_UNITS = Value(
    "unpaid_units",
    200,
    "units",
    "So many unpaid units hold stock for one member at most, in all orders together.",
)
AFTERSALE_DAYS = Value(
    "aftersale_days", 7, "days", "From receipt: the 7-day no-reason return (消法 art. 25)."
)
DECISION_HOURS = Value(
    "decision_hours", 48, "hours", "A merchant decides an aftersale in this time, else it is accepted."
)
RETURN_DAYS = Value(
    "return_days", 7, "days", "A member sends agreed goods back in this time, else the wish ends."
)
RECEIPT_DAYS = Value("receipt_days", 10, "days", "Shipped goods count as received after this time.")
TOUCH_DAYS = Value("touch_days", 7, "days", "A share link's last touch attributes a sale this long.")
BINDING_DAYS = Value(
    "binding_days", 365, "days", "A member stays bound to the owner who brought them this long."
)
SERVICE_FEE_BP = Value(
    "service_fee_bp", 200, "bp", "The platform's fee on completed goods, unless a merchant has a rate."
)
REFERRAL_POINTS = Value(
    "referral_points", 500, "points", "Each of two friends, for the first order of the one who was brought."
)
REFERRALS_A_MONTH = Value(
    "referrals_a_month", 20, "friends", "More than so many friends in 30 days bring nothing: it is no trade."
)
QUIZ_POINTS_A_DAY = Value(
    "quiz_points_a_day", 20_000, "points", "What all members together get by the quiz in a day: its budget."
)

WITHDRAWAL_LEAST_FEN = Value(
    "withdrawal_least_fen", 100, "fen", "Smaller amounts cost more to pay than they are."
)
WITHDRAWAL_DAY_FEN = Value(
    "withdrawal_day_fen", 2_000_000, "fen", "The most that one owner withdraws in a day."
)
WITHDRAWAL_REVIEW_FEN = Value(
    "withdrawal_review_fen", 100_000, "fen", "From this amount on a second person looks before money leaves."
)

VALUES = {
    value.key: value
    for value in (
        UNPAID_MINUTES,
        UNPAID_UNITS,
        AFTERSALE_DAYS,
        DECISION_HOURS,
        RETURN_DAYS,
        RECEIPT_DAYS,
        TOUCH_DAYS,
        BINDING_DAYS,
        SERVICE_FEE_BP,
        REFERRAL_POINTS,
        REFERRALS_A_MONTH,
        QUIZ_POINTS_A_DAY,
        WITHDRAWAL_LEAST_FEN,
        WITHDRAWAL_DAY_FEN,
        WITHDRAWAL_REVIEW_FEN,
    )
}


def value_at(value: Value, *, at: datetime) -> int:
    """The value in force at a moment: the latest row that has begun, else the default."""
    return values_at(value, at=at)[0]


def values_at(*values: Value, at: datetime) -> tuple[int, ...]:
    """Several values in force at a moment, in one query."""
    rows = sql.rows(
        """select distinct on (key) key, value from core_datedvalue where key = any(%s::text[]) and active_from <= %s
            order by key, active_from desc""",
        ([value.key for value in values], at),
    )
    found = {row.key: row.value for row in rows}
    return tuple(found.get(value.key, value.default) for value in values)
