"""The operator's overview: sales and people by day, the money straight from the ledger, so that they must agree."""

from datetime import datetime, timedelta
from typing import Any

from linli.core import clock, sql
from linli.ledger.queries import total_fen, total_owed_fen
from linli.ledger.types import Code

_DAYS = """
with days as (
  select d::date as day from generate_series((%(since)s::timestamptz at time zone 'Asia/Shanghai')::date,
                                             (%(until)s::timestamptz at time zone 'Asia/Shanghai')::date, '1 day') d),
paid as (
  select (paid_at at time zone 'Asia/Shanghai')::date as day, count(*) as orders, sum(total_fen)::bigint as gmv_fen,
         count(distinct member_id) as buyers
    from trade_order where paid_at >= %(since)s and paid_at <= %(until)s group by 1),
joined as (select (created_at at time zone 'Asia/Shanghai')::date as day, count(*) as members from members_member
            where created_at >= %(since)s and created_at <= %(until)s group by 1),
opened as (select (opened_at at time zone 'Asia/Shanghai')::date as day, count(*) as owners from distribution_owner
            where opened_at >= %(since)s and opened_at <= %(until)s group by 1)
select to_char(days.day, 'YYYY-MM-DD') as day, coalesce(paid.orders, 0) as orders, coalesce(paid.gmv_fen, 0) as gmv_fen,
       coalesce(paid.buyers, 0) as buyers, coalesce(joined.members, 0) as new_members, coalesce(opened.owners, 0) as new_owners
  from days left join paid using (day) left join joined using (day) left join opened using (day) order by days.day
"""

_FUNNEL = """
select count(*) as placed, count(*) filter (where paid_at is not null) as paid,
       count(*) filter (where shipped_at is not null) as shipped, count(*) filter (where received_at is not null) as received,
       count(*) filter (where state = 'completed') as completed, count(*) filter (where refunded_fen > 0) as refunded
  from trade_order where placed_at >= %s and placed_at <= %s
"""

_OWNERS = """
select o.member_id as owner_id, o.shop_name, m.avatar, count(distinct c.order_no) as orders,
       sum(c.amount_fen - c.reversed_fen)::bigint as fen, sum(c.base_fen - c.refunded_base_fen)::bigint as sales_fen
  from distribution_commissionline c join distribution_owner o on o.member_id = c.beneficiary_id join members_member m on m.id = o.member_id
 where c.kind = 'commission' and c.paid_at >= %s and c.paid_at <= %s group by o.member_id, o.shop_name, m.avatar order by sales_fen desc limit 5
"""


def overview(*, days: int, at: datetime) -> dict[str, Any]:
    """The last days (Shanghai days, today included), the same span before them, and how the money fell. Amounts in fen.

    A sale is paid from the gateway, or from what was held for a group until it was full.
    """
    since = clock.shop_midnight(at) - timedelta(days=days - 1)
    by_day = sql.dicts(_DAYS, {"since": since, "until": at})
    before = sql.dicts(
        _DAYS, {"since": since - timedelta(days=days), "until": since - timedelta(microseconds=1)}
    )
    gmv_fen = sum(row["gmv_fen"] for row in by_day)
    posted_fen = sql.rows(
        """select coalesce(sum(p.amount_fen), 0)::bigint as fen from ledger_transaction t join ledger_posting p on p.transaction_id = t.id
             join ledger_account a on a.id = p.account_id where t.kind = 'paid'
              and a.code in ('gateway', 'group_held', 'gift_held') and t.effective_at >= %s and t.effective_at <= %s""",
        (since, at),
    )[0].fen
    return {
        "days": days,
        "gmv_fen": gmv_fen,
        "ledger_gmv_fen": posted_fen,
        "agrees": gmv_fen == posted_fen,
        "orders": sum(row["orders"] for row in by_day),
        "new_members": sum(row["new_members"] for row in by_day),
        "new_owners": sum(row["new_owners"] for row in by_day),
        "before": {
            key: sum(row[key] for row in before) for key in ("gmv_fen", "orders", "new_members", "new_owners")
        },
        "by_day": by_day,
        "before_by_day": before,
        "funnel": sql.dicts(_FUNNEL, (since, at))[0],
        "top_owners": sql.dicts(_OWNERS, (since, at)),
        "money": _money(since, at),
    }


def _money(since: datetime, at: datetime) -> dict[str, int]:
    """Cost beside gain: what the platform earned, what owners and merchants are owed, what went back."""
    return {
        "service_fee_fen": -total_fen(Code.service_fee, since=since, until=at),
        "breakage_fen": -total_fen(Code.breakage, since=since, until=at),
        "deferred_fen": -total_fen(Code.deferred_platform),
        "commission_pending_fen": total_owed_fen(Code.commission_pending),
        "commission_available_fen": total_owed_fen(Code.commission_available),
        "merchant_pending_fen": total_owed_fen(Code.merchant_pending),
        "merchant_available_fen": total_owed_fen(Code.merchant_available),
        "refund_payable_fen": -total_fen(Code.refund_payable),
        "gateway_fen": total_fen(Code.gateway),
        "refunded_fen": sql.rows(
            "select coalesce(sum(amount_fen), 0)::bigint as fen from payments_refund where created_at >= %s and created_at <= %s",
            (since, at),
        )[0].fen,
    }
