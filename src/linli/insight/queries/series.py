"""Sales and people by day or hour of the shop."""

from datetime import datetime, timedelta
from typing import Any

from linli.core import clock, sql
from linli.insight.models import Day

# %(grain)s is what date_trunc calls a day or an hour, %(named)s how it is written.
SERIES = """
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
select to_char(span, %(named)s) as at, coalesce(paid.orders, 0) as orders, coalesce(paid.gmv_fen, 0) as gmv_fen,
       coalesce(paid.buyers, 0) as buyers, coalesce(joined.members, 0) as new_members, coalesce(opened.owners, 0) as new_owners
  from spans left join paid using (span) left join joined using (span) left join opened using (span) order by span
"""
DAY, HOUR = {"grain": "day", "named": "YYYY-MM-DD"}, {"grain": "hour", "named": "HH24:MI"}
NOTHING = {"orders": 0, "gmv_fen": 0, "buyers": 0, "new_members": 0, "new_owners": 0}
INSTANT = timedelta(microseconds=1)


def by_day(since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Each day from a midnight until a moment: days that are over as they were kept, the rest counted now."""
    last = clock.shop_midnight(until)
    kept = {
        one["day"]: one for one in Day.objects.filter(day__gte=since.date(), day__lt=last.date()).values()
    }
    over = (
        (max(kept) - since.date()).days + 1 if kept else 0
    )  # no gaps between kept days, and before the first was nothing
    days = [since.date() + timedelta(days=n) for n in range(over)]
    counted = sql.dicts(SERIES, DAY | {"since": since + timedelta(days=over), "until": until})
    return [
        *({**NOTHING, **kept.get(day, {}), "day": day.isoformat()} for day in days),
        *({"day": row.pop("at"), **row} for row in counted),
    ]


def hours_of_day(*, at: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Today by the hour until now, and the whole day before: sales in fen, orders, new members and owners."""
    today = clock.shop_midnight(at)
    return _by_hour(today, at), _by_hour(today - timedelta(days=1), today - INSTANT)


def _by_hour(since: datetime, until: datetime) -> list[dict[str, Any]]:
    return [
        {"hour": row.pop("at"), **row} for row in sql.dicts(SERIES, HOUR | {"since": since, "until": until})
    ]
