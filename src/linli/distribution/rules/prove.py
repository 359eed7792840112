"""Try a plan on every small world: every sponsor tree, every tier of every owner, every seller and every inviter.

What an event pays depends on an owner's tier, sponsor and leader only, so a fault shows in a tree of a few owners or in none;
trees of six hold every chain that a plan can tell apart. Trees that differ only in the owners' names count as one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from linli.distribution.rules.forest import NOBODY, Forest
from linli.distribution.rules.plan import Engine, Sale
from linli.distribution.types import Kind, Position, Share

MOST_OWNERS = 7
FAKES = 3
MOST_WORLDS = 100_000
GOODS_FEN = 10_000_000  # large enough that floors do not hide a basis point
Parents = tuple[int, ...]
State = tuple[str, bool]  # tier, closed


@dataclass(frozen=True)
class Counter:
    """A world in which a plan fails."""

    fault: str
    event: str
    at_owner: int
    sponsors: Parents
    states: tuple[State, ...]
    shares: tuple[Share, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: owners by number from 1, sponsor None for who was invited by nobody."""
        owners = [
            {
                "owner": n + 1,
                "sponsor": sponsor + 1 if sponsor != NOBODY else None,
                "tier": tier,
                "closed": closed,
            }
            for n, (sponsor, (tier, closed)) in enumerate(zip(self.sponsors, self.states, strict=True))
        ]
        pays = [
            {"kind": s.kind.value, "to": s.beneficiary_id or None, "fen": s.amount_fen, "why": s.why}
            for s in self.shares
        ]
        return {
            "fault": self.fault,
            "event": self.event,
            "by": self.at_owner + 1,
            "owners": owners,
            "pays": pays,
        }


@dataclass(frozen=True)
class Proof:
    """What was tried and what came out. max_payout_bp: of the goods; the gain: of what honesty pays."""

    plan: str
    owners: int
    cases: int
    max_overrides: int
    max_recruit_rewards: int
    max_payout_bp: int
    self_referral_gain_bp: int
    counter_example: Counter | None

    @property
    def holds(self) -> bool:
        return self.counter_example is None

    def as_dict(self) -> dict[str, Any]:
        """As the command and the stored report write it."""
        counter = self.counter_example.as_dict() if self.counter_example else None
        return {
            "plan": self.plan, "owners": self.owners, "cases": self.cases, "holds": self.holds,
            "max_overrides": self.max_overrides, "max_recruit_rewards": self.max_recruit_rewards,
            "max_payout_bp": self.max_payout_bp, "self_referral_gain_bp": self.self_referral_gain_bp,
            "counter_example": counter,
        }  # fmt: skip

    def as_text(self) -> str:
        """For a terminal."""
        lines = [
            f"{self.plan}: {self.cases:,} events in all trees of up to {self.owners} owners",
            f"at most {self.max_overrides} override a sale, {self.max_recruit_rewards} recruit reward a new owner, "
            f"{_percent(self.max_payout_bp)} of the goods paid",
            f"self-referral with up to {FAKES} false identities gains {_percent(self.self_referral_gain_bp)}",
        ]
        if self.counter_example is None:
            return "\n".join([*lines, "It holds."])
        return "\n".join(
            [*lines, "It does NOT hold. The smallest counter-example:", *_drawn(self.counter_example)]
        )


class _Worst:
    """The most that was seen so far."""

    def __init__(self) -> None:
        self.cases = self.overrides = self.recruits = self.payout_fen = 0


