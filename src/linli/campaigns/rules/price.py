"""The price of a line, lane by lane, each with its reason: the same function quotes, charges and refunds (D10)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from linli.distribution.rules.plan import Engine


class ReasonCode(StrEnum):
    """Why a price is what it is; pages and API translate it."""

    list_price = "list_price"
    self_purchase = "self_purchase"


@dataclass(frozen=True)
class LineFacts:
    """What the price of a line depends on, and nothing else (never a portrait: PIPL art. 24)."""

    quantity: int
    price_fen: int
    rate_bp: int
    buyer_is_owner: bool


@dataclass(frozen=True)
class Reason:
    """One step of a price; the steps of a line sum to what it costs."""

    code: ReasonCode
    fen: int


def _self_purchase(facts: LineFacts, so_far_fen: int, plan: Engine) -> Reason | None:
    saving = plan.saving_fen(so_far_fen, facts.rate_bp) if facts.buyer_is_owner else 0
    return Reason(ReasonCode.self_purchase, -saving) if saving else None


Lane = Callable[[LineFacts, int, Engine], Reason | None]
# In order: activity price, member or self-purchase price, merchant coupon, platform coupon, points.
LANES: tuple[Lane, ...] = (_self_purchase,)


def price_line(facts: LineFacts, plan: Engine) -> tuple[Reason, ...]:
    """The reasons of a line's price in order: its list price, then every lane that changes it."""
    reasons = [Reason(ReasonCode.list_price, facts.price_fen * facts.quantity)]
    for lane in LANES:
        reason = lane(facts, sum(r.fen for r in reasons), plan)
        if reason:
            reasons.append(reason)
    return tuple(reasons)
