"""What always holds in the ledger; `linli verify` recomputes all of it."""

from linli.core import sql
from linli.core.invariants import invariant
from linli.ledger.types import LIVE


@invariant
def transactions_sum_to_zero() -> list[str]:
    """Every transaction sums to zero and has at least two postings (I1)."""
    rows = sql.rows(
        """select t.id, t.key, coalesce(sum(p.amount_fen), 0) as fen, count(p.id) as legs
             from ledger_transaction t left join ledger_posting p on p.transaction_id = t.id
            group by t.id, t.key having coalesce(sum(p.amount_fen), 0) <> 0 or count(p.id) < 2 order by t.id limit 5"""
    )
    return [
        f"transaction {row.id} ({row.key}) has {row.legs} postings that sum to {row.fen} fen" for row in rows
    ]


@invariant
def balances_equal_postings() -> list[str]:
    """Every live balance equals the sum of its postings, and only members' and merchants' accounts have one (I2)."""
    rows = sql.rows(
        """with summed as (
             select a.id, a.code, a.owner_id, coalesce(sum(p.amount_fen), 0)::bigint as fen
               from ledger_account a left join ledger_posting p on p.account_id = a.id
              where a.code = any(%s) group by a.id)
           select coalesce(s.code, 'a system account') as code, s.owner_id, coalesce(s.fen, 0) as fen,
                  coalesce(b.balance_fen, 0) as balance_fen
             from summed s full join ledger_balance b on b.account_id = s.id
            where coalesce(s.fen, 0) <> coalesce(b.balance_fen, 0) or s.id is null limit 5""",
        (sorted(LIVE),),
    )
    return [
        f"{row.code} of {row.owner_id}: balance {row.balance_fen} fen, postings {row.fen} fen" for row in rows
    ]


@invariant
def day_sums_equal_postings() -> list[str]:
    """Every day sum of the platform's accounts equals its postings."""
    rows = sql.rows(
        """with posted as (
             select p.account_id, t.kind, (t.effective_at at time zone 'Asia/Shanghai')::date as day, sum(p.amount_fen) as fen
               from ledger_summed s, ledger_posting p join ledger_account a on a.id = p.account_id
               join ledger_transaction t on t.id = p.transaction_id
              where p.id <= s.posting_id and not (a.code = any(%s)) group by 1, 2, 3)
           select account_id, kind, day, coalesce(d.amount_fen, 0) as sum_fen, coalesce(p.fen, 0) as fen
             from posted p full join ledger_daysum d using (account_id, kind, day)
            where coalesce(d.amount_fen, 0) <> coalesce(p.fen, 0) limit 5""",
        (sorted(LIVE),),
    )
    return [
        f"account {row.account_id}, {row.kind} on {row.day}: the sum says {row.sum_fen} fen, postings {row.fen} fen"
        for row in rows
    ]


@invariant
def postings_have_their_rows() -> list[str]:
    """Every posting belongs to a transaction and an account."""
    rows = sql.rows(
        """select p.id from ledger_posting p left join ledger_transaction t on t.id = p.transaction_id
             left join ledger_account a on a.id = p.account_id where t.id is null or a.id is null limit 5"""
    )
    return [f"posting {row.id} hangs in the air" for row in rows]


@invariant
def ledger_is_guarded() -> list[str]:
    """The triggers that make the ledger append-only and zero-sum are in place and enabled (I7)."""
    wanted = {"ledger_posting_append_only", "ledger_transaction_append_only", "ledger_posting_zero_sum"}
    rows = sql.rows(
        "select tgname from pg_trigger where tgname = any(%s) and tgenabled in ('O', 'A')", (sorted(wanted),)
    )
    return [
        f"trigger {name} is missing or disabled" for name in sorted(wanted - {row.tgname for row in rows})
    ]
