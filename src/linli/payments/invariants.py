"""What always holds in payments."""

from linli.core import sql
from linli.core.invariants import invariant


@invariant
def refunds_stay_within_charges() -> list[str]:
    """What was asked back of a charge is never more than was paid."""
    rows = sql.rows(
        """select c.charge_no, c.amount_fen, sum(r.amount_fen)::bigint as back_fen from payments_charge c join payments_refund r on r.charge_id = c.id
            group by c.id having sum(r.amount_fen) > c.amount_fen or c.state <> 'succeeded' order by c.id limit 5"""
    )
    return [
        f"charge {row.charge_no} of {row.amount_fen} fen has refunds of {row.back_fen} fen" for row in rows
    ]


@invariant
def refunds_equal_refund_payable() -> list[str]:
    """What the ledger owes back to members equals the refunds that are not yet paid."""
    row = sql.rows(
        """select coalesce((select -sum(p.amount_fen) from ledger_posting p join ledger_account a on a.id = p.account_id
                             where a.code = 'refund_payable'), 0)::bigint as owed_fen,
                  coalesce((select sum(amount_fen) from payments_refund where state <> 'succeeded'), 0)::bigint as open_fen"""
    )[0]
    return (
        []
        if row.owed_fen == row.open_fen
        else [f"the ledger owes {row.owed_fen} fen, open refunds are {row.open_fen} fen"]
    )
