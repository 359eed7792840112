"""Who has really bought: received, and not given back."""

from collections.abc import Collection

from linli.core import sql
from linli.trade.models import OrderState

_KEPT = [OrderState.received.value, OrderState.completed.value]


def verified_buyers(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of pairs (member, product), those where the member has received the product and keeps some of it; no statement for none."""
    if not pairs:
        return set()
    # The orders of each member are read once, however many products are asked for.
    rows = sql.rows(
        """select distinct o.member_id, l.product_id from trade_order o join trade_orderline l on l.order_id = o.id
            where o.member_id = any(%s::bigint[]) and l.product_id = any(%s::bigint[]) and o.state = any(%s::text[])
              and (l.refunded_fen < l.total_fen or (l.total_fen = 0 and l.refunded_quantity < l.quantity))""",
        (
            sorted({member_id for member_id, _ in pairs}),
            sorted({product_id for _, product_id in pairs}),
            _KEPT,
        ),
    )
    return {(row.member_id, row.product_id) for row in rows} & set(pairs)


def kept_fen(member_ids: Collection[int]) -> dict[int, int]:
    """What members have spent on goods that they keep, in fen."""
    rows = sql.rows(
        """select member_id, sum(total_fen - freight_fen - refunded_fen + freight_refunded_fen)::bigint as fen from trade_order
            where member_id = any(%s::bigint[]) and state = any(%s::text[]) group by 1""",
        (sorted(set(member_ids)), _KEPT),
    )
    return {row.member_id: row.fen for row in rows}


def bought_products(member_id: int, *, limit: int = 30) -> list[int]:
    """The products that a member has received and keeps, the newest first: what they can tell of."""
    rows = sql.rows(
        """select l.product_id from trade_order o join trade_orderline l on l.order_id = o.id
            where o.member_id = %s and o.state = any(%s::text[]) and l.refunded_fen < l.total_fen
            group by 1 order by max(o.id) desc limit %s""",
        (member_id, _KEPT, limit),
    )
    return [row.product_id for row in rows]
