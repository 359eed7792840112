"""Reading the ledger: balances, totals and statements. Liabilities and income are shown positive here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from linli.core import sql
from linli.ledger.types import Code


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


def total_fen(code: Code, *, since: datetime | None = None, until: datetime | None = None) -> int:
    """The sum of debits less credits on all accounts of a code, in fen, within [since, until)."""
    row = sql.rows(
        """select coalesce(sum(p.amount_fen), 0)::bigint as fen
             from ledger_account a join ledger_posting p on p.account_id = a.id join ledger_transaction t on t.id = p.transaction_id
            where a.code = %s and t.effective_at >= coalesce(%s::timestamptz, '-infinity')
              and t.effective_at < coalesce(%s::timestamptz, 'infinity')""",
        (code, since, until),
    )[0]
    return row.fen


def statement(
    code: Code, owner_id: int, *, limit: int = 50, before_id: int | None = None
) -> list[dict[str, Any]]:
    """The newest lines of an account: when, what, reference, and the amount in fen (what the owner gained is positive)."""
    return sql.dicts(
        """select p.id, t.effective_at, t.kind, t.reference, -p.amount_fen as fen
             from ledger_account a join ledger_posting p on p.account_id = a.id join ledger_transaction t on t.id = p.transaction_id
            where a.code = %s and a.owner_id = %s and p.id < coalesce(%s, 9223372036854775807)
            order by p.id desc limit %s""",
        (code, owner_id, before_id, limit),
    )
