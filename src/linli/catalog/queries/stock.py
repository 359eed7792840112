"""What can be had now."""

from collections.abc import Sequence
from typing import Protocol

from linli.core import sql


class Asked(Protocol):
    """Units of a sku."""

    @property
    def sku_id(self) -> int: ...
    @property
    def quantity(self) -> int: ...


def short_of(asked: Sequence[Asked]) -> list[int]:
    """The skus of which there is too little, as it is now; what an order gets is decided when it is placed."""
    rows = sql.rows(
        """select sku_id from unnest(%s::bigint[], %s::bigint[]) a(sku_id, units) join catalog_stock s using (sku_id)
            group by sku_id, s.available_count having s.available_count < sum(a.units) order by sku_id""",
        ([one.sku_id for one in asked], [one.quantity for one in asked]),
    )
    return [row.sku_id for row in rows]
