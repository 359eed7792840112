"""The operator's overview: sales and people by day, the money straight from the ledger, so that they must agree."""

from datetime import datetime, timedelta
from typing import Any

from linli.core import clock, sql
from linli.insight.queries.best_owners import best_owners
from linli.insight.queries.series import by_day
from linli.ledger.queries import total_fen, total_owed_fen
from linli.ledger.types import Code

_FUNNEL = """
select count(*) as placed, count(*) filter (where paid_at is not null) as paid,
       count(*) filter (where shipped_at is not null) as shipped, count(*) filter (where received_at is not null) as received,
       count(*) filter (where state = 'completed') as completed, count(*) filter (where refunded_fen > 0) as refunded
  from trade_order where placed_at >= %s and placed_at <= %s
"""


def overview(*, days: int, at: datetime) -> dict[str, Any]:
    """The last days (Shanghai days, today included as far as it has come), as much of the same span before them, and how the
    money fell. Amounts in fen.

    A sale is paid from the gateway, or from what was held for a group until it was full.
    """
    today = clock.shop_midnight(at)
    since, span = today - timedelta(days=days - 1), timedelta(days=days)
    seen, before = by_day(since, at), by_day(since - span, at - span)
    gmv_fen = sum(row["gmv_fen"] for row in seen)
    posted_fen = total_fen(
        (Code.gateway, Code.group_held, Code.gift_held), kind="paid", since=since.date(), until=today.date()
    )
    return {
        "days": days,
        "gmv_fen": gmv_fen,
        "ledger_gmv_fen": posted_fen,
        "agrees": gmv_fen == posted_fen,
        "orders": sum(row["orders"] for row in seen),
        "new_members": sum(row["new_members"] for row in seen),
        "new_owners": sum(row["new_owners"] for row in seen),
        "before": {
            key: sum(row[key] for row in before) for key in ("gmv_fen", "orders", "new_members", "new_owners")
        },
        "by_day": seen,
        "before_by_day": before,
        "funnel": sql.dicts(_FUNNEL, (since, at))[0],
        "top_owners": best_owners(days=days, at=at),
        "money": _money(since, today, at),
    }


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
