"""Who acts. Comes in from the edge, keyword-only, and is the one argument of every `visible_to`."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """The roles a member can hold; a merchant's staff are rows of merchants.Staff."""

    operator = "operator"
    agent = "agent"
    leader = "leader"


@dataclass(frozen=True)
class Actor:
    """member_id 0 is a guest; SYSTEM is the platform's own jobs."""

    member_id: int = 0
    roles: frozenset[str] = frozenset()
    merchant_ids: frozenset[int] = field(default_factory=frozenset)
    is_owner: bool = False
    is_system: bool = False

    @property
    def is_guest(self) -> bool:
        return not self.member_id and not self.is_system

    @property
    def is_operator(self) -> bool:
        return self.is_system or Role.operator in self.roles

    @property
    def is_agent(self) -> bool:
        return Role.agent in self.roles


GUEST = Actor()
SYSTEM = Actor(is_system=True)
