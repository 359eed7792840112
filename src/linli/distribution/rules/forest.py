"""The invitation forest in memory: who leads whom, kept as owners join, rise, fall and close (docs/plans.md).

Arrays of integers, so that millions fit; a change of a leader touches exactly the owners whose leader changes.
"""

from array import array
from collections.abc import Iterable

from linli.distribution.types import Position, Standing

NOBODY = -1


class Forest:
    """Owners by index, in the order in which they joined; their ids to the outside begin at first_id. Tiers that a plan does not name lead nobody."""

    def __init__(self, *, leading: Iterable[str], first_id: int = 0) -> None:
        self.leading = frozenset(leading)
        self.first_id = first_id
        self.tier_codes: list[str] = []
        self._tier_numbers: dict[str, int] = {}
        self.sponsor, self.leader = array("i"), array("i")
        self.tier, self.closed = array("B"), array("B")
        self._first_child, self._next_sibling = array("i"), array("i")

    def __len__(self) -> int:
        return len(self.sponsor)

    def join(self, sponsor: int, tier: str) -> int:
        """A new owner below a sponsor (or NOBODY). Returns its index."""
        owner = len(self.sponsor)
        self.sponsor.append(sponsor)
        self.leader.append(NOBODY if sponsor == NOBODY else self._leader_below(sponsor))
        self.tier.append(self._number(tier))
        self.closed.append(0)
        self._first_child.append(NOBODY)
        self._next_sibling.append(NOBODY if sponsor == NOBODY else self._first_child[sponsor])
        if sponsor != NOBODY:
            self._first_child[sponsor] = owner
        return owner

    def leads(self, owner: int) -> bool:
        """Whether an owner is a leader now."""
        return not self.closed[owner] and self.tier_codes[self.tier[owner]] in self.leading

    def set_tier(self, owner: int, tier: str) -> int:
        """Promote or demote; a community splits off or comes back. Returns how many owners changed their leader."""
        led = self.leads(owner)
        self.tier[owner] = self._number(tier)
        return self._lead_anew(owner) if led != self.leads(owner) else 0

    def close(self, owner: int) -> int:
        """Close an account; its community falls to the next leader above. Returns how many owners changed their leader."""
        led = self.leads(owner)
        self.closed[owner] = 1
        return self._lead_anew(owner) if led else 0

    def standing(self, owner: int) -> Standing:
        """An owner as the engine sees it."""
        return Standing(owner + self.first_id, self.tier_codes[self.tier[owner]], self.leads(owner))

    def position(self, owner: int) -> Position:
        """Where an owner stands."""
        sponsor, leader = self.sponsor[owner], self.leader[owner]
        return Position(
            self.standing(owner),
            self.standing(sponsor) if sponsor != NOBODY else None,
            self.standing(leader) if leader != NOBODY else None,
        )

    def _number(self, tier: str) -> int:
        if tier not in self._tier_numbers:
            self._tier_numbers[tier] = len(self.tier_codes)
            self.tier_codes.append(tier)
        return self._tier_numbers[tier]

    def _leader_below(self, owner: int) -> int:
        """The leader of whoever stands directly below an owner."""
        return owner if self.leads(owner) else self.leader[owner]

    def _lead_anew(self, owner: int) -> int:
        """Give everybody below an owner, down to the leaders there and not beyond, the leader that they have now."""
        leader, changed = self._leader_below(owner), 0
        waiting = [owner]
        while waiting:
            child = self._first_child[waiting.pop()]
            while child != NOBODY:
                self.leader[child] = leader
                changed += 1
                if not self.leads(child):
                    waiting.append(child)
                child = self._next_sibling[child]
        return changed
