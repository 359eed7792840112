"""Settlement on pages and in files: the operator's runs, a merchant's statement, an owner's sheet; each agrees with the ledger."""

import csv
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localtime
from openpyxl import load_workbook

from factories.shop import (
    make_member,
    make_merchant,
    make_owner,
    make_sku,
    paid_order,
    received_order,
    request,
)
from linli.core.actor import SYSTEM, Role
from linli.ledger.queries import owed_fen
from linli.ledger.types import Code
from linli.members.models import Member
from linli.members.operations.profile import grant_role
from linli.trade.models import Order, SettlementRun
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.refund_lines import LineRefund, RefundRequest, refund_lines

WEEK = timedelta(days=7, seconds=1)


def client_of(member: Member, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def operator(at: datetime, language: str = "en") -> Client:
    member = make_member(at)
    grant_role(member=member, role=Role.operator, actor=SYSTEM, at=at)
    return client_of(member, language)


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def sheet_of(client: Client, path: str) -> list[tuple[Any, ...]]:
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith('.xlsx"')
    return list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))


def refund(order: Order, fen: int, at: datetime) -> None:
    parts = (LineRefund(order.lines.get().pk, fen),)
    assert refund_lines([RefundRequest(order.pk, f"r{order.pk}", parts)], at=at) == [None]


@pytest.mark.capability("B7")
def test_the_operator_reads_runs_and_opens_one(db: None, at: datetime) -> None:
    desk = operator(at)
    assert "Nothing is settled yet" in text_of(desk, "/ops/settlements")
    assert "还没有结算" in text_of(operator(at, "zh-hans"), "/ops/settlements")
    owner, sku = make_owner(at), make_sku(at)
    orders = [
        received_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code)) for _ in range(3)
    ]
    refund(orders[0], 9900, at)
    complete_orders(at=at + WEEK, at_once=2)
    complete_orders(at=at + WEEK)
    runs = list(SettlementRun.objects.all())
    page = text_of(desk, "/ops/settlements")
    assert all(f'href="/ops/settlements/{run.pk}">{run.number}<' in page for run in runs)
    first = text_of(desk, f"/ops/settlements/{runs[-1].pk}")
    assert orders[0].order_no in first and orders[1].order_no in first and orders[2].order_no not in first
    assert "¥155.22" in first and "¥39.80" in first and "¥3.98" in first, "what a whole order gives to each"
    assert "¥78.00" in first and "¥20.00" in first and "¥2.00" in first, "what the refund left"
    assert "¥233.22" in first and owner.shop_name in first
    assert desk.get("/ops/settlements/999999").status_code == 404
    assert client_of(owner.member).get("/ops/settlements").status_code == 403


def test_many_runs_and_many_orders_are_paged(db: None, at: datetime) -> None:
    SettlementRun.objects.bulk_create(
        SettlementRun(made_at=at, order_count=0, line_count=0, merchants_fen=n, owners_fen=0, fee_fen=0, breakage_fen=0)
        for n in range(31)
    )  # fmt: skip
    desk, oldest = operator(at), SettlementRun.objects.last()
    page = text_of(desk, "/ops/settlements")
    following = page.split("?before=")[1].split('"')[0]
    assert f'/ops/settlements/{oldest.pk}"' not in page
    assert f'/ops/settlements/{oldest.pk}"' in text_of(desk, f"/ops/settlements?before={following}")


@pytest.mark.capability("B7")
def test_a_merchants_statement_of_a_month_is_the_ledger_to_the_fen(db: None, at: datetime) -> None:
    sku = make_sku(at, price_fen=3333)
    orders = [
        received_order(at, request(make_member(at), (sku, 1), share_code=make_owner(at).shop_code))
        for _ in range(3)
    ]
    received_order(at, request(make_member(at), (make_sku(at, merchant=make_merchant(at)), 1)))
    refund(orders[0], 1111, at)
    later = at + WEEK
    complete_orders(at=later)
    refund(Order.objects.get(pk=orders[1].pk), 2222, later)
    mine = client_of(orders[0].merchant.staff.get().member)
    month = f"{localtime(later):%Y-%m}"
    heading, *rows, total = sheet_of(mine, f"/merchant/statement.xlsx?month={month}")
    assert heading == ("When", "Order", "What", "¥") and len(rows) == 4
    owed = owed_fen(Code.merchant_available, [orders[0].merchant_id])[orders[0].merchant_id]
    assert sum(round(row[3] * 100) for row in rows) == owed
    assert total[0] == "Sum" and total[3] == "=SUM(D2:D5)"
    assert {row[1] for row in rows} == {order.order_no for order in orders} and isinstance(
        rows[0][0], datetime
    )
    text = mine.get(f"/merchant/statement.csv?month={month}").content.decode("utf-8-sig")
    assert sum(round(float(row["¥"]) * 100) for row in csv.DictReader(StringIO(text))) == owed
    assert len(sheet_of(mine, "/merchant/statement.xlsx?month=2020-01")) == 2, (
        "an empty month has its heading and a sum of nothing"
    )
    assert mine.get("/merchant/statement.xlsx?month=2020-13").status_code == 400
    assert "/merchant/statement.xlsx" in text_of(mine, "/merchant")


@pytest.mark.capability("B7")
def test_an_owners_sheet_is_the_ledger_to_the_fen(db: None, at: datetime) -> None:
    owner, sku = make_owner(at), make_sku(at, price_fen=3333, title="=1+1")
    orders = [
        received_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code)) for _ in range(3)
    ]
    paid_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code))
    refund(orders[0], 1111, at)
    complete_orders(at=at + WEEK, at_once=2)
    mine = client_of(owner.member)
    heading, *rows, total = sheet_of(mine, "/owner/income.xlsx")
    assert heading[5:7] == ("Earned ¥", "Taken back ¥") and len(rows) == 4
    owed = sum(
        owed_fen(code, [owner.pk])[owner.pk] for code in (Code.commission_pending, Code.commission_available)
    )
    assert sum(round((row[5] - row[6]) * 100) for row in rows) == owed == 4 * 666 - 222
    text = mine.get("/owner/income.csv").content.decode("utf-8-sig")
    assert {row[2] for row in rows} == {"=1+1"} and "'=1+1" in text
    assert "'" not in {cell for row in csv.reader(StringIO(text)) for cell in row}, "an empty cell is empty"
    assert (total[5], total[6]) == ("=SUM(F2:F5)", "=SUM(G2:G5)")
    assert "/owner/income.xlsx" in text_of(mine, "/owner/income")
