"""What always holds in the catalogue."""

from linli.core import sql
from linli.core.invariants import invariant


@invariant
def every_sku_can_be_priced() -> list[str]:
    """Every sku has an offer and a stock row."""
    rows = sql.rows(
        """select s.id from catalog_sku s left join catalog_offer o on o.sku_id = s.id left join catalog_stock t on t.sku_id = s.id
            where o.sku_id is null or t.sku_id is null order by s.id limit 5"""
    )
    return [f"sku {row.id} has no offer or no stock" for row in rows]
