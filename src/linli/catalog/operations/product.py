"""Products come to be and change: one at a time from a form, thousands at a time from a file, by the same statements."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linli.catalog.models import Offer, OfferPrice, Product, ProductState, Sku, Stock
from linli.catalog.rules.product import faults
from linli.catalog.types import ProductDraft, SkuDraft
from linli.core import audit, sql
from linli.core.actor import Actor
from linli.core.refusal import Invalid
from linli.core.search import vector


class BadProduct(Invalid):
    """The draft cannot be a product; `faults` maps each field to the code of a sentence."""

    code = "bad_product"


_INSERT_PRODUCTS = """
insert into catalog_product (merchant_id, category_id, title, subtitle, description, option_names, images, state,
                             price_fen, market_price_fen, rate_bp, sold_count, search, created_at, updated_at)
select d.merchant_id, d.category_id, d.title, d.subtitle, d.description, d.option_names, d.images, d.state,
       d.price_fen, d.market_price_fen, d.rate_bp, 0, d.search::tsvector, %(at)s, %(at)s
  from unnest(%(merchants)s::bigint[], %(categories)s::bigint[], %(titles)s::text[], %(subtitles)s::text[], %(descriptions)s::text[],
              %(option_names)s::jsonb[], %(images)s::jsonb[], %(states)s::text[], %(prices)s::bigint[], %(market_prices)s::bigint[],
              %(rates)s::int[], %(searches)s::text[]) with ordinality
       d(merchant_id, category_id, title, subtitle, description, option_names, images, state, price_fen, market_price_fen, rate_bp, search, n)
 order by d.n
returning id
"""

_INSERT_SKUS = """
with draft as (
  select * from unnest(%(products)s::bigint[], %(values)s::jsonb[], %(titles)s::text[], %(codes)s::text[], %(positions)s::int[],
                       %(prices)s::bigint[], %(market_prices)s::bigint[], %(rates)s::int[], %(stocks)s::bigint[])
       with ordinality d(product_id, option_values, title, code, position, price_fen, market_price_fen, rate_bp, stock_count, n)),
sku as (
  insert into catalog_sku (product_id, option_values, title, code, position)
  select product_id, option_values, title, code, position from draft order by n
  returning id, product_id, title),
offer as (
  insert into catalog_offer (sku_id, price_fen, market_price_fen, commission_rate_bp, is_active)
  select sku.id, d.price_fen, d.market_price_fen, d.rate_bp, true from sku join draft d using (product_id, title)),
price as (
  insert into catalog_offerprice (sku_id, price_fen, since)
  select sku.id, d.price_fen, %(at)s from sku join draft d using (product_id, title))
