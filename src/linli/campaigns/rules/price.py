"""The price of a basket, lane by lane, each with its reason: the same function quotes, charges and refunds (D10).

A lane sees every line with what it costs so far and says what it takes off each. Coupons take off the goods that they are
for together, allocated by the largest remainder, so that the parts sum to the coupon exactly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from linli.campaigns.types import CampaignPrice, Lane, Voucher
from linli.core.money import floor_bp, split_by_weight
from linli.core.refusal import Refusal
from linli.distribution.rules.plan import Engine

POINTS_MOST_BP = 5_000
MOST_CHOICES = 400  # of coupons for one basket that are all reckoned; about 0.1 s


@dataclass(frozen=True)
class LineFacts:
    """What the price of a line depends on, and nothing else (never a portrait: PIPL art. 24)."""

    quantity: int
    price_fen: int
    rate_bp: int
    product_id: int = 0
    category_ids: frozenset[int] = frozenset()
    merchant_id: int = 0
    campaign: CampaignPrice | None = None

    def takes(self, lane: Lane) -> bool:
        """Whether a lane may follow: all may on a list price, on a campaign's those that its merchant allows."""
        return self.campaign is None or lane in self.campaign.stacks_with


@dataclass(frozen=True)
class BasketFacts:
    """Who buys, and what they bring: at most one coupon of each merchant and one of the platform, and points (of one fen each)."""

    lines: Sequence[LineFacts]
    buyer_is_owner: bool = False
    opens_group: bool = False
    vouchers: Sequence[Voucher] = ()
    points_fen: int = 0


@dataclass(frozen=True)
class Reason:
    """One step of a price; the steps of a line sum to what it costs. platform_fen: the part of a cut that the platform bears."""

    code: Lane
    fen: int
    platform_fen: int = 0


Steps = list[list[Reason]]
PriceLane = Callable[[BasketFacts, list[int], Engine], Steps]


def _campaign_price(basket: BasketFacts, so_far: list[int], plan: Engine) -> Steps:
    found: Steps = []
    for line, fen in zip(basket.lines, so_far, strict=True):
        steps = []
        if line.campaign:
            # A list price that has fallen below the campaign's since is what is paid: a campaign is never dearer.
            steps = [Reason(line.campaign.lane, min(line.campaign.price_fen * line.quantity - fen, 0))]
            if basket.opens_group and line.campaign.leader_cut_fen:
                left = fen + steps[0].fen
                steps.append(
                    Reason(Lane.leader_cut, -min(line.campaign.leader_cut_fen * line.quantity, left))
                )
        found.append(steps)
    return found


def _self_purchase(basket: BasketFacts, so_far: list[int], plan: Engine) -> Steps:
    return [
        [Reason(Lane.self_purchase, -plan.saving_fen(fen, line.rate_bp))]
        if basket.buyer_is_owner and line.takes(Lane.self_purchase)
        else []
        for line, fen in zip(basket.lines, so_far, strict=True)
    ]


def _coupons(lane: Lane) -> PriceLane:
    def take(basket: BasketFacts, so_far: list[int], plan: Engine) -> Steps:
        steps: Steps = [[] for _ in so_far]
        for voucher in basket.vouchers:
            if voucher.lane is lane:
                for n, cut in enumerate(_cuts(voucher, basket.lines, so_far)):
                    if cut:
                        steps[n].append(Reason(lane, -cut, floor_bp(cut, voucher.platform_share_bp)))
        return steps

    return take


def _cuts(voucher: Voucher, lines: Sequence[LineFacts], so_far: list[int]) -> list[int]:
    weights = [fen if _is_for(voucher, line) else 0 for line, fen in zip(lines, so_far, strict=True)]
    return split_by_weight(_worth_fen(voucher, sum(weights)), weights)


def _worth_fen(voucher: Voucher, goods_fen: int) -> int:
    if goods_fen < voucher.min_spend_fen:
        return 0
    worth = floor_bp(goods_fen, voucher.percent_bp) if voucher.percent_bp else voucher.face_fen
    return min(worth, voucher.cap_fen or worth, goods_fen)


def _is_for(voucher: Voucher, line: LineFacts) -> bool:
    if not line.takes(voucher.lane) or (voucher.merchant_id and voucher.merchant_id != line.merchant_id):
        return False
    if voucher.scope_kind == "products":
        return line.product_id in voucher.scope_ids
    if voucher.scope_kind == "categories":
        return bool(line.category_ids & voucher.scope_ids)
    return True


