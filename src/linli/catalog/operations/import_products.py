"""Products from a file: every row is judged first; what is good is written in batches, all or nothing unless asked. The same file a
second time changes what is there and adds nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import transaction

from linli.catalog.models import Category, Product, Sku
from linli.catalog.operations.product import BadProduct, add_products, change_product
from linli.catalog.rules.import_row import ProductRow, read_row
from linli.catalog.rules.product import faults
from linli.catalog.types import ProductDraft, SkuDraft
from linli.core.actor import Actor
from linli.core.pictures import is_kept
from linli.core.table_file import BadRow, Row

AT_ONCE = 2000
MOST_VARIANTS = 100
# The numbered rows of each product, by its title and the path of its category.
type _Gathered = dict[tuple[str, tuple[str, ...]], list[tuple[int, ProductRow]]]


@dataclass(frozen=True)
class RowError:
    """A row that was refused: the number that a person sees beside it (the headings are 1) and why."""

    row: int
    why: str


@dataclass(frozen=True)
class Imported:
    """What became of a file: products that are new, and that were there and are changed."""

    rows: int
    products: int
    changed: int
    errors: tuple[RowError, ...]


@dataclass(frozen=True)
class _Draft:
    """A product of the file, the rows that it stands in, and the product of the merchant that it means."""

    draft: ProductDraft
    rows: tuple[int, ...]
    known: Product | None = None


class _Categories:
    """The two-level tree by names; what a path names below a known top is made, when something is written. A site that has no
    categories yet takes all of them from its first file; another one takes new tops when it is told to."""

    def __init__(self, *, takes_tops: bool) -> None:
        self.tops = {top.name: top.pk for top in Category.objects.filter(parent=None)}
        self.takes_tops = takes_tops or not self.tops
        self.leaves: dict[str, list[tuple[int, int]]] = {}
        for leaf in Category.objects.exclude(parent=None):
            self.leaves.setdefault(leaf.name, []).append((leaf.parent_id or 0, leaf.pk))

    def fault(self, path: tuple[str, ...]) -> str:
        """Why a path names no category; empty when it does, or can be made."""
        if len(path) == 2:
            return "" if self.takes_tops or path[0] in self.tops else f"category: there is no «{path[0]}»"
        if len(self.leaves.get(path[0], ())) > 1:
            return f"category: there are several «{path[0]}»; name the one above too, like 水果>{path[0]}"
        if path[0] in self.tops and path[0] not in self.leaves:
            return f"category: «{path[0]}» has categories below it; name one, like {path[0]}>…"
        return ""

    def id_of(self, path: tuple[str, ...]) -> int:
        """The category of a path that has no fault; made when it is not there, a lone name below 其他."""
        top = self._top(path[0]) if len(path) == 2 else 0
        for parent_id, leaf_id in self.leaves.get(path[-1], ()):
            if top in (0, parent_id):
                return leaf_id
        parent = top or self._others()
        made = Category.objects.create(name=path[-1], parent_id=parent)
        self.leaves.setdefault(path[-1], []).append((parent, made.pk))
        return made.pk

    def _top(self, name: str) -> int:
        if name not in self.tops:
            self.tops[name] = Category.objects.create(name=name, position=len(self.tops)).pk
        return self.tops[name]

    def _others(self) -> int:
        top, _ = Category.objects.get_or_create(
            name="其他", parent=None, defaults={"name_en": "Other", "position": 99}
        )
        return top.pk


def import_products(
    rows: Iterable[Row],
    *,
    merchant_id: int,
    is_partial: bool,
    is_dry_run: bool,
    takes_tops: bool = False,
    actor: Actor,
    at: datetime,
) -> Imported:
    """Import rows for a merchant. With errors nothing is written, unless is_partial. A dry run judges all and writes nothing.

    takes_tops: categories of the first level that are not there are made too. A row whose code (or, without one, whose title and variant) the merchant has already changes that variant.
    """
    errors: list[RowError] = []
    good: _Gathered = {}
    categories = _Categories(takes_tops=takes_tops)
    codes: dict[str, int] = {}
    count = 0
    for row in rows:
        count += 1
        try:
            if row.fault:
                raise BadRow(row.fault)
            _gather(row.number, read_row(row.cells), good, codes, categories)
        except BadRow as error:
            errors.append(RowError(row.number, str(error)))
    drafts = _drafts(good, merchant_id, errors)
    if is_dry_run or (errors and not is_partial):
        new = sum(one.known is None for one in drafts)
        written = (new, len(drafts) - new) if is_dry_run and not errors else (0, 0)
        return Imported(count, *written, tuple(sorted(errors, key=lambda one: one.row)))
    new, changed = _write(drafts, good, categories, errors, is_partial=is_partial, actor=actor, at=at)
    return Imported(count, new, changed, tuple(sorted(errors, key=lambda one: one.row)))


def _gather(
    number: int,
    row: ProductRow,
    good: _Gathered,
    codes: dict[str, int],
    categories: _Categories,
) -> None:
    if fault := categories.fault(row.category):
        raise BadRow(fault)
    if row.image and not _is_picture(row.image):
        raise BadRow(
            f"image: «{row.image[:60]}» is no picture of this site; upload it first, or leave the cell empty"
        )
    if row.sku.code and (first := codes.setdefault(row.sku.code, number)) != number:
        raise BadRow(f"code: «{row.sku.code}» stands in row {first} already")
    variants = good.setdefault((row.title, row.category), [])
    if any(row.sku.title == other.sku.title for _, other in variants):
        raise BadRow(f"variant: «{row.sku.title}» of «{row.title}» was in the file before")
    if len(variants) >= MOST_VARIANTS:
        raise BadRow("variant: a product has at most 100 variants")
    variants.append((number, row))


def _is_picture(path: str) -> bool:
    return (
        is_kept(Path(path).name) if "/" not in path else path.startswith("demo/") and bool(finders.find(path))
    )


def _drafts(
    good: _Gathered,
    merchant_id: int,
    errors: list[RowError],
) -> list[_Draft]:
    """The products of a file with what they mean of what is there. One that cannot be is an error of its first row."""
    known = _known(merchant_id, good)
    products = Product.objects.in_bulk(set(known.values()))
    drafts = []
    for numbered in good.values():
        numbers = tuple(number for number, _ in numbered)
        rows = [row for _, row in numbered]
        draft = _draft(rows, merchant_id)
        found = {known[key] for row in rows for key in _keys(row) if key in known}
        if len(found) > 1:
            errors.append(
                RowError(numbers[0], f"code: the rows of «{draft.title}» mean several products of yours")
            )
            continue
        product = products[found.pop()] if found else None
        if wrong := faults(draft):
            errors.append(
                RowError(numbers[0], "; ".join(f"{field}: {code}" for field, code in wrong.items()))
            )
            continue
        drafts.append(_Draft(draft, numbers, product))
    return drafts


def _keys(row: ProductRow) -> list[tuple[str, str]]:
    return [("code", row.sku.code)] if row.sku.code else [("title", row.title)]


def _known(merchant_id: int, good: _Gathered) -> dict[tuple[str, str], int]:
    """The merchant's products by code and by title, of those that the file names."""
    rows = [row for numbered in good.values() for _, row in numbered]
    codes = {row.sku.code for row in rows if row.sku.code}
    titles = {row.title for row in rows if not row.sku.code}
    by_code = Sku.objects.filter(product__merchant_id=merchant_id, code__in=codes).values_list(
        "code", "product_id"
    )
    by_title = Product.objects.filter(merchant_id=merchant_id, title__in=titles).values_list("title", "pk")
    return {("code", code): pk for code, pk in by_code} | {
        ("title", title): pk for title, pk in by_title.order_by("-pk")
    }


