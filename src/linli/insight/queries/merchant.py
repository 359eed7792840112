"""What a merchant sold."""

from datetime import datetime, timedelta

from linli.core import sql


def sold_by(merchant_id: int, *, today: datetime) -> dict[str, int]:
    """Orders and sales in fen since the midnight of today, and of 30 days with it, there after refunds."""
    return sql.dicts(
        """select count(*) filter (where paid_at >= %(today)s) as orders_today,
                  coalesce(sum(total_fen) filter (where paid_at >= %(today)s), 0)::bigint as sales_today_fen,
                  count(*) as orders_month, coalesce(sum(total_fen - refunded_fen), 0)::bigint as sales_month_fen
             from trade_order where merchant_id = %(merchant)s and paid_at >= %(month)s""",
        {"merchant": merchant_id, "today": today, "month": today - timedelta(days=29)},
    )[0]
