"""Products from a file: every row is judged first; what is good is written in batches, all or nothing unless asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.catalog.models import Category
from linli.catalog.operations.product import add_products
from linli.catalog.rules.import_row import BadRow, ProductRow, read_row
from linli.catalog.types import ProductDraft

AT_ONCE = 2000


@dataclass(frozen=True)
class RowError:
    """A row that was refused: its number in the file (the header is 1) and why."""

    row: int
    why: str


@dataclass(frozen=True)
class Imported:
    """What became of a file."""

    rows: int
    products: int
    errors: tuple[RowError, ...]


def import_products(
    rows: Iterable[Mapping[str, str]], *, merchant_id: int, is_partial: bool, is_dry_run: bool, at: datetime
) -> Imported:
    """Import rows for a merchant. With errors nothing is written, unless is_partial. A dry run writes nothing at all."""
    good: dict[tuple[str, str], list[ProductRow]] = {}
    errors: list[RowError] = []
    count = 0
    for number, row in enumerate(rows, start=2):
        count += 1
        try:
            _gather(read_row(row), good)
        except BadRow as error:
            errors.append(RowError(number, str(error)))
    if is_dry_run or (errors and not is_partial):
        return Imported(count, 0, tuple(errors))
    with transaction.atomic():
        categories = _categories({category for _, category in good})
        drafts = [_draft(variants, merchant_id, categories) for variants in good.values()]
        for start in range(0, len(drafts), AT_ONCE):
            add_products(drafts[start : start + AT_ONCE], at=at)
    return Imported(count, len(drafts), tuple(errors))


def _gather(row: ProductRow, good: dict[tuple[str, str], list[ProductRow]]) -> None:
    variants = good.setdefault((row.title, row.category), [])
    if any(row.sku.title == other.sku.title for other in variants):
        raise BadRow(f"variant: «{row.sku.title}» of «{row.title}» was in the file before")
    if len(variants) >= 100:
        raise BadRow("variant: a product has at most 100 variants")
    variants.append(row)


def _categories(names: set[str]) -> dict[str, int]:
    """The categories by name; a name that is not there yet becomes one, below «其他»."""
    known = {category.name: category.pk for category in Category.objects.exclude(parent=None)}
    missing = sorted(names - known.keys())
    if missing:
        top, _ = Category.objects.get_or_create(
            name="其他", parent=None, defaults={"name_en": "Other", "position": 99}
        )
        made = Category.objects.bulk_create(Category(name=name, parent=top) for name in missing)
        known |= {category.name: category.pk for category in made}
    return known


def _draft(variants: list[ProductRow], merchant_id: int, categories: dict[str, int]) -> ProductDraft:
    first = variants[0]
    return ProductDraft(
        merchant_id=merchant_id,
        category_id=categories[first.category],
        title=first.title,
        subtitle=first.subtitle,
        option_names=("规格",),
        images=(first.image,) if first.image else (),
        skus=tuple(row.sku for row in variants),
        search_extra=first.category,
    )
