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


def is_short(asked: Sequence[Asked]) -> bool:
    """Whether there is too little of something, as it is now; what an order gets is decided when it is placed."""
    rows = sql.rows(
        """select 1 from unnest(%s::bigint[], %s::bigint[]) a(sku_id, units) join catalog_stock s using (sku_id)
            where s.available_count < a.units limit 1""",
        ([one.sku_id for one in asked], [one.quantity for one in asked]),
    )
    return bool(rows)
