"""A day's pack is written once for an owner and a day, each of its copies with a link of the owner's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from linli.catalog.models import Product
from linli.core import sql
from linli.distribution.models import Owner, PackItem
from linli.distribution.operations.owner import share


@dataclass(frozen=True)
class Packed:
    """A product for a pack, with the words that were chosen (None: those of the product itself) and why."""

    product_id: int
    material_id: int | None
    why: str


def write_pack(*, owner: Owner, day: date, packed: Sequence[Packed], at: datetime) -> list[PackItem]:
    """The pack of an owner's day; what was written before stays as it is."""
    with transaction.atomic():
        sql.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"pack:{owner.pk}:{day}",))
        if known := pack_of(owner_id=owner.pk, day=day):
            return known
        products = Product.objects.in_bulk([one.product_id for one in packed])
        PackItem.objects.bulk_create(
            PackItem(
                owner=owner,
                day=day,
                position=n,
                product_id=one.product_id,
                material_id=one.material_id,
                share_link=share(
                    owner=owner,
                    product=products[one.product_id],
                    purpose=f"copy:{one.material_id or 0}",
                    at=at,
                ),
                why=one.why,
            )
            for n, one in enumerate(packed)
        )
        return pack_of(owner_id=owner.pk, day=day)


def pack_of(*, owner_id: int, day: date) -> list[PackItem]:
    """The pack that was written for a day; empty when none was."""
    found = PackItem.objects.filter(owner_id=owner_id, day=day)
    return list(found.select_related("product", "material__recording", "share_link"))


def mark_posted(*, item: PackItem, at: datetime) -> None:
    """The owner says that it is posted. A second time changes nothing."""
    PackItem.objects.filter(pk=item.pk, posted_at=None).update(posted_at=at)
