"""What an idempotency key has already placed."""

from collections.abc import Sequence
from typing import Any

from linli.core import sql
from linli.trade.types import Placed, PlacedOrder, PlaceRequest, Refused


def placed_before(requests: Sequence[PlaceRequest]) -> list[Placed | Refused | None]:
    """For each request: the first answer of its key, key_conflict when the body differs, or None when the key is new."""
    keys = [request.once_key for request in requests if request.once_key]
    if not keys:
        return [None] * len(requests)
    # «is not null» looks idle, but without it the planner cannot prove that the partial index holds every answer.
    rows = sql.rows(
        """select o.idempotency_key, o.input_hash, o.checkout_no, o.id, o.order_no, o.merchant_id, o.state, o.total_fen,
                  coalesce(s.group_id, 0) as group_id,
                  coalesce(c.charge_no, '') as charge_no, coalesce(c.gateway, '') as gateway
             from trade_order o left join payments_charge c on c.id = o.charge_id
             left join campaigns_seat s on s.order_no = o.order_no
            where o.idempotency_key = any(%s::text[]) and o.idempotency_key is not null order by o.id""",
        (keys,),
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.idempotency_key, []).append(row)
    return [_answer(request, found.get(request.once_key or "", [])) for request in requests]


def _answer(request: PlaceRequest, rows: Sequence[Any]) -> Placed | Refused | None:
    if not rows:
        return None
    if bytes(rows[0].input_hash or b"") != (request.input_hash or b""):
        return Refused("key_conflict")
    orders = tuple(
        PlacedOrder(row.id, row.order_no, row.merchant_id, row.state, row.total_fen, row.group_id)
        for row in rows
    )
    charge_no = rows[0].charge_no
    return Placed(
        rows[0].checkout_no, orders, charge_no, f"/{rows[0].gateway}/charges/{charge_no}" if charge_no else ""
    )
