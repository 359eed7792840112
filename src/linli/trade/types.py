"""Words of trade: what is asked, and what becomes of it."""

from dataclasses import dataclass
from typing import Any

from linli.campaigns.types import Choice, GiftWish, Lane


@dataclass(frozen=True)
class Line:
    """Units of a sku."""

    sku_id: int
    quantity: int


@dataclass(frozen=True)
class Basket:
    """What somebody wants to buy, by which campaign, with which coupons; as a gift its lines are what each share holds.
    member_id 0 is a guest who only asks for the price."""

    member_id: int
    lines: tuple[Line, ...]
    share_code: str = ""
    choice: Choice | None = None
    coupon_ids: tuple[int, ...] = ()
    uses_points: bool = False
    gift: GiftWish | None = None


@dataclass(frozen=True)
class PlaceRequest:
    """A basket with everything an order needs. quoted_fen: what the buyer was shown; charge_gateway: open a charge with it."""

    basket: Basket
    address: dict[str, Any] | None = None
    note: str = ""
    quoted_fen: int | None = None
    charge_gateway: str = ""
    idempotency_key: str | None = None
    input_hash: bytes | None = None

    @property
    def once_key(self) -> str | None:
        """The idempotency key as one member's: what is stored and looked up."""
        return f"{self.basket.member_id}:{self.idempotency_key}" if self.idempotency_key else None


@dataclass(frozen=True)
class QuotedLine:
    """A line with its price and the steps that lead to it; the fen of the steps sum to total_fen. subsidy_fen: what the
    platform pays its merchant because of them."""

    sku_id: int
    product_id: int
    merchant_id: int
    title: str
    sku_title: str
    image: str
    quantity: int
    price_fen: int
    total_fen: int
    rate_bp: int
    fee_rate_bp: int
    available_count: int
    reasons: tuple[tuple[str, int], ...]
    subsidy_fen: int = 0


@dataclass(frozen=True)
class QuotedParcel:
    """One merchant's part of a basket: its lines, freight, and promise."""

    merchant_id: int
    merchant_name: str
    lines: tuple[QuotedLine, ...]
    goods_fen: int
    freight_fen: int
    free_freight_from_fen: int
    ships_within_hours: int

    @property
    def total_fen(self) -> int:
        return self.goods_fen + self.freight_fen


@dataclass(frozen=True)
class Quote:
    """What a basket costs now, and whose sale it is."""

    parcels: tuple[QuotedParcel, ...]
    is_self_purchase: bool
    seller_id: int

    @property
    def total_fen(self) -> int:
        return sum(parcel.total_fen for parcel in self.parcels)

    @property
    def goods_fen(self) -> int:
        return sum(parcel.goods_fen for parcel in self.parcels)

    @property
    def freight_fen(self) -> int:
        return sum(parcel.freight_fen for parcel in self.parcels)

    @property
    def saved_fen(self) -> int:
        """What campaign, own purchase and coupons take off the list price."""
        return -sum(fen for code, fen in self.steps.items() if code != Lane.list_price)

    @property
    def points(self) -> int:
        """The points that it takes."""
        return -self.steps.get(Lane.points, 0)

    @property
    def steps(self) -> dict[str, int]:
        """The steps of all lines together, by their code, in order."""
        sums: dict[str, int] = {}
        for line in self.lines:
            for code, fen in line.reasons:
                sums[code] = sums.get(code, 0) + fen
        return sums

    @property
    def lines(self) -> tuple[QuotedLine, ...]:
        return tuple(line for parcel in self.parcels for line in parcel.lines)


@dataclass(frozen=True)
class PlacedOrder:
    """One merchant's order as it stands; group_id: the group in which it has a seat."""

    order_id: int
    order_no: str
    merchant_id: int
    state: str
    total_fen: int
    group_id: int = 0


@dataclass(frozen=True)
class Placed:
    """The orders of a basket and the charge that pays them all (none for ¥0, or when none was asked). gift_code: what a gift
    is reached by."""

    checkout_no: str
    orders: tuple[PlacedOrder, ...]
    charge_no: str = ""
    pay_path: str = ""
    gift_code: str = ""

    @property
    def total_fen(self) -> int:
        return sum(order.total_fen for order in self.orders)
