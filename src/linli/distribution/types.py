"""Frozen facts that the plan's rules work on."""

from enum import StrEnum
from typing import NamedTuple

PLATFORM = 0


class Kind(StrEnum):
    """The kinds of a share, in the order of docs/plans.md."""

    commission = "commission"
    self_saving = "self_saving"
    override = "override"
    recruit_reward = "recruit_reward"
    invite_coupon = "invite_coupon"
    breakage = "breakage"


KINDS = tuple(Kind)


class Standing(NamedTuple):
    """An owner's id, tier and whether the plan's tier leads (a closed owner leads nobody)."""

    owner_id: int
    tier: str
    leads: bool


class Position(NamedTuple):
    """Where an owner stood in the tree at an event; None where there is nobody. At a sale `seller` sold, at a join `seller` joined."""

    seller: Standing
    sponsor: Standing | None
    leader: Standing | None


class Share(NamedTuple):
    """What one party gets of one order line, or of one new owner; beneficiary 0 is the platform. why: the id of the plan's reward."""

    kind: Kind
    beneficiary_id: int
    amount_fen: int
    rate_bp: int
    why: str
