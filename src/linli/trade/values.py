"""Business values of trade."""

from linli.core.settings import declare

UNPAID_MINUTES = declare(
    "unpaid_minutes", 15, "minutes", "An unpaid order holds stock this long, then closes."
)
UNPAID_UNITS = declare(
    "unpaid_units",
    200,
    "units",
    "So many unpaid units hold stock for one member at most, in all orders together.",
)
DECISION_HOURS = declare(
    "decision_hours", 48, "hours", "A merchant decides an aftersale in this time, else it is accepted."
)
RETURN_DAYS = declare(
    "return_days", 7, "days", "A member sends agreed goods back in this time, else the wish ends."
)
RECEIPT_DAYS = declare("receipt_days", 10, "days", "Shipped goods count as received after this time.")
