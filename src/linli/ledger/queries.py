"""Reading the ledger: balances, totals and statements. Liabilities and income are shown positive here."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from linli.core import sql
from linli.ledger.types import LIVE, Code


def owed_fen(code: Code, owner_ids: Sequence[int]) -> dict[int, int]:
    """What the platform owes each owner on a live account, in fen; negative is their debt. Owners without one are 0."""
    rows = sql.rows(
        """select a.owner_id, -b.balance_fen as owed_fen from ledger_account a join ledger_balance b on b.account_id = a.id
            where a.code = %s and a.currency = 'CNY' and a.owner_id = any(%s::bigint[])""",
        (code, list(owner_ids)),
    )
    return dict.fromkeys(owner_ids, 0) | {row.owner_id: row.owed_fen for row in rows}


def total_owed_fen(code: Code) -> int:
    """What the platform owes on all live accounts of a code together now, in fen: from their balances, however long their history."""
    return sql.rows(
        """select coalesce(-sum(b.balance_fen), 0)::bigint as fen from ledger_account a join ledger_balance b on b.account_id = a.id
            where a.code = %s""",
        (code,),
    )[0].fen


def total_fen(
    codes: Sequence[Code], *, kind: str | None = None, since: date | None = None, until: date | None = None
) -> int:
    """Debits less credits on the platform's own accounts of these codes together, in fen; of one kind of transaction, and of the
    shop's days since..until (both in it), where given. From day sums and the postings after them, however long the history.
    Raises ValueError for codes of members and merchants: total_owed_fen."""
    if live := LIVE & {*codes}:
        raise ValueError(f"{sorted(live)} have live balances")
    return sql.rows(
        """with mine as (select id from ledger_account where code = any(%(codes)s))
           select (coalesce((select sum(d.amount_fen) from ledger_daysum d where d.account_id in (select id from mine)
                     and (%(kind)s::text is null or d.kind = %(kind)s)
                     and d.day between coalesce(%(since)s::date, '-infinity') and coalesce(%(until)s::date, 'infinity')), 0)
                 + coalesce((select sum(p.amount_fen) from mine
                     -- offset 0: what is not summed yet is little, which a general plan cannot know; row by row, by the index
                     cross join lateral (select p.transaction_id, p.amount_fen from ledger_posting p
                                          where p.account_id = mine.id and p.id > (select posting_id from ledger_summed) offset 0) p
                     cross join lateral (select t.kind, t.effective_at from ledger_transaction t where t.id = p.transaction_id offset 0) t
                    where (%(kind)s::text is null or t.kind = %(kind)s)
                      and (t.effective_at at time zone 'Asia/Shanghai')::date
                          between coalesce(%(since)s::date, '-infinity') and coalesce(%(until)s::date, 'infinity')), 0))::bigint as fen""",
        {"codes": list(codes), "kind": kind, "since": since, "until": until},
    )[0].fen


def statement(
    code: Code, owner_id: int, *, limit: int = 50, before_id: int | None = None
) -> list[dict[str, Any]]:
    """The newest lines of an account: when, what, reference, and the amount in fen (what the owner gained is positive)."""
    return sql.dicts(
        """select p.id, t.effective_at, t.kind, t.reference, -p.amount_fen as fen
             from ledger_account a
            -- by the index, the newest first: an account may hold a tenth of all postings
            cross join lateral (select id, transaction_id, amount_fen from ledger_posting
                                 where account_id = a.id and id < coalesce(%(before)s, 9223372036854775807)
                                 order by id desc limit %(limit)s) p
             join ledger_transaction t on t.id = p.transaction_id
            where a.code = %(code)s and a.owner_id = %(owner)s order by p.id desc limit %(limit)s""",
        {"code": code, "owner": owner_id, "before": before_id, "limit": limit},
    )


class Leg(NamedTuple):
    """One posting of a transaction: whose account (0: the platform's own), debit positive, credit negative, in fen."""

    code: str
    owner_id: int
    amount_fen: int


class Booked(NamedTuple):
    """A balanced transaction as a person reads it."""

    kind: str
    key: str
    at: datetime
    legs: tuple[Leg, ...]


def booked_for(reference: str) -> list[Booked]:
    """What the books hold for an order, refund or withdrawal, oldest first; the legs of each sum to zero."""
    rows = sql.rows(
        """select t.id, t.kind, t.key, t.effective_at, a.code, a.owner_id, p.amount_fen from ledger_transaction t
             join ledger_posting p on p.transaction_id = t.id join ledger_account a on a.id = p.account_id
            where t.reference = %s order by t.id, p.id""",
        (reference,),
    )
    return [
        Booked(legs[0].kind, legs[0].key, legs[0].effective_at, tuple(Leg(x.code, x.owner_id, x.amount_fen) for x in legs))
        for legs in (list(group) for _, group in groupby(rows, key=lambda row: row.id))
    ]  # fmt: skip
