"""Settlement runs as people see them: what each moved, its orders, and a merchant's part of them by order."""

from datetime import datetime
from typing import Any

from linli.core import sql

PAGE = 50

# What an order's own postings left on an account of parties that wait: exactly what its run took from there.
_MOVED = """
select coalesce(-sum(p.amount_fen) filter (where a.code = 'merchant_pending'), 0)::bigint as merchant_fen,
       coalesce(-sum(p.amount_fen) filter (where a.code = 'commission_pending'), 0)::bigint as owners_fen,
       coalesce(-sum(p.amount_fen) filter (where a.code = 'deferred_platform'), 0)::bigint as platform_fen
  from ledger_transaction t join ledger_posting p on p.transaction_id = t.id join ledger_account a on a.id = p.account_id
 where t.reference = o.order_no and t.kind <> 'completed'
"""


def settled_between(*, since: datetime, until: datetime) -> dict[str, int]:
    """What all runs of a span moved, in fen, and how many orders they completed."""
    return sql.dicts(
        """select coalesce(sum(order_count), 0)::bigint as orders, coalesce(sum(merchants_fen), 0)::bigint as merchants_fen,
                  coalesce(sum(owners_fen), 0)::bigint as owners_fen, coalesce(sum(fee_fen), 0)::bigint as fee_fen,
                  coalesce(sum(breakage_fen), 0)::bigint as breakage_fen,
                  coalesce(sum(fee_fen + breakage_fen), 0)::bigint as platform_fen
             from trade_settlementrun where made_at >= %s and made_at <= %s""",
        (since, until),
    )[0]


def orders_of_run(run_id: int, *, after: int = 0, limit: int = PAGE) -> tuple[list[dict[str, Any]], str]:
    """A page of a run's orders with what each gave to its merchant, its owners and the platform; the cursor of the next."""
    rows = sql.dicts(
        f"""select o.id, o.order_no, o.paid_at, o.total_fen, o.refunded_fen, m.name as merchant, coalesce(s.shop_name, '') as shop, x.*
             from trade_order o join merchants_merchant m on m.id = o.merchant_id
             left join distribution_owner s on s.member_id = o.seller_id cross join lateral ({_MOVED}) x
            where o.settlement_run_id = %s and o.id > %s order by o.id limit %s""",
        (run_id, after, limit + 1),
    )
    following = str(rows[limit - 1]["id"]) if len(rows) > limit else ""
    return rows[:limit], following


def merchant_statement(merchant_id: int, *, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Everything that a merchant's available money gained or lost in [since, until), oldest first, by order: its sum in fen is the
    ledger's."""
    return sql.dicts(
        f"""with moved as (
             select t.key, t.effective_at, t.kind, t.reference, -p.amount_fen as fen
               from ledger_account a join ledger_posting p on p.account_id = a.id join ledger_transaction t on t.id = p.transaction_id
              where a.code = 'merchant_available' and a.owner_id = %(merchant)s
                and t.effective_at >= %(since)s and t.effective_at < %(until)s)
           select effective_at, kind, reference as order_no, fen from moved where kind <> 'settlement'
           union all
           select moved.effective_at, 'completed', o.order_no, x.merchant_fen
             from moved join trade_settlementrun r on moved.key = 'settlement:' || r.id
             join trade_order o on o.settlement_run_id = r.id and o.merchant_id = %(merchant)s cross join lateral ({_MOVED}) x
            order by 1, 3""",
        {"merchant": merchant_id, "since": since, "until": until},
    )
