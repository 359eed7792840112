"""What makes a product sellable, and to whom it shows."""

from linli.catalog.types import ProductDraft
from linli.core.actor import Actor
from linli.core.typed import is_named

MOST_SKUS = 100
MOST_IMAGES = 9
MOST_PRICE_FEN = 100_000_000
MOST_CODE = 60


def is_visible(*, state: str, merchant_id: int, actor: Actor) -> bool:
    """Everybody sees what is on sale; a merchant's staff see their own in every state; the operator all."""
    return actor.is_operator or state == "on_sale" or merchant_id in actor.merchant_ids


def faults(draft: ProductDraft) -> dict[str, str]:
    """What is wrong with a draft: field -> code of the sentence; empty when nothing is."""
    found: dict[str, str] = {}
    if not is_named(draft.title, 80):
        found["title"] = "title_length"
    if len(draft.subtitle) > 120:
        found["subtitle"] = "subtitle_length"
    if not draft.skus:
        found["skus"] = "no_sku"
    if len(draft.skus) > MOST_SKUS:
        found["skus"] = "too_many_skus"
    if len({sku.title for sku in draft.skus}) < len(draft.skus):
        found["skus"] = "sku_twice"
    if len(draft.images) > MOST_IMAGES:
        found["images"] = "too_many_images"
    if any(len(path) > 200 for path in draft.images):
        found["images"] = "too_many_images"
    for sku in draft.skus:
        if not 0 <= sku.price_fen <= MOST_PRICE_FEN:
            found["price"] = "price_range"
        if 0 < sku.market_price_fen < sku.price_fen:
            found["market_price"] = "market_price_low"
        if sku.rate_bp and not 500 <= sku.rate_bp <= 4000:
            found["rate"] = "rate_range"
        if not 0 <= sku.stock_count <= 100_000_000:
            found["stock"] = "stock_range"
        if len(sku.title) > 120:
            found["skus"] = "sku_length"
        if len(sku.code) > MOST_CODE:
            found["code"] = "code_length"
    return found
