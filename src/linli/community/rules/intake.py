"""Who gets in: by the order of arrival, never past the capacity nor the day's intake; the rest waits in line."""

from dataclasses import dataclass

from linli.community.types import JoinAsked, Joined
from linli.core.refusal import Refusal

INSIDE = ("active", "resting")
WAITING = ("asked", "queued")


@dataclass
class Door:
    """A community's door today. Changed as people go in."""

    entry_kind: str
    invitation_code: str
    capacity: int
    daily_intake: int
    member_count: int
    joined_today: int
    queued: int
    is_closed: bool = False

    @property
    def has_place(self) -> bool:
        """Whether somebody can go in now."""
        return self.member_count < self.capacity and self.joined_today < self.daily_intake

    def let_in(self) -> Joined:
        """The next one: inside while there is a place and nobody waits, else in line."""
        if self.has_place and not self.queued:
            self.member_count += 1
            self.joined_today += 1
            return Joined("active")
        self.queued += 1
        return Joined("queued", self.queued)


def decide(door: Door | None, asked: JoinAsked, state: str) -> Joined | Refusal:
    """What becomes of one who asks, whose membership was in `state` until now ("" for none)."""
    if door is None or door.is_closed:
        return Refusal("no_such_community")
    if state == "removed":
        return Refusal("removed_before")
    if state == "barred":
        return Refusal("resting_until")
    if state in INSIDE or state in WAITING:
        return Joined(state)
    if door.entry_kind == "invitation" and asked.invitation.upper() != door.invitation_code:
        return Refusal("invitation_needed")
    if door.entry_kind == "purchase" and not asked.has_bought:
        return Refusal("purchase_needed")
    if door.entry_kind == "fee" and not asked.has_paid:
        return Refusal("fee_needed")
    if door.entry_kind == "question":
        return Joined("asked") if asked.answer.strip() else Refusal("answer_needed")
    return door.let_in()
