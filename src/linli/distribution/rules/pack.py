"""What an owner gets for a day, and when: pure. Goods are scored by what is known without any outside service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PACK = 5
LEAST_STOCK = 20
REST_DAYS = 3
DEFAULT_HOUR = 20
LEAST_CLICKS_FOR_HOUR = 10
TRIAL_CLICKS, WEAK_CLICKS = 20, 50


@dataclass(frozen=True)
class Candidate:
    """A product that an owner could post. fits: of a kind that their neighbours buy or they show; in_season: it has words for this
    month; own_orders: orders by the owner's links so far; sold_count: of everybody."""

    product_id: int
    category_id: int
    fits: bool
    in_season: bool
    own_orders: int
    sold_count: int

    @property
    def score(self) -> tuple[int, int, int]:
        """By the reasons that speak for it, then by what it has brought, then by what everybody bought."""
        return 2 * self.in_season + 2 * self.fits + min(self.own_orders, 3), self.own_orders, self.sold_count

    @property
    def why(self) -> str:
        """The strongest reason: sells (through you), season, fits, popular."""
        if self.own_orders:
            return "sells"
        return "season" if self.in_season else "fits" if self.fits else "popular"


def choose(candidates: Sequence[Candidate], *, count: int = PACK) -> list[Candidate]:
    """The goods of a day: the best, not more than two of a category while there are others; equal ones by their number."""
    ranked = sorted(candidates, key=lambda one: (*(-value for value in one.score), one.product_id))
    chosen: list[Candidate] = []
    for most in (2, count):
        for one in ranked:
            same = sum(other.category_id == one.category_id for other in chosen)
            if len(chosen) < count and one not in chosen and same < most:
                chosen.append(one)
    return chosen


@dataclass(frozen=True)
class CopyFacts:
    """Words about a product and what they have brought so far."""

    material_id: int
    clicks: int
    orders: int

    @property
    def rate_bp(self) -> int:
        """Orders per click in bp; few clicks say little, so that ten are added to all."""
        return (self.orders * 10_000) // (self.clicks + 10)


def choose_copy(copies: Sequence[CopyFacts], *, turn: int) -> int | None:
    """Which words to give: those that are still on trial take turns, then the best; None when there are none."""
    if not copies:
        return None
    trial = [copy for copy in copies if copy.clicks < TRIAL_CLICKS]
    if trial:
        return trial[turn % len(trial)].material_id
    return max(copies, key=lambda copy: (copy.rate_bp, -copy.material_id)).material_id


def weak_copies(copies: Sequence[CopyFacts]) -> list[int]:
    """Words that were opened often and brought less than half of the best of the same product; the best never retires."""
    known = [copy for copy in copies if copy.clicks >= WEAK_CLICKS]
    if len(copies) < 2 or not known:
        return []
    best = max(known, key=lambda copy: (copy.rate_bp, -copy.material_id))
    return [
        copy.material_id
        for copy in known
        if copy is not best and 2 * copy.orders * (best.clicks + 10) < best.orders * (copy.clicks + 10)
    ]


def best_hour(own: Mapping[int, int], everybody: Mapping[int, int]) -> int:
    """The hour in which an owner's links are opened most; everybody's while the own say too little, then the evening."""
    for hours in (own, everybody):
        if sum(hours.values()) >= LEAST_CLICKS_FOR_HOUR:
            return max(hours, key=lambda hour: (hours[hour], -hour))
    return DEFAULT_HOUR
