"""Refunds: asked once per reference, sent until the gateway has done it or a person is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from linli.core import outbox, sql
from linli.core.codes import new_number
from linli.payments.adapters.registry import gateway
from linli.payments.types import RefundFacts


@dataclass(frozen=True)
class RefundAsked:
    """Money to give back. reference makes it happen once."""

    charge_id: int
    reference: str
    order_no: str
    amount_fen: int
    reason: str


@dataclass(frozen=True)
class _Due:
    """A refund that is leased for a try."""

    id: int
    number: str
    amount_fen: int
    reason: str
    tries: int
    charge_no: str
    gateway: str


def ask_refunds(asked: Sequence[RefundAsked], *, at: datetime) -> None:
    """Write refunds down to be sent; a reference that was asked before changes nothing."""
    if not asked:
        return
    sql.rows(
        """insert into payments_refund (refund_no, charge_id, reference, order_no, amount_fen, reason, state, tries, last_error,
                                        next_try_at, created_at)
           select r.refund_no, r.charge_id, r.reference, r.order_no, r.amount_fen, r.reason, 'waiting', 0, '', %(at)s, %(at)s
             from unnest(%(nos)s::text[], %(charges)s::bigint[], %(references)s::text[], %(orders)s::text[], %(amounts)s::bigint[],
                         %(reasons)s::text[]) r(refund_no, charge_id, reference, order_no, amount_fen, reason)
           on conflict (reference) do nothing""",
        {
            "nos": [new_number(at) for _ in asked],
            "charges": [one.charge_id for one in asked],
            "references": [one.reference for one in asked],
            "orders": [one.order_no for one in asked],
            "amounts": [one.amount_fen for one in asked],
            "reasons": [one.reason[:200] for one in asked],
            "at": at,
        },
    )


def money_on_its_way(order_nos: Sequence[str]) -> dict[str, int]:
    """What of the refunds of orders has not arrived yet, in fen, by order number; those with nothing under way are left out."""
    if not order_nos:
        return {}
    rows = sql.rows(
        """select order_no, sum(amount_fen)::bigint as fen from payments_refund
            where order_no = any(%s::text[]) and state <> 'succeeded' group by order_no""",
        (list(order_nos),),
    )
    return {row.order_no: row.fen for row in rows}


def paid_back_fen(order_nos: Sequence[str], reason: str) -> int:
    """What went back last of orders for a reason, or is on its way, in fen; 0 for nothing."""
    rows = sql.rows(
        "select amount_fen from payments_refund where order_no = any(%s::text[]) and reason = %s order by id desc limit 1",
        (list(order_nos), reason),
    )
    return rows[0].amount_fen if rows else 0


def send_refunds(*, at: datetime) -> int:
    """Send the refunds that are due. Returns how many were tried."""
    return outbox.send_due("payments_refund", _due, partial(_send, at=at), at=at)


def _due(refund_ids: list[int]) -> list[_Due]:
    return sql.typed(
        _Due,
        """select r.id, r.refund_no as number, r.amount_fen, r.reason, r.tries, c.charge_no, c.gateway
             from payments_refund r join payments_charge c on c.id = r.charge_id
            where r.id = any(%s::bigint[]) order by r.id""",
        (refund_ids,),
    )


def _send(refund: _Due, *, at: datetime) -> None:
    facts = RefundFacts(refund.number, refund.charge_no, refund.amount_fen, refund.reason)
    gateway(refund.gateway).refund(facts, at=at)
