"""What was placed before: by an idempotency key, and what still waits for its payment."""

from collections.abc import Sequence
from typing import Any

from linli.core import sql
from linli.core.refusal import Refusal
from linli.payments.adapters.registry import gateway
from linli.trade.types import Placed, PlacedOrder, PlaceRequest


def placed_before(requests: Sequence[PlaceRequest]) -> list[Placed | Refusal | None]:
    """For each request: the first answer of its key, key_conflict when the body differs, or None when the key is new."""
    keys = [request.once_key for request in requests if request.once_key]
    if not keys:
        return [None] * len(requests)
    # «is not null» looks idle, but without it the planner cannot prove that the partial index holds every answer.
    rows = sql.rows(
        """select k.idempotency_key, k.input_hash, o.checkout_no, o.id, o.order_no, o.merchant_id, o.state, o.total_fen,
                  coalesce(s.group_id, 0) as group_id, coalesce(g.code, '') as gift_code,
                  coalesce(c.charge_no, '') as charge_no, coalesce(c.gateway, '') as gateway
             from (select distinct idempotency_key, input_hash, checkout_no from trade_order
                    where idempotency_key = any(%s::text[]) and idempotency_key is not null) k
             join trade_order o on o.checkout_no = k.checkout_no left join payments_charge c on c.id = o.charge_id
             left join campaigns_seat s on s.order_no = o.order_no left join campaigns_gift g on g.checkout_no = o.checkout_no
            order by o.id""",
        (keys,),
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.idempotency_key, []).append(row)
    return [_answer(request, found.get(request.once_key or "", [])) for request in requests]


def _answer(request: PlaceRequest, rows: Sequence[Any]) -> Placed | Refusal | None:
    if not rows:
        return None
    if bytes(rows[0].input_hash or b"") != (request.input_hash or b""):
        return Refusal("key_conflict")
    orders = tuple(
        PlacedOrder(row.id, row.order_no, row.merchant_id, row.state, row.total_fen, row.group_id)
        for row in rows
    )
    charge_no = rows[0].charge_no
    pay_path = gateway(rows[0].gateway).pay_path(charge_no) if charge_no else ""
    return Placed(rows[0].checkout_no, orders, charge_no, pay_path, rows[0].gift_code)


def unpaid_units(member_ids: Sequence[int]) -> dict[int, int]:
    """How many units the unpaid orders of members hold, by member id; those who hold none are left out."""
    rows = sql.rows(
        """select o.member_id, sum(l.quantity)::int as units from trade_order o join trade_orderline l on l.order_id = o.id
            where o.member_id = any(%s::bigint[]) and o.state = 'pending_payment' group by o.member_id""",
        (list(member_ids),),
    )
    return {row.member_id: row.units for row in rows}
