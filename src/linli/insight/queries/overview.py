"""The operator's overview: sales and people by day, the money straight from the ledger, so that they must agree."""

from datetime import datetime, timedelta
from typing import Any

from linli.core import clock, sql
from linli.ledger.queries import total_fen, total_owed_fen
from linli.ledger.types import Code

# Days or hours of the shop: %(grain)s is what date_trunc calls them, %(named)s how they are written.
_SERIES = """
with spans as (
  select generate_series(date_trunc(%(grain)s, %(since)s::timestamptz at time zone 'Asia/Shanghai'),
                         %(until)s::timestamptz at time zone 'Asia/Shanghai', ('1 ' || %(grain)s)::interval) as span),
paid as (
  select date_trunc(%(grain)s, paid_at at time zone 'Asia/Shanghai') as span, count(*) as orders,
         sum(total_fen)::bigint as gmv_fen, count(distinct member_id) as buyers
    from trade_order where paid_at >= %(since)s and paid_at <= %(until)s group by 1),
joined as (select date_trunc(%(grain)s, created_at at time zone 'Asia/Shanghai') as span, count(*) as members from members_member
            where created_at >= %(since)s and created_at <= %(until)s group by 1),
opened as (select date_trunc(%(grain)s, opened_at at time zone 'Asia/Shanghai') as span, count(*) as owners from distribution_owner
            where opened_at >= %(since)s and opened_at <= %(until)s group by 1)
select to_char(span, %(named)s) as {grain}, coalesce(paid.orders, 0) as orders, coalesce(paid.gmv_fen, 0) as gmv_fen,
       coalesce(paid.buyers, 0) as buyers, coalesce(joined.members, 0) as new_members, coalesce(opened.owners, 0) as new_owners
  from spans left join paid using (span) left join joined using (span) left join opened using (span) order by span
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
    """The last days (Shanghai days, today included as far as it has come), as much of the same span before them, and how the
    money fell. Amounts in fen.

    A sale is paid from the gateway, or from what was held for a group until it was full.
    """
    today = clock.shop_midnight(at)
    since, span = today - timedelta(days=days - 1), timedelta(days=days)
    by_day, before = _by_day(since, at), _by_day(since - span, at - span)
    gmv_fen = sum(row["gmv_fen"] for row in by_day)
    posted_fen = total_fen(
        (Code.gateway, Code.group_held, Code.gift_held), kind="paid", since=since.date(), until=today.date()
    )
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
        "money": _money(since, today, at),
    }


def hours_of_day(*, at: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Today by the hour until now, and the whole day before: sales in fen, orders, new members and owners."""
    today = clock.shop_midnight(at)
    return _by_hour(today, at), _by_hour(today - timedelta(days=1), today - timedelta(microseconds=1))


def _by_day(since: datetime, until: datetime) -> list[dict[str, Any]]:
    return sql.dicts(
        _SERIES.replace("{grain}", "day"),
        {"grain": "day", "named": "YYYY-MM-DD", "since": since, "until": until},
    )


def _by_hour(since: datetime, until: datetime) -> list[dict[str, Any]]:
    return sql.dicts(
        _SERIES.replace("{grain}", "hour"),
        {"grain": "hour", "named": "HH24:MI", "since": since, "until": until},
    )


def _money(since: datetime, today: datetime, at: datetime) -> dict[str, int]:
    """Cost beside gain: what the platform earned, what owners and merchants are owed, what went back."""
    return {
        "service_fee_fen": -total_fen((Code.service_fee,), since=since.date(), until=today.date()),
        "breakage_fen": -total_fen((Code.breakage,), since=since.date(), until=today.date()),
        "deferred_fen": -total_fen((Code.deferred_platform,)),
        "commission_pending_fen": total_owed_fen(Code.commission_pending),
        "commission_available_fen": total_owed_fen(Code.commission_available),
        "merchant_pending_fen": total_owed_fen(Code.merchant_pending),
        "merchant_available_fen": total_owed_fen(Code.merchant_available),
        "refund_payable_fen": -total_fen((Code.refund_payable,)),
        "gateway_fen": total_fen((Code.gateway,)),
        "refunded_fen": sql.rows(
            "select coalesce(sum(amount_fen), 0)::bigint as fen from payments_refund where created_at >= %s and created_at <= %s",
            (since, at),
        )[0].fen,
    }
