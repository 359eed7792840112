"""What an idempotency key has already placed."""

from collections.abc import Sequence

from linli.core import sql
from linli.trade.types import Placed, PlacedOrder, PlaceRequest, Refused


def placed_before(requests: Sequence[PlaceRequest]) -> list[Placed | Refused | None]:
    """For each request: the first answer of its key, key_conflict when the body differs, or None when the key is new."""
    keyed = [r for r in requests if r.idempotency_key]
    if not keyed:
        return [None] * len(requests)
    rows = sql.rows(
        """select o.member_id, o.idempotency_key, o.input_hash, o.checkout_no, o.id, o.order_no, o.merchant_id, o.state, o.total_fen,
                  coalesce(c.charge_no, '') as charge_no, coalesce(c.gateway, '') as gateway
             from unnest(%s::bigint[], %s::text[]) k(member_id, idempotency_key)
             join trade_order o using (member_id, idempotency_key)
             left join payments_charge c on c.id = o.charge_id
            order by o.id""",
        ([r.basket.member_id for r in keyed], [r.idempotency_key for r in keyed]),
    )
    found: dict[tuple[int, str], dict[int, object]] = {}
    for row in rows:
        found.setdefault((row.member_id, row.idempotency_key), {})[row.id] = row
    return [_answer(r, list(found.get((r.basket.member_id, r.idempotency_key or ""), {}).values())) for r in requests]


def _answer(request: PlaceRequest, rows: list) -> Placed | Refused | None:
    if not request.idempotency_key or not rows:
        return None
    if bytes(rows[0].input_hash or b"") != (request.input_hash or b""):
        return Refused("key_conflict")
    orders = tuple(PlacedOrder(row.id, row.order_no, row.merchant_id, row.state, row.total_fen) for row in rows)
    charge_no = rows[0].charge_no
    return Placed(rows[0].checkout_no, orders, charge_no, f"/{rows[0].gateway}/charges/{charge_no}" if charge_no else "")
