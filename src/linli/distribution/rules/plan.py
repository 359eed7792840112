"""What an event pays under a plan: pure functions over frozen values, nothing plan-specific (docs/plans.md).

Checkout, simulator and prover all ask the same `Engine`. Which rewards an event pays depends only on the pattern of tiers
around it, of which a plan has a few dozen; each is decided once and then only multiplied out.
"""

from collections.abc import Iterable
from typing import NamedTuple

from linli.core.money import floor_bp
from linli.distribution.rules.document import Plan, Reward
from linli.distribution.types import KINDS, PLATFORM, Kind, Position, Share, Standing

Seen = tuple[str, bool] | None


class Sale(NamedTuple):
    """Goods sold, as the engine needs them. base_fen: cash paid for goods, without freight, tax and points."""

    base_fen: int
    rate_bp: int
    position: Position


class _Due(NamedTuple):
    """A reward that a pattern pays: to the n-th of a position (seller 0, sponsor 1, leader 2, platform 3)."""

    kind: Kind
    place: int
    on_commission: bool
    rate_bp: int | None
    amount_fen: int
    why: str


PLACES = {"seller": 0, "joiner": 0, "sponsor": 1, "leader": 2}
NOBODY = 3


class Engine:
    """A plan made ready to pay."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._most_bp = plan.bounds_bp[1]
        self._rewards = sorted(plan.rewards, key=lambda reward: reward.priority)
        self._due: dict[tuple[str, Seen, Seen, Seen], tuple[_Due, ...]] = {}

    def sale_shares(self, sales: Iterable[Sale]) -> list[tuple[Share, ...]]:
        """Who gets what of each sold line, every share floored to the fen, zero shares left out."""
        return [self._shares("sale", sale.base_fen, sale.rate_bp, sale.position) for sale in sales]

    def join_shares(self, position: Position) -> tuple[Share, ...]:
        """Who gets what for a new owner."""
        return self._shares("join", 0, 0, position)

    def saving_fen(self, goods_fen: int, rate_bp: int) -> int:
        """The price cut in fen that an owner gets on goods for themselves; 0 when the plan gives none."""
        return (
            floor_bp(goods_fen, min(rate_bp, self._most_bp))
            if self.plan.self_purchase.mode == "discount"
            else 0
        )

    def min_spend_fen(self, reward_id: str) -> int:
        """The least that a coupon of a reward must be spent with, in fen."""
        return next(reward.min_spend_fen for reward in self.plan.rewards if reward.id == reward_id)

    def own_sale_fen(self, price_fen: int, rate_bp: int) -> int:
        """What an ordinary owner earns on one unit sold, in fen: what the pages show beside a product."""
        return sum(share.amount_fen for share in self._alone(price_fen, rate_bp) if share.beneficiary_id)

    def merchant_cost_fen(self, price_fen: int, rate_bp: int) -> int:
        """What one unit sold through an owner costs its merchant in fen: every share, and what the platform keeps of them."""
        return sum(share.amount_fen for share in self._alone(price_fen, rate_bp))

    def _alone(self, price_fen: int, rate_bp: int) -> tuple[Share, ...]:
        """The shares of a sale by an ordinary owner with nobody above."""
        position = Position(Standing(1, self.plan.first_tier, False), None, None)
        return self._shares("sale", price_fen, rate_bp, position)

    def _shares(self, trigger: str, base_fen: int, rate_bp: int, position: Position) -> tuple[Share, ...]:
        seller, sponsor, leader = position
        pattern = trigger, seller[1:], sponsor and sponsor[1:], leader and leader[1:]
        due = self._due.get(pattern)
        if due is None:
            due = self._due[pattern] = self._decide(trigger, position)
        rate_bp = min(rate_bp, self._most_bp)
        commission_fen = floor_bp(base_fen, rate_bp)
        shares = []
        for kind, place, on_commission, fixed_bp, amount_fen, why in due:
            share_bp = rate_bp if fixed_bp is None else fixed_bp
            if not amount_fen:
                amount_fen = floor_bp(commission_fen if on_commission else base_fen, share_bp)
            if amount_fen:
                to = None if place == NOBODY else position[place]
                owner_id = to.owner_id if to else PLATFORM
                shares.append(Share(kind, owner_id, amount_fen, share_bp, why))
        return tuple(shares)

    def _decide(self, trigger: str, position: Position) -> tuple[_Due, ...]:
        """The rewards that a pattern pays. Of a group on commission that nobody earns, the platform keeps the first, as breakage."""
        due: list[_Due] = []
        open_groups: dict[str, Reward] = {}
        paid: set[str] = set()
        for reward in self._rewards:
            if reward.trigger != trigger or reward.group in paid:
                continue
            to = position[PLACES[reward.to]]
            if to is not None and _holds(reward, to, position):
                due.append(_due(reward, PLACES[reward.to], to))
                paid |= {reward.group} if reward.group else set()
            elif reward.group and reward.basis == "commission":
                open_groups.setdefault(reward.group, reward)
        due += [
            _Due(Kind.breakage, NOBODY, True, reward.rate_bp, 0, f"no_{group}")
            for group, reward in open_groups.items()
            if group not in paid
        ]
        return tuple(sorted(due, key=lambda one: KINDS.index(one.kind)))


def _due(reward: Reward, place: int, to: Standing) -> _Due:
    amount = reward.amount_fen
    amount_fen = amount.get(to.tier, 0) if isinstance(amount, dict) else amount or 0
    rate_bp = 0 if reward.basis == "fixed" else reward.rate_bp
    return _Due(reward.kind, place, reward.basis == "commission", rate_bp, amount_fen, reward.id)


def _holds(reward: Reward, to: Standing, position: Position) -> bool:
    when = reward.when
    return (
        (when.to_leads is None or when.to_leads == to.leads)
        and (when.to_tier is None or to.tier in when.to_tier)
        and (when.seller_leads is None or when.seller_leads == position.seller.leads)
        and (when.seller_tier is None or position.seller.tier in when.seller_tier)
        and (when.has_sponsor is None or when.has_sponsor == (position.sponsor is not None))
    )