def prove(engine: Engine, *, owners: int, progress: Callable[[int], None] = lambda percent: None) -> Proof:
    """Try every world of up to so many owners; stops at the first, smallest, in which the plan fails."""
    worst, counter = _Worst(), None
    worlds = [(size, parents) for size in range(1, owners + 1) for parents in _forests(size)]
    total = sum(len(_states(engine)) ** size for size, _ in worlds)
    tried = 0
    for size, parents in worlds:
        counter = counter or _try(engine, parents, worst)
        tried += len(_states(engine)) ** size
        progress(tried * 100 // total)
        if counter:
            break
    return Proof(
        plan=engine.plan.id, owners=owners, cases=worst.cases, max_overrides=worst.overrides,
        max_recruit_rewards=worst.recruits, max_payout_bp=worst.payout_fen * 10_000 // GOODS_FEN,
        self_referral_gain_bp=self_referral_gain_bp(engine), counter_example=counter,
    )  # fmt: skip


def owners_to_prove(engine: Engine) -> int:
    """The largest trees, of at most five owners, that a waiting person can have tried: seconds, not minutes."""
    states = len(_states(engine))
    return max((n for n in range(2, 6) if states**n * len(_forests(n)) <= MOST_WORLDS), default=2)


def self_referral_gain_bp(engine: Engine) -> int:
    """The most that a person gains, in bp of what honesty pays, by selling through up to three owners of their own.

    Tried: every tier of the person, everybody above (none, or one or two of every tier), every tree of false identities.
    """
    tiers = [tier.code for tier in engine.plan.tiers]
    gain_bp = 0
    for above in _chains(tiers):
        for own in tiers:
            honest_fen = _best_fen(engine, above, own, ())
            if not honest_fen:
                continue
            for size in range(1, FAKES + 1):
                for fakes in _forests(size):
                    best_fen = _best_fen(engine, above, own, fakes)
                    gain_bp = max(gain_bp, (best_fen - honest_fen) * 10_000 // honest_fen)
    return gain_bp


def _chains(tiers: list[str]) -> Iterator[tuple[str, ...]]:
    for length in range(3):
        yield from product(tiers, repeat=length)


def _best_fen(engine: Engine, above: tuple[str, ...], own: str, fakes: Parents) -> int:
    """What a person gets of one sale, by whichever of the identities it is made."""
    world = Forest(leading=engine.plan.leading_tiers, first_id=1)
    top = NOBODY
    for tier in above:
        top = world.join(top, tier)
    person = world.join(top, own)
    for sponsor in fakes:
        world.join(person if sponsor == NOBODY else person + 1 + sponsor, engine.plan.first_tier)
    mine = range(person, len(world))
    sales = [Sale(GOODS_FEN, engine.plan.bounds_bp[1], world.position(seller)) for seller in mine]
    return max(
        sum(share.amount_fen for share in shares if share.beneficiary_id - 1 in mine)
        for shares in engine.sale_shares(sales)
    )


def _states(engine: Engine) -> list[State]:
    """What an owner can be: of any tier, or closed; of the closed only the highest tier, which has most to lose by it."""
    by_rank = sorted(engine.plan.tiers, key=lambda tier: tier.rank)
    return [*((tier.code, False) for tier in by_rank), (by_rank[-1].code, True)]


def _try(engine: Engine, parents: Parents, worst: _Worst) -> Counter | None:
    """Every assignment of tiers in one tree; the first fault."""
    leading = engine.plan.leading_tiers
    most_fen = GOODS_FEN * engine.plan.funding.max_bp // 10_000
    for states in product(_states(engine), repeat=len(parents)):
        positions = _positions(parents, states, leading)
        closed = {n + 1 for n, (_, is_closed) in enumerate(states) if is_closed}
        for owner, position in enumerate(positions):
            if owner + 1 in closed:
                continue
            worst.cases += 2
            [shares] = engine.sale_shares([Sale(GOODS_FEN, engine.plan.bounds_bp[1], position)])
            fault = _fault_of_sale(shares, closed, most_fen, worst)
            if fault:
                return Counter(fault, "sale", owner, parents, states, shares)
            joins = engine.join_shares(_below(position, engine.plan.first_tier, len(parents) + 1))
            fault = _fault_of_join(joins, closed, worst)
            if fault:
                return Counter(fault, "invites a new owner", owner, parents, states, joins)
    return None


def _fault_of_sale(shares: tuple[Share, ...], closed: set[int], most_fen: int, worst: _Worst) -> str:
    overrides, paid_fen = 0, 0
    for share in shares:
        overrides += share.kind is Kind.override
        paid_fen += share.amount_fen
        if share.beneficiary_id in closed:
            return f"a closed account is paid by {share.why}"
    worst.overrides, worst.payout_fen = max(worst.overrides, overrides), max(worst.payout_fen, paid_fen)
    if overrides > 1:
        return f"{overrides} overrides on one sale"
    if paid_fen > most_fen:
        return f"{paid_fen * 10_000 // GOODS_FEN} bp of the goods are paid, funded are {most_fen * 10_000 // GOODS_FEN}"
    return ""


def _fault_of_join(shares: tuple[Share, ...], closed: set[int], worst: _Worst) -> str:
    recruits = sum(share.kind is Kind.recruit_reward for share in shares)
    worst.recruits = max(worst.recruits, recruits)
    if recruits > 1:
        return f"{recruits} recruit rewards for one new owner"
    paid_closed = [share.why for share in shares if share.beneficiary_id in closed]
    return f"a closed account is paid by {paid_closed[0]}" if paid_closed else ""


def _positions(parents: Parents, states: tuple[State, ...], leading: frozenset[str]) -> list[Position]:
    """Everybody's position; parents come before their children, so one pass finds all leaders."""
    world = Forest(leading=leading, first_id=1)
    for sponsor, (tier, is_closed) in zip(parents, states, strict=True):
        owner = world.join(sponsor, tier)
        if is_closed:
            world.close(owner)
    return [world.position(owner) for owner in range(len(parents))]


def _below(inviter: Position, tier: str, owner_id: int) -> Position:
    """The position of whoever an owner invites."""
    who = inviter.seller
    return Position(
        who._replace(owner_id=owner_id, tier=tier, leads=False), who, who if who.leads else inviter.leader
    )


@lru_cache(maxsize=8)
def _forests(size: int) -> tuple[Parents, ...]:
    """Every rooted forest of so many owners, one of each shape, as the sponsor of each (NOBODY for roots)."""
    found: dict[tuple, Parents] = {}
    for parents in product(*(range(NOBODY, n) for n in range(size))):
        found.setdefault(_shape(parents), parents)
    return tuple(found.values())


def _shape(parents: Parents) -> tuple:
    """The same for forests that differ only in names: every node as the sorted shapes of its children."""
    children: list[list[tuple]] = [[] for _ in parents]
    roots: list[tuple] = []
    for node in range(len(parents) - 1, -1, -1):
        shape = tuple(sorted(children[node]))
        (roots if parents[node] == NOBODY else children[parents[node]]).append(shape)
    return tuple(sorted(roots))


def _percent(bp: int) -> str:
    return f"{bp // 100}.{bp % 100:02d} %"


def _drawn(counter: Counter) -> list[str]:
    """The tree of a counter-example, indented, and what was paid."""
    lines: list[str] = []

    def draw(owner: int, depth: int) -> None:
        tier, closed = counter.states[owner]
        event = f"  <- {counter.event}" if owner == counter.at_owner else ""
        lines.append(f"  {'   ' * depth}owner {owner + 1}: {tier}{', closed' if closed else ''}{event}")
        for child, sponsor in enumerate(counter.sponsors):
            if sponsor == owner:
                draw(child, depth + 1)

    for root, sponsor in enumerate(counter.sponsors):
        if sponsor == NOBODY:
            draw(root, 0)
    lines.append(f"  {counter.fault}:")
    for share in counter.shares:
        to = f"owner {share.beneficiary_id}" if share.beneficiary_id else "the platform"
        lines.append(f"    {share.kind.value} {share.amount_fen} fen of {GOODS_FEN} to {to} ({share.why})")
    return lines
