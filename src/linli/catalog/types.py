"""Values of the catalogue that come from outside."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SkuDraft:
    """A variant as typed or imported; money in fen, rate in bp.

    shown_stock_count: what the form showed; the difference is applied, so that sales in between are not undone.
    sku_id: the variant that this draft changes, name and all; without it the one of the same name, if there is one.
    """

    option_values: tuple[str, ...]
    price_fen: int
    rate_bp: int
    stock_count: int
    market_price_fen: int = 0
    code: str = ""
    shown_stock_count: int | None = None
    sku_id: int | None = None

    @property
    def title(self) -> str:
        return " ".join(self.option_values)


@dataclass(frozen=True)
class ProductDraft:
    """A product as typed or imported."""

    merchant_id: int
    category_id: int
    title: str
    skus: tuple[SkuDraft, ...]
    subtitle: str = ""
    description: str = ""
    option_names: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    is_on_sale: bool = True
    search_extra: str = field(default="")
