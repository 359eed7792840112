"""Writing down what no page should add up anew."""

from datetime import date, datetime, timedelta

from django.db import transaction

from linli.core import clock, sql
from linli.insight.models import BestOwner, Day
from linli.insight.queries.best_owners import BEST, MOST
from linli.insight.queries.series import DAY, INSTANT, SERIES

SPANS = (7, 30, 90)


def keep_days(*, at: datetime) -> int:
    """Write down every day that is over and is not yet; returns how many."""
    last = Day.objects.order_by("-day").first()
    begin = last.day + timedelta(days=1) if last else _first_day()
    today = clock.shop_midnight(at)
    if begin is None or begin >= today.date():
        return 0
    rows = sql.dicts(SERIES, DAY | {"since": clock.begin_of(begin), "until": today - INSTANT})
    Day.objects.bulk_create([Day(day=row.pop("at"), **row) for row in rows], ignore_conflicts=True)
    return len(rows)


def rank_owners(*, at: datetime) -> int:
    """Count anew who sold most in each span that pages show; returns the places."""
    today = clock.shop_midnight(at)
    best = [
        BestOwner(days=days, position=position, counted_at=at, **row)
        for days in SPANS
        for position, row in enumerate(
            sql.dicts(BEST, {"since": today - timedelta(days=days - 1), "at": at, "most": MOST}), 1
        )
    ]
    with transaction.atomic():
        BestOwner.objects.all().delete()
        BestOwner.objects.bulk_create(best)
    return len(best)


def _first_day() -> date | None:
    """When the first member or order came."""
    row = sql.rows(
        "select (least(min(o.placed_at), (select min(created_at) from members_member)) at time zone 'Asia/Shanghai')::date as day from trade_order o"
    )[0]
    return row.day
