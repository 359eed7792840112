"""How far an owner is to each honour, and which badges a shop shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from linli.campaigns.models import Recognition
from linli.campaigns.rules.recognition import MILESTONES, Milestone
from linli.core import sql


@dataclass(frozen=True)
class Progress:
    """A milestone with what the owner has of it, and how it was taken (empty: not yet)."""

    milestone: Milestone
    value: int
    taken_as: str

    @property
    def is_reached(self) -> bool:
        return self.value >= self.milestone.least

    @property
    def percent(self) -> int:
        return min(self.value * 100 // self.milestone.least, 100)


def kept_sales(owner_id: int) -> dict[str, int]:
    """An owner's sales to others that are kept, by the facts that milestones ask for: how many, and the goods of them in fen."""
    return sql.dicts(
        """select count(distinct order_no) as sales, coalesce(sum(base_fen - refunded_base_fen), 0)::bigint as kept_fen
             from distribution_commissionline
            where beneficiary_id = %s and kind = 'commission' and state = 'available' and reversed_fen < amount_fen""",
        (owner_id,),
    )[0]


def progress_of(owner_id: int, facts: Mapping[str, int]) -> list[Progress]:
    """Every milestone with the owner's progress by their kept_sales."""
    taken = dict(Recognition.objects.filter(owner_id=owner_id).values_list("milestone", "taken_as"))
    return [Progress(one, facts[one.fact], taken.get(one.code, "")) for one in MILESTONES]


def badges_of(owner_id: int) -> list[str]:
    """The milestones that a shop shows as badges."""
    taken = Recognition.objects.filter(owner_id=owner_id, taken_as="badge")
    return list(taken.values_list("milestone", flat=True))
