"""A row of a product file, read: pure, so that a hundred thousand rows are read before one is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from linli.catalog.rules.product import MOST_CODE, MOST_PRICE_FEN
from linli.catalog.types import SkuDraft
from linli.core.table_file import BadRow, read_cell
from linli.core.typed import read_code, read_fen, read_rate_bp, read_text, read_whole

# Each column with what shops here call it.
COLUMNS = {
    "title": ("标题", "商品名称", "商品标题", "名称", "品名"),
    "subtitle": ("副标题", "卖点"),
    "category": ("分类", "类目", "商品分类"),
    "variant": ("规格", "规格名称", "option"),
    "price_yuan": ("价格", "售价", "单价", "销售价", "price"),
    "market_price_yuan": ("划线价", "原价", "市场价", "market price"),
    "commission_percent": ("佣金", "佣金率", "佣金比例", "佣金%", "rate_percent", "commission"),
    "stock": ("库存", "库存数量", "数量"),
    "code": ("编码", "商家编码", "商品编码", "规格编码", "货号", "款号", "sku", "sku编码", "条码", "条形码"),
    "image": ("图片", "主图", "商品图片"),
}
REQUIRED = ("title", "category", "price_yuan", "stock")
PATH_SIGNS = ("＞", ">", "/", "／", "»")


@dataclass(frozen=True)
class ProductRow:
    """A row as values; rows of the same title and category are variants of one product. category: its path, the last name last."""

    title: str
    subtitle: str
    category: tuple[str, ...]
    image: str
    sku: SkuDraft


def read_row(row: Mapping[str, str]) -> ProductRow:
    """One row of a product file. Raises BadRow."""
    title = _text(row, "title", most=80, least=1)
    price_fen = _number(
        row, "price_yuan", read_fen, "an amount of yuan like 39.90 or 1,299.00", most=MOST_PRICE_FEN
    )
    market_price_fen = _number(
        row, "market_price_yuan", read_fen, "an amount of yuan like 39.90", most=MOST_PRICE_FEN
    )
    if 0 < market_price_fen < price_fen:
        raise BadRow("market_price_yuan: it is struck through beside the price and cannot be lower")
    return ProductRow(
        title=title,
        subtitle=_text(row, "subtitle", most=120),
        category=_category(row),
        image=_text(row, "image", most=200),
        sku=SkuDraft(
            option_values=(_text(row, "variant", most=120),),
            price_fen=price_fen,
            market_price_fen=market_price_fen,
            rate_bp=_rate_bp(row),
            stock_count=_number(row, "stock", read_whole, "a whole number like 120", most=100_000_000),
            code=read_code(_text(row, "code", most=MOST_CODE)),
        ),
    )  # fmt: skip


def _text(row: Mapping[str, str], column: str, *, most: int, least: int = 0) -> str:
    text = read_text(row.get(column) or "")
    if not least <= len(text) <= most:
        raise BadRow(f"{column}: {least} to {most} characters are possible, here are {len(text)}")
    return text


def _category(row: Mapping[str, str]) -> tuple[str, ...]:
    text = _text(row, "category", most=81, least=1)
    for sign in PATH_SIGNS:
        text = text.replace(sign, ">")
    names = tuple(name.strip() for name in text.split(">"))
    if not 1 <= len(names) <= 2 or not all(1 <= len(name) <= 40 for name in names):
        raise BadRow("category: a name, or two like 水果>苹果, of 1 to 40 characters each")
    return names


def _number(row: Mapping[str, str], column: str, read: Callable[[str], int], like: str, *, most: int) -> int:
    number = read_cell(row, column, read, like, if_empty=None if column in REQUIRED else 0)
    if number > most:
        raise BadRow(f"{column}: «{row[column].strip()[:40]}» is too large")
    return number


def _rate_bp(row: Mapping[str, str]) -> int:
    rate_bp = _number(row, "commission_percent", read_rate_bp, "a percentage like 20 or 12.5", most=10_000)
    if rate_bp and not 500 <= rate_bp <= 4000:
        raise BadRow("commission_percent: 5 to 40, or 0 for none")
    return rate_bp
