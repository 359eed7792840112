"""Figures that are slow to count are counted once in a while, and the page says when."""

from datetime import datetime, timedelta

import pytest
from django.http import HttpRequest
from django.test import Client

from factories.shop import make_member, make_sku, paid_order, request
from linli.core import clock
from linli.core.actor import SYSTEM, Role
from linli.members.operations.profile import grant_role
from linli.web import figures
from web.reading import flat

pytestmark = pytest.mark.capability("G6")


@pytest.fixture
def everything_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    figures._kept.clear()
    monkeypatch.setattr(figures, "SLOW_SECONDS", -1)
    monkeypatch.setattr(figures, "KEPT_TIMES", 1e15)


def test_a_quick_figure_is_counted_each_time() -> None:
    values = iter(range(9))
    assert [figures.counted(HttpRequest(), "quick", lambda: next(values)) for _ in range(3)] == [0, 1, 2]


def test_a_slow_figure_is_kept_for_its_time_and_its_name(
    everything_is_slow: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    values, asked = iter(range(9)), HttpRequest()

    def count_at(moment: datetime, name: str = "slow") -> int:
        monkeypatch.setattr(clock, "now", lambda: moment)
        return figures.counted(asked, name, lambda: next(values))

    assert [count_at(at), count_at(at + timedelta(seconds=599)), count_at(at, "other")] == [0, 0, 1]
    assert asked.counted_at == at  # type: ignore[attr-defined]
    assert count_at(at + timedelta(seconds=600)) == 2, "its time is over"
    assert count_at(at) == 3, "a clock that was set back knows nothing of later"


def test_what_is_kept_is_bounded(everything_is_slow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST", 3)
    for n in range(9):
        figures.counted(HttpRequest(), f"{n}", int)
    assert list(figures._kept) == ["6", "7", "8"]


@pytest.mark.django_db
def test_the_page_says_when_its_figures_were_counted(everything_is_slow: None, at: datetime) -> None:
    boss, client = make_member(at, "运营"), Client(headers={"host": "127.0.0.1", "accept-language": "en"})
    grant_role(member=boss, role=Role.operator, actor=SYSTEM, at=at)
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    assert "Figures counted at" not in flat(client.get("/ops?days=7"))
    paid_order(at, request(make_member(at), (make_sku(at), 1)))
    assert "Figures counted at" in flat(client.get("/ops?days=7"))
    assert "Figures counted at" not in flat(client.get("/ops/money")), "nothing there is kept"
