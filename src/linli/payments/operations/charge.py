"""Charges: opened with an order, closed when nobody paid, asked about when in doubt."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.core import sql
from linli.core.codes import new_number
from linli.payments.adapters.registry import gateway
from linli.payments.operations.notice import store_checked
from linli.payments.types import ChargeAsked

log = logging.getLogger(__name__)
QUERY_AT_ONCE = 100


@dataclass(frozen=True)
class OpenedCharge:
    """A charge that waits for its payer."""

    charge_id: int
    charge_no: str
    pay_path: str


def open_charges(asked: Sequence[ChargeAsked], *, at: datetime) -> list[OpenedCharge]:
    """Open charges, in one statement. Raises NoSuchGateway."""
    if not asked:
        return []
    gateways = {name: gateway(name) for name in {one.gateway for one in asked}}
    rows = sql.rows(
        """insert into payments_charge (charge_no, gateway, payer_id, purpose, amount_fen, state, gateway_no, created_at, expires_at)
           select c.charge_no, c.gateway, c.payer_id, c.purpose, c.amount_fen, 'open', '', %(at)s, c.expires_at
             from unnest(%(nos)s::text[], %(gateways)s::text[], %(payers)s::bigint[], %(purposes)s::text[], %(amounts)s::bigint[],
                         %(expiries)s::timestamptz[]) with ordinality
                  c(charge_no, gateway, payer_id, purpose, amount_fen, expires_at, n) order by c.n
           returning id, charge_no""",
        {
            "nos": [new_number(at) for _ in asked],
            "gateways": [one.gateway for one in asked],
            "payers": [one.payer_id for one in asked],
            "purposes": [one.purpose for one in asked],
            "amounts": [one.amount_fen for one in asked],
            "expiries": [one.expires_at for one in asked],
            "at": at,
        },
    )
    return [
        OpenedCharge(row.id, row.charge_no, gateways[one.gateway].pay_path(row.charge_no))
        for row, one in zip(rows, asked, strict=True)
    ]


def close_charges(charge_ids: Sequence[int]) -> set[int]:
    """Close charges that nobody paid. Returns those that are closed now; a paid one is not."""
    rows = sql.rows(
        """with locked as (select id, state from payments_charge where id = any(%s::bigint[]) order by id for no key update),
                closed as (update payments_charge c set state = 'closed' from locked
                            where c.id = locked.id and locked.state in ('open', 'failed') returning c.id)
           select id from closed union select id from locked where state = 'closed'""",
        (sorted(charge_ids),),
    )
    return {row.id for row in rows}


def ask_gateways(charge_nos: Sequence[str], *, at: datetime) -> set[str]:
    """Ask the gateways what became of charges whose notice may be lost; what they say is taken like a notice.

    Returns the charges of which a gateway could not tell: ask again, never assume. One gateway's trouble is no other's.
    """
    unknown: set[str] = set()
    by_gateway: dict[str, list[str]] = defaultdict(list)
    for row in sql.rows(
        "select charge_no, gateway from payments_charge where charge_no = any(%s::text[])",
        (list(charge_nos),),
    ):
        by_gateway[row.gateway].append(row.charge_no)
    for name, numbers in by_gateway.items():
        for start in range(0, len(numbers), QUERY_AT_ONCE):
            asked = numbers[start : start + QUERY_AT_ONCE]
            try:
                store_checked(name, gateway(name).query(asked), at=at)
            except Exception:
                log.exception("%s does not say what became of %s charges", name, len(asked))
                unknown.update(asked)
    return unknown
