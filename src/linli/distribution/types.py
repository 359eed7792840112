"""Frozen facts that the plan's rules work on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PLATFORM = 0
PlanDocument = dict[str, Any]


class Kind(StrEnum):
    """The kinds of a share, in the order of plan-wanwu.md 8."""

    commission = "commission"
    self_saving = "self_saving"
    override = "override"
    recruit_reward = "recruit_reward"
    invite_coupon = "invite_coupon"
    breakage = "breakage"


@dataclass(frozen=True)
class Standing:
    """An owner's id, tier and whether the plan's tier leads (a closed owner leads nobody)."""

    owner_id: int
    tier: str
    leads: bool


@dataclass(frozen=True)
class Position:
    """Where a seller stood in the tree when the order was paid; None where there is nobody."""

    seller: Standing
    sponsor: Standing | None
    leader: Standing | None


@dataclass(frozen=True)
class Share:
    """What one party gets of one order line; beneficiary 0 is the platform. why: the id of the plan's reward."""

    kind: Kind
    beneficiary_id: int
    amount_fen: int
    rate_bp: int
    why: str
