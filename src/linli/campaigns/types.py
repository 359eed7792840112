"""Words of campaigns: what is chosen, and what stands on a line because of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Lane(StrEnum):
    """Why a price is what it is, in the order in which it is reckoned; pages and API translate the codes."""

    list_price = "list_price"
    group_buy = "group_buy"
    flash_sale = "flash_sale"
    bargain = "bargain"
    leader_cut = "leader_cut"
    self_purchase = "self_purchase"
    merchant_coupon = "merchant_coupon"
    platform_coupon = "platform_coupon"
    points = "points"


# What a campaign's price may be combined with, at its merchant's choice.
STACKABLE = (Lane.self_purchase, Lane.merchant_coupon, Lane.platform_coupon, Lane.points)


@dataclass(frozen=True)
class Choice:
    """The campaign that a basket buys by. Of a group buy: the group to join (0: open one) and the step by its seats (0: the
    first). Of a bargain: the bargain. kind: what the asker takes it for; empty when they do not say."""

    campaign_id: int
    group_id: int = 0
    seats: int = 0
    bargain_id: int = 0
    kind: str = ""


@dataclass(frozen=True)
class GiftWish:
    """How a basket is given away: in so many shares, with words, to whoever has the link or to a community's members."""

    shares: int = 1
    words: str = ""
    community_id: int | None = None


@dataclass(frozen=True)
class CampaignFacts:
    """A campaign as selling needs it; the meaning of each value stands at models.Campaign."""

    id: int
    kind: str
    sku_id: int
    price_fen: int
    rate_bp: int | None
    available_count: int
    per_member: int
    stacks_with: frozenset[str]
    seats: int
    hours: int
    steps: tuple[tuple[int, int], ...]
    leader_cut_fen: int
    newcomers_only: bool
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    community_id: int | None = None


@dataclass(frozen=True)
class CampaignPrice:
    """The price of one unit by a campaign, as a line knows it. leader_cut_fen: what an initiator pays less."""

    campaign_id: int
    lane: Lane
    sku_id: int
    price_fen: int
    leader_cut_fen: int = 0
    rate_bp: int | None = None
    stacks_with: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Voucher:
    """A coupon as the price knows it. merchant_id 0: the platform's, for goods of every merchant. scope_ids: of the products
    or categories that it is for, by scope_kind; all when that is "all". grows_fen: what friends can still add to it."""

    coupon_id: int
    name: str
    merchant_id: int
    face_fen: int = 0
    percent_bp: int = 0
    cap_fen: int = 0
    min_spend_fen: int = 0
    scope_kind: str = "all"
    scope_ids: frozenset[int] = frozenset()
    platform_share_bp: int = 0
    grows_fen: int = 0

    @property
    def lane(self) -> Lane:
        return Lane.merchant_coupon if self.merchant_id else Lane.platform_coupon
