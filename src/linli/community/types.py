"""Words of communities that other modules speak."""

from dataclasses import dataclass


@dataclass(frozen=True)
class JoinAsked:
    """A member who wants in. answer: to the community's question; invitation: its code; has_bought, has_paid: what its way in asks for."""

    community_id: int
    member_id: int
    answer: str = ""
    invitation: str = ""
    has_bought: bool = False
    has_paid: bool = False


@dataclass(frozen=True)
class Joined:
    """What became of it: active (inside), queued (place counts from 1), asked (a person decides)."""

    state: str
    place: int = 0