insert into catalog_stock (sku_id, available_count, held_count, sold_count)
select sku.id, d.stock_count, 0, 0 from sku join draft d using (product_id, title)
"""


def add_products(drafts: Sequence[ProductDraft], *, at: datetime) -> list[int]:
    """Add products with their skus, offers and stock, in two statements. Raises BadProduct; nothing is added then."""
    for draft in drafts:
        if found := faults(draft):
            raise BadProduct(found)
    if not drafts:
        return []
    faces = [min(draft.skus, key=lambda sku: sku.price_fen) for draft in drafts]
    with transaction.atomic():
        ids = sql.rows(
            _INSERT_PRODUCTS,
            {
                "merchants": [d.merchant_id for d in drafts],
                "categories": [d.category_id for d in drafts],
                "titles": [d.title for d in drafts],
                "subtitles": [d.subtitle for d in drafts],
                "descriptions": [d.description for d in drafts],
                "option_names": [_json(d.option_names) for d in drafts],
                "images": [_json(d.images) for d in drafts],
                "states": [ProductState.on_sale if d.is_on_sale else ProductState.draft for d in drafts],
                "prices": [face.price_fen for face in faces],
                "market_prices": [face.market_price_fen for face in faces],
                "rates": [face.rate_bp for face in faces],
                "searches": [_search(d) for d in drafts],
                "at": at,
            },
        )
        product_ids = [row.id for row in ids]
        _add_skus(
            [
                (pid, n, sku)
                for pid, d in zip(product_ids, drafts, strict=True)
                for n, sku in enumerate(d.skus)
            ],
            at,
        )
    return product_ids


def change_product(*, product: Product, draft: ProductDraft, actor: Actor, at: datetime) -> None:
    """Change a product and its variants. A variant that is left out stops selling; orders keep what they froze. A new name is
    no new variant: its prices of the past and what a campaign promised of them stay with it.

    Raises BadProduct; nothing is changed then.
    """
    if found := faults(draft):
        raise BadProduct(found)
    with transaction.atomic():
        product = Product.objects.select_for_update().get(pk=product.pk)
        skus = list(product.skus.select_related("offer"))
        pairs = _known(draft.skus, skus)
        kept = {known.pk for known, _ in pairs if known}
        left_out = [sku for sku in skus if sku.pk not in kept and sku.offer.is_active]
        if any(_is_promised(sku.offer, at) for sku in left_out):
            raise BadProduct({"skus": "sku_promised"})
        Offer.objects.filter(sku__in=left_out).update(is_active=False)
        for n, (known, sku) in enumerate(pairs):
            if known:
                _change_sku(known, n, sku, at)
        _add_skus([(product.pk, n, sku) for n, (known, sku) in enumerate(pairs) if not known], at)
        face = min(draft.skus, key=lambda sku: sku.price_fen)
        Product.objects.filter(pk=product.pk).update(
            category_id=draft.category_id, title=draft.title, subtitle=draft.subtitle, description=draft.description,
            option_names=list(draft.option_names), images=list(draft.images), price_fen=face.price_fen,
            market_price_fen=face.market_price_fen, rate_bp=face.rate_bp, updated_at=at,
            state=ProductState.on_sale if draft.is_on_sale else ProductState.off_sale,
        )  # fmt: skip
        sql.rows(
            "update catalog_product set search = %s::tsvector where id = %s", (_search(draft), product.pk)
        )
        audit.record(actor=actor, action="change_product", subject=f"product:{product.pk}", at=at)


def set_on_sale(*, product: Product, is_on_sale: bool, actor: Actor, at: datetime) -> None:
    """Put a product on sale or take it off."""
    product.state = ProductState.on_sale if is_on_sale else ProductState.off_sale
    product.updated_at = at
    product.save(update_fields=["state", "updated_at"])
    audit.record(actor=actor, action=f"set_{product.state}", subject=f"product:{product.pk}", at=at)


def open_offer_at(*, sku_id: int, opens_at: datetime | None) -> None:
    """A sku is announced and not sold before a moment (None: it is sold as soon as it is on sale)."""
    Offer.objects.filter(sku_id=sku_id).update(opens_at=opens_at)


def fix_price(*, sku_id: int, until: datetime | None) -> None:
    """The price of a sku may not rise before a moment (None: it may)."""
    Offer.objects.filter(sku_id=sku_id).update(price_fixed_until=until)


def _known(drafts: Sequence[SkuDraft], skus: Sequence[Sku]) -> list[tuple[Sku | None, SkuDraft]]:
    """Which of a product's variants each draft means: the one it says, else the one of its name that no other draft says.
    Raises BadProduct when two mean the same, or one takes the name of another, sold or not."""
    by_id: dict[int | None, Sku] = {sku.pk: sku for sku in skus}
    by_name = {sku.title: sku for sku in skus}
    said = [draft.sku_id for draft in drafts if draft.sku_id in by_id]
    free = {title: sku for title, sku in by_name.items() if sku.pk not in said}
    pairs = [(by_id.get(draft.sku_id) or free.get(draft.title), draft) for draft in drafts]
    is_taken = any(known and by_name.get(draft.title, known) != known for known, draft in pairs)
    if len(set(said)) < len(said) or is_taken:
        raise BadProduct({"skus": "sku_twice"})
    return pairs


def _is_promised(offer: Offer, at: datetime) -> bool:
    """Whether a campaign shows the price of a variant struck through, so that it may neither rise nor vanish."""
    return offer.price_fixed_until is not None and offer.price_fixed_until > at


def _change_sku(sku: Sku, position: int, draft: SkuDraft, at: datetime) -> None:
    Sku.objects.filter(pk=sku.pk).update(
        position=position, code=draft.code, title=draft.title, option_values=list(draft.option_values)
    )
    offer = Offer.objects.select_for_update().get(sku=sku)
    if _is_promised(offer, at) and draft.price_fen > offer.price_fen:
        raise BadProduct({"price": "price_fixed"})
    if offer.price_fen != draft.price_fen:
        OfferPrice.objects.create(sku=sku, price_fen=draft.price_fen, since=at)
    Offer.objects.filter(sku=sku).update(
        price_fen=draft.price_fen,
        market_price_fen=draft.market_price_fen,
        commission_rate_bp=draft.rate_bp,
        is_active=True,
    )
    stock = Stock.objects.select_for_update().get(sku=sku)
    shown = stock.available_count if draft.shown_stock_count is None else draft.shown_stock_count
    stock.available_count = max(0, stock.available_count + draft.stock_count - shown)
    stock.save(update_fields=["available_count"])


def _add_skus(rows: Sequence[tuple[int, int, SkuDraft]], at: datetime) -> None:
    if not rows:
        return
    sql.rows(
        _INSERT_SKUS,
        {
            "products": [product_id for product_id, _, _ in rows],
            "values": [_json(sku.option_values) for _, _, sku in rows],
            "titles": [sku.title for _, _, sku in rows],
            "codes": [sku.code for _, _, sku in rows],
            "positions": [position for _, position, _ in rows],
            "prices": [sku.price_fen for _, _, sku in rows],
            "market_prices": [sku.market_price_fen for _, _, sku in rows],
            "rates": [sku.rate_bp for _, _, sku in rows],
            "stocks": [sku.stock_count for _, _, sku in rows],
            "at": at,
        },
    )


def _search(draft: ProductDraft) -> str:
    return vector([("A", draft.title), ("B", draft.subtitle), ("B", draft.search_extra)])


def _json(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