def _draft(rows: Sequence[ProductRow], merchant_id: int) -> ProductDraft:
    first = rows[0]
    return ProductDraft(
        merchant_id=merchant_id,
        category_id=0,
        title=first.title,
        subtitle=first.subtitle,
        option_names=("规格",),
        images=(first.image,) if first.image else (),
        skus=tuple(row.sku for row in rows),
        search_extra=first.category[-1],
    )


def _write(
    drafts: Sequence[_Draft],
    good: _Gathered,
    categories: _Categories,
    errors: list[RowError],
    *,
    is_partial: bool,
    actor: Actor,
    at: datetime,
) -> tuple[int, int]:
    paths = {numbered[0][0]: path for (_, path), numbered in good.items()}
    changed = 0
    with transaction.atomic():
        placed = [
            replace(one, draft=replace(one.draft, category_id=categories.id_of(paths[one.rows[0]])))
            for one in drafts
        ]
        fresh = [one.draft for one in placed if one.known is None]
        for start in range(0, len(fresh), AT_ONCE):
            add_products(fresh[start : start + AT_ONCE], at=at)
        for one in placed:
            if one.known is None:
                continue
            try:
                with transaction.atomic():
                    change_product(product=one.known, draft=_beside(one.known, one.draft), actor=actor, at=at)
                changed += 1
            except BadProduct as error:
                why = "; ".join(f"{field}: {code}" for field, code in error.faults.items())
                errors.append(RowError(one.rows[0], why))
        if errors and not is_partial:
            transaction.set_rollback(True)
            return 0, 0
    return len(fresh), changed


def _beside(product: Product, draft: ProductDraft) -> ProductDraft:
    """A draft that changes what the file says of a product and keeps the rest: its other variants, its pictures and words. The
    file's stock is what is on sale from now on."""
    skus = {
        sku.pk: sku for sku in product.skus.filter(offer__is_active=True).select_related("offer", "stock")
    }
    by_code = {sku.code: sku for sku in skus.values() if sku.code}
    by_title = {sku.title: sku for sku in skus.values()}
    meant: dict[int, SkuDraft] = {}
    fresh = []
    for one in draft.skus:
        known = by_code.get(one.code) or by_title.get(one.title)
        if known is None:
            fresh.append(one)
            continue
        meant[known.pk] = replace(
            one, sku_id=known.pk, code=one.code or known.code, shown_stock_count=known.stock.available_count
        )
    kept = [
        meant.get(pk)
        or SkuDraft(
            tuple(sku.option_values), sku.offer.price_fen, sku.offer.commission_rate_bp, sku.stock.available_count,
            market_price_fen=sku.offer.market_price_fen, code=sku.code, sku_id=pk, shown_stock_count=sku.stock.available_count,
        )
        for pk, sku in skus.items()
    ]  # fmt: skip
    return replace(
        draft,
        subtitle=draft.subtitle or product.subtitle,
        description=product.description,
        option_names=tuple(product.option_names) or draft.option_names,
        images=draft.images or tuple(product.images),
        skus=(*kept, *fresh),
    )
