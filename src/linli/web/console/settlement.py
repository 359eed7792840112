"""Settlement on pages: the operator's runs with their orders, and a merchant's statement of a month."""

import re
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext

from linli.core import clock
from linli.core.labels import label
from linli.core.refusal import Refusal
from linli.trade.models import SettlementRun
from linli.trade.queries.settlement import merchant_statement, orders_of_run, settled_between
from linli.web import sheets
from linli.web.console.merchant import merchant_of
from linli.web.edge import actor_of, merchants_only, number_in, operators_only

DAYS, PAGE = 30, 30


@operators_only
def settlements(request: HttpRequest) -> HttpResponse:
    """The newest runs, and what all of a month moved."""
    before, at = number_in(request, "before"), clock.now()
    runs = SettlementRun.objects.visible_to(actor_of(request))
    page = list((runs.filter(pk__lt=before) if before else runs)[: PAGE + 1])
    content = {
        "runs": page[:PAGE], "next": page[PAGE - 1].pk if len(page) > PAGE else 0, "days": DAYS,
        "seen": settled_between(since=at - timedelta(days=DAYS), until=at),
    }  # fmt: skip
    return render(request, "ops/settlements.html", content)


@operators_only
def settlement(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: where its money went, and what each of its orders gave."""
    run = get_object_or_404(SettlementRun.objects.visible_to(actor_of(request)), pk=run_id)
    orders, following = orders_of_run(run.pk, after=number_in(request, "after"))
    return render(request, "ops/settlement.html", {"run": run, "orders": orders, "next": following})


@merchants_only
def merchant_csv(request: HttpRequest) -> HttpResponse:
    """What a merchant's available money gained and lost in a month, order by order, as CSV."""
    return sheets.csv_of(*_statement(request))


@merchants_only
def merchant_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as an Excel sheet."""
    return sheets.xlsx_of(*_statement(request))


def _statement(request: HttpRequest) -> tuple[str, tuple[sheets.Column, ...], list[sheets.Row]]:
    since, until = _month(request.GET.get("month", ""))
    columns = (
        sheets.Column(gettext("When"), 17),
        sheets.Column(gettext("Order"), 20),
        sheets.Column(gettext("What"), 22),
        sheets.Column("¥", 14, is_money=True),
    )
    rows: list[sheets.Row] = [
        (
            line["effective_at"],
            line["order_no"],
            label("ledger_kind", line["kind"]),
            line["fen"],
        )
        for line in merchant_statement(merchant_of(request).pk, since=since, until=until)
    ]
    return f"statement-{since:%Y-%m}", columns, rows


def _month(text: str) -> tuple[datetime, datetime]:
    """The begin and end of a month written as 2026-11; of this month when none is named. Raises Refusal (bad_parameter)."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text)
    if text and not found:
        raise Refusal("bad_parameter", {"field": "month"})
    first = date(int(found[1]), int(found[2]), 1) if found else localtime(clock.now()).date().replace(day=1)
    return _midnight(first), _midnight((first + timedelta(days=32)).replace(day=1))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())
