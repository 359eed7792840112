"""The operator's overview: as much of the span before as of this one, hours of a day, and a chart that draws what is over."""

from datetime import datetime, timedelta

import pytest

from factories.shop import make_member, make_sku, paid_order, request
from linli.core import clock
from linli.insight.queries.overview import hours_of_day, overview
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
