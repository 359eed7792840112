"""What an owner can be honoured for: own sales to others that were kept, never people brought in. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Milestone:
    """So many kept sales, or so many fen of goods kept; what it gives when it is taken as points instead of a badge."""

    code: str
    fact: str
    least: int
    points: int


MILESTONES = (
    Milestone("first_sale", "sales", 1, 100),
    Milestone("ten_sales", "sales", 10, 300),
    Milestone("ten_thousand_yuan", "kept_fen", 1_000_000, 800),
    Milestone("hundred_sales", "sales", 100, 1_000),
)
TAKEN_AS = ("badge", "points")


def milestone_of(code: str) -> Milestone | None:
    """The milestone of a code; None for what is none."""
    return next((one for one in MILESTONES if one.code == code), None)