def _points(basket: BasketFacts, so_far: list[int], plan: Engine) -> Steps:
    """Points pay a part of what is left, never all of it: at most POINTS_MOST_BP."""
    weights = [fen if line.takes(Lane.points) else 0 for line, fen in zip(basket.lines, so_far, strict=True)]
    worth = min(basket.points_fen, floor_bp(sum(weights), POINTS_MOST_BP))
    return [[Reason(Lane.points, -cut, cut)] for cut in split_by_weight(worth, weights)]


# In this order; what may be combined with a campaign's price is data of the campaign (LineFacts.takes).
LANES: tuple[PriceLane, ...] = (
    _campaign_price,
    _self_purchase,
    _coupons(Lane.merchant_coupon),
    _coupons(Lane.platform_coupon),
    _points,
)


def price_basket(basket: BasketFacts, plan: Engine) -> list[tuple[Reason, ...]]:
    """The reasons of each line's price in order: its list price, then every lane that changes it."""
    found = [[Reason(Lane.list_price, line.price_fen * line.quantity)] for line in basket.lines]
    for lane in LANES:
        steps = lane(basket, [sum(reason.fen for reason in reasons) for reasons in found], plan)
        for reasons, more in zip(found, steps, strict=True):
            reasons += [reason for reason in more if reason.fen]
    return [tuple(reasons) for reasons in found]


def voucher_fault(basket: BasketFacts, plan: Engine) -> Refusal | None:
    """Why coupons cannot be used for a basket: two of one kind, none of its goods, too little spent. None when all do something."""
    lanes = [(voucher.lane, voucher.merchant_id) for voucher in basket.vouchers]
    if len(set(lanes)) < len(lanes):
        return Refusal("coupons_do_not_stack")
    for voucher in basket.vouchers:
        if not any(_is_for(voucher, line) for line in basket.lines):
            return Refusal("coupon_not_for_these", {"coupon_id": str(voucher.coupon_id)})
    prices = zip(basket.lines, price_basket(basket, plan), strict=True)
    used = {
        (reason.code, line.merchant_id if reason.code is Lane.merchant_coupon else 0)
        for line, reasons in prices
        for reason in reasons
    }
    for voucher in basket.vouchers:
        if (voucher.lane, voucher.merchant_id) not in used:
            details = {"coupon_id": str(voucher.coupon_id), "min_spend_fen": voucher.min_spend_fen}
            return Refusal("coupon_below", details)
    return None


def best_vouchers(
    held: Sequence[Voucher], paid_fen: Callable[[tuple[Voucher, ...]], int]
) -> tuple[Voucher, ...]:
    """Of the coupons that a member holds those with which least is paid, freight and all: at most one of each merchant and one of
    the platform. Of equal choices the one with fewer, and then those that end first. One that can still grow is never chosen:
    its member says when it has grown enough.

    paid_fen: what is paid with a choice, in fen. Every choice is tried while there are few; else each kind in turn, until no
    change pays.
    """
    kinds: dict[tuple[Lane, int], list[Voucher | None]] = {}
    for voucher in held:
        if not voucher.grows_fen:
            kinds.setdefault((voucher.lane, voucher.merchant_id), [None]).append(voucher)
    choices = list(kinds.values())

    def cost(choice: Sequence[Voucher | None]) -> tuple[int, int]:
        chosen = tuple(voucher for voucher in choice if voucher)
        return paid_fen(chosen), len(chosen)

    if prod(map(len, choices)) <= MOST_CHOICES:
        best: Sequence[Voucher | None] = min(product(*choices), key=cost)
    else:
        best = _descended(choices, cost)
    return tuple(voucher for voucher in best if voucher)


def _descended(
    choices: Sequence[Sequence[Voucher | None]], cost: Callable[[Sequence[Voucher | None]], tuple[int, int]]
) -> list[Voucher | None]:
    best: list[Voucher | None] = [None] * len(choices)
    before = None
    while before != best:
        before = list(best)
        for n, kind in enumerate(choices):
            best = min(([*best[:n], one, *best[n + 1 :]] for one in kind), key=cost)
    return best
