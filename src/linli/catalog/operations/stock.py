"""Stock moves between available, held and sold; rows are locked in the order of their sku."""

from collections.abc import Mapping, Sequence

from linli.catalog.rules.stock import allocate
from linli.core import sql


def reserve(asked: Sequence[Mapping[int, int]]) -> list[int]:
    """Hold units for requests in the order of arrival, each whole or not at all.

    Returns for each request 0 when its units are held, else the first sku that has too few.
    """
    skus = sorted({sku for request in asked for sku in request})
    if not skus:
        return [0] * len(asked)
    rows = sql.rows(
        "select sku_id, available_count from catalog_stock where sku_id = any(%s::bigint[]) order by sku_id for no key update",
        (skus,),
    )
    short, taken = allocate(asked, {row.sku_id: row.available_count for row in rows})
    _move("available_count = available_count - m.units, held_count = held_count + m.units", taken)
    return short


def release(units: Mapping[int, int]) -> None:
    """Give held units back (an unpaid order closed)."""
    _lock(units)
    _move("available_count = available_count + m.units, held_count = held_count - m.units", units)


def sell(units: Mapping[int, int]) -> None:
    """Held units are sold (an order was paid)."""
    _lock(units)
    _move("held_count = held_count - m.units, sold_count = catalog_stock.sold_count + m.units", units)


def restock(units: Mapping[int, int]) -> None:
    """Sold units that never left the store are for sale again (refunded before shipping)."""
    _lock(units)
    _move(
        "available_count = available_count + m.units, sold_count = catalog_stock.sold_count - m.units", units
    )


def _lock(units: Mapping[int, int]) -> None:
    if units:
        sql.rows(
            "select 1 from catalog_stock where sku_id = any(%s::bigint[]) order by sku_id for no key update",
            (sorted(units),),
        )


def _move(change: str, units: Mapping[int, int]) -> None:
    if not units:
        return
    skus = sorted(units)
    sql.rows(
        f"update catalog_stock set {change} from unnest(%s::bigint[], %s::bigint[]) m(sku_id, units) where catalog_stock.sku_id = m.sku_id",  # type: ignore[arg-type]
        (skus, [units[sku] for sku in skus]),
    )


def count_sold(units: Mapping[int, int]) -> None:
    """Products were sold so many times; the figure ranks lists, nothing else."""
    products = sorted(units)
    sql.rows(
        """with locked as (select id from catalog_product where id = any(%(ids)s::bigint[]) order by id for no key update)
           update catalog_product p set sold_count = p.sold_count + m.units
             from unnest(%(ids)s::bigint[], %(units)s::bigint[]) m(id, units), locked where p.id = m.id and locked.id = p.id""",
        {"ids": products, "units": [units[product] for product in products]},
    )
