"""What always holds in payments."""

from linli.core import sql
from linli.core.invariants import invariant
from linli.core.work import overdue


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


@invariant
def nothing_waits_for_a_gateway_too_long() -> list[str]:
    """Notices are handled, refunds and payouts sent, and days reconciled, when they are due."""
    return overdue(
        """select 'notice ' || notice_id || ' of ' || received_at as what from payments_notice
            where state = 'received' and received_at < %(before)s
           union all select 'refund ' || refund_no || ' was due ' || next_try_at from payments_refund
            where state in ('waiting', 'sent') and next_try_at < %(before)s
           union all select 'payout ' || payout_no || ' was due ' || next_try_at from payments_payout
            where state in ('waiting', 'sent') and next_try_at < %(before)s
           union all select g.gateway || ' of ' || d::date || ' is not reconciled'
             from (select gateway, min(settled_at) as first from payments_charge where settled_at is not null group by 1) g
            cross join generate_series((g.first at time zone 'Asia/Shanghai')::date,
                                       (%(before)s::timestamptz at time zone 'Asia/Shanghai')::date - 2, '1 day') d
            where not exists (select 1 from payments_reconciliation r where r.gateway = g.gateway and r.day = d::date)
            limit 5"""
    )
