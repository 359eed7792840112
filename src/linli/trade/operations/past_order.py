"""Orders that come from another shop: written down as they stood there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from linli.trade.models import Order, PastOrder


@dataclass(frozen=True)
class PastLine:
    """Goods of a past order; fen of all units together."""

    title: str
    variant: str
    quantity: int
    total_fen: int
    refunded_fen: int


@dataclass(frozen=True)
class PastOrderFacts:
    """A past order as its file tells it; the meaning of each value stands at models.PastOrder."""

    number: str
    merchant_id: int
    member_id: int
    seller_id: int
    state: str
    placed_at: datetime
    paid_at: datetime | None
    freight_fen: int
    total_fen: int
    lines: tuple[PastLine, ...]


type Brought = Literal["new", "known", "differs"]


def bring_past_orders(asked: Sequence[PastOrderFacts]) -> list[Brought]:
    """Write past orders, each number of a merchant once. known: it is here already, as a past order just like this one or as an order
    of this site; differs: a past order with its number is here, with something else in it."""
    own = set(
        Order.objects.filter(order_no__in=[one.number for one in asked]).values_list(
            "merchant_id", "order_no"
        )
    )
    here = _here(asked)
    fresh: dict[tuple[int, str], PastOrderFacts] = {}
    outcomes: list[Brought] = []
    for one in asked:
        key = one.merchant_id, one.number
        known = here.get(key) or fresh.get(key)
        if key in own or known == one:
            outcomes.append("known")
        elif known:
            outcomes.append("differs")
        else:
            fresh[key] = one
            outcomes.append("new")
    PastOrder.objects.bulk_create(
        [PastOrder(**{**vars(one), "lines": [asdict(line) for line in one.lines]}) for one in fresh.values()],
        batch_size=2000,
    )
    return outcomes


def _here(asked: Sequence[PastOrderFacts]) -> Mapping[tuple[int, str], PastOrderFacts]:
    names = [name for name in PastOrderFacts.__dataclass_fields__ if name != "lines"]
    found = PastOrder.objects.filter(number__in=[one.number for one in asked]).values(*names, "lines")
    return {
        (row["merchant_id"], row["number"]): PastOrderFacts(
            **{**row, "lines": tuple(PastLine(**line) for line in row["lines"])}
        )
        for row in found
    }
