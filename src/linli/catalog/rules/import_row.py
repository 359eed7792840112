"""A row of a product file, read: pure, so that a hundred thousand rows are read before one is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from linli.catalog.types import SkuDraft
from linli.core.money import BadAmount, parse_yuan

COLUMNS = (
    "title",
    "subtitle",
    "category",
    "variant",
    "price_yuan",
    "market_price_yuan",
    "commission_percent",
    "stock",
    "code",
    "image",
)
REQUIRED = ("title", "category", "price_yuan", "stock")


class BadRow(ValueError):
    """A row that cannot be a sku; the message names the column and the fix."""


@dataclass(frozen=True)
class ProductRow:
    """A row as values; rows of the same title and category are variants of one product."""

    title: str
    subtitle: str
    category: str
    image: str
    sku: SkuDraft


def read_row(row: Mapping[str, str]) -> ProductRow:
    """One row of a product file. Raises BadRow."""
    title, category = row.get("title", "").strip(), row.get("category", "").strip()
    if not 1 <= len(title) <= 80 or "\0" in title:
        raise BadRow("title: 1 to 80 characters are needed")
    if not 1 <= len(category) <= 40:
        raise BadRow("category: a name of 1 to 40 characters is needed")
    variant = row.get("variant", "").strip()
    if len(variant) > 120:
        raise BadRow("variant: at most 120 characters")
    sku = SkuDraft(
        option_values=(variant,),
        price_fen=_yuan(row, "price_yuan"),
        market_price_fen=_yuan(row, "market_price_yuan") if row.get("market_price_yuan", "").strip() else 0,
        rate_bp=_rate_bp(row),
        stock_count=_stock(row),
        code=row.get("code", "").strip()[:60],
    )
    return ProductRow(
        title, row.get("subtitle", "").strip()[:120], category, row.get("image", "").strip()[:200], sku
    )


def _yuan(row: Mapping[str, str], column: str) -> int:
    try:
        fen = parse_yuan(row.get(column, ""))
    except BadAmount:
        raise BadRow(f"{column}: «{row.get(column, '')[:20]}» is no amount of yuan like 39.90") from None
    if fen > 100_000_000:
        raise BadRow(f"{column}: at most 1,000,000")
    return fen


def _rate_bp(row: Mapping[str, str]) -> int:
    text = row.get("commission_percent", "").replace("%", "").strip() or "0"
    try:
        rate_bp = parse_yuan(text)
    except BadAmount:
        raise BadRow(f"commission_percent: «{text[:20]}» is no number like 20 or 12.5") from None
    if rate_bp and not 500 <= rate_bp <= 4000:
        raise BadRow("commission_percent: 5 to 40, or 0 for none")
    return rate_bp


def _stock(row: Mapping[str, str]) -> int:
    text = row.get("stock", "").replace(",", "").strip()
    if not text.isascii() or not text.isdigit() or int(text) > 100_000_000:
        raise BadRow(f"stock: «{text[:20]}» is no whole number up to 100,000,000")
    return int(text)
