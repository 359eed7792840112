"""The operator's overview: as much of the span before as of this one, hours of a day, and a chart that draws what is over."""

from datetime import datetime, timedelta

import pytest

from factories.shop import make_member, make_owner, make_sku, paid_order, request
from linli.core import clock
from linli.core.invariants import run_checks
from linli.insight.models import Day
from linli.insight.operations import keep
from linli.insight.queries.best_owners import best_owners
from linli.insight.queries.overview import overview
from linli.insight.queries.series import hours_of_day
from linli.web import charts

pytestmark = [pytest.mark.django_db, pytest.mark.capability("E7")]


def test_a_span_is_compared_with_as_much_of_the_one_before(at: datetime) -> None:
    """ "-100 %" compared the first minutes of a day with a whole one."""
    ten = clock.shop_midnight(at) + timedelta(hours=10)
    for moment in (ten - timedelta(days=1, hours=1), ten - timedelta(days=1) + timedelta(hours=1), ten):
        paid_order(moment, request(make_member(moment), (make_sku(moment), 1)))
    seen = overview(days=1, at=ten)
    assert (seen["orders"], seen["before"]["orders"]) == (1, 1), "what came later yesterday is no part of it"
    now, before = hours_of_day(at=ten)
    assert [row["orders"] for row in now] == [0] * 10 + [1]
    assert [(row["hour"], row["orders"]) for row in before if row["orders"]] == [("09:00", 1), ("11:00", 1)]
    assert len(before) == 24


def test_one_value_is_a_point_and_no_triangle() -> None:
    assert charts.polyline([5], 100, 40, slots=24) == "0.0,4.0"
    assert charts.area([5], 100, 40, slots=24) == "0,40 0.0,4.0 0.0,40"
    assert charts.area([1, 2], 100, 40, slots=3) == "0,40 0.0,22.0 50.0,4.0 50.0,40"


@pytest.mark.usefixtures("holds")
def test_kept_days_and_ranks_are_what_pages_would_count(at: datetime) -> None:
    """Days before the first, days that are over, and the running one: the same with and without what was kept."""
    ten = clock.shop_midnight(at) + timedelta(hours=10)
    owner = make_owner(ten - timedelta(days=4))
    for moment in (ten - timedelta(days=3), ten - timedelta(days=1), ten):
        asked = request(make_member(moment), (make_sku(moment), 1), share_code=owner.shop_code)
        paid_order(moment, asked)
    counted = overview(days=9, at=ten)
    assert keep.keep_days(at=ten) == 4 and keep.keep_days(at=ten) == 0, "each day once"
    assert overview(days=9, at=ten) == counted and [row["orders"] for row in counted["by_day"]][-4:] == [
        1,
        0,
        1,
        1,
    ]
    late = ten + timedelta(
        hours=13, minutes=59
    )  # commission is written at the platform's moment, whatever it is
    best = best_owners(days=7, at=late)
    assert [(one["owner_id"], one["orders"]) for one in best] == [(owner.pk, 3)]
    assert keep.rank_owners(at=late) == 3
    paid_order(ten, request(make_member(ten), (make_sku(ten), 1), share_code=owner.shop_code))
    assert best_owners(days=7, at=late) == best, "as it was counted within the hour"
    assert [one["orders"] for one in best_owners(days=7, at=late + timedelta(hours=4))] == [4]


def test_verify_finds_a_day_that_is_not_what_was_paid(at: datetime) -> None:
    paid_order(at - timedelta(days=1), request(make_member(at - timedelta(days=1)), (make_sku(at), 1)))
    keep.keep_days(at=at)
    Day.objects.update(gmv_fen=1)
    assert [check.name for check, places in run_checks() if places] == ["insight.kept_days_are_what_was_paid"]
