"""Words of trade: what is asked, and what becomes of it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    """Units of a sku."""

    sku_id: int
    quantity: int


@dataclass(frozen=True)
class Basket:
    """What somebody wants to buy. member_id 0 is a guest who only asks for the price."""

    member_id: int
    lines: tuple[Line, ...]
    share_code: str = ""


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
    """A line with its price and the steps that lead to it; the fen of the steps sum to total_fen."""

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
        """What the owner saves by buying for themselves."""
        return -sum(fen for p in self.parcels for line in p.lines for _, fen in line.reasons if fen < 0)

    @property
    def lines(self) -> tuple[QuotedLine, ...]:
        return tuple(line for parcel in self.parcels for line in parcel.lines)


@dataclass(frozen=True)
class PlacedOrder:
    """One merchant's order as it stands."""

    order_id: int
    order_no: str
    merchant_id: int
    state: str
    total_fen: int


@dataclass(frozen=True)
class Placed:
    """The orders of a basket and the charge that pays them all (none for ¥0, or when none was asked)."""

    checkout_no: str
    orders: tuple[PlacedOrder, ...]
    charge_no: str = ""
    pay_path: str = ""

    @property
    def total_fen(self) -> int:
        return sum(order.total_fen for order in self.orders)


@dataclass(frozen=True)
class Refused:
    """A named refusal of one element of a list; the details are for the reader's sentence."""

    code: str
    details: dict[str, Any] = field(default_factory=dict)
