"""Moving in and out: members with their relations, balances as entries of the ledger, and what is written can be read again."""

import argparse
import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from factories.shop import completed_order, make_member, make_owner, make_sku, paid_order, request
from linli.campaigns.operations.points import Granted, grant_points
from linli.catalog.models import Category
from linli.cli.commands import export_rows, import_rows
from linli.distribution.models import Binding, Owner
from linli.distribution.queries.commission import income_of
from linli.ledger.queries import owed_fen, total_fen
from linli.ledger.types import Code
from linli.members.models import Member
from linli.merchants.models import Staff
from linli.trade.models import Order, PastOrder

pytestmark = [pytest.mark.django_db, pytest.mark.capability("G8"), pytest.mark.usefixtures("holds")]

MEMBERS = """手机号,姓名,店铺名称,邀请人手机,店主手机
13700000003,阿雅,,,13700000002
13700000002,二姐,二姐的小店,13700000001,
+86 137-0000-0001,大姐,大姐的小店,,
"""


def do(module: object, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    module.arguments(parser)  # type: ignore[attr-defined]
    return module.run(parser.parse_args(list(arguments)))  # type: ignore[attr-defined]


def saved(folder: Path, text: str, name: str = "in.csv", encoding: str = "utf-8") -> str:
    (folder / name).write_text(text, encoding=encoding)
    return str(folder / name)


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_members_come_with_their_shops_sponsors_and_owners(
    at: datetime, tmp_path: Path, encoding: str, capsys: pytest.CaptureFixture
) -> None:
    """Whoever is named before their own row is waited for; a second time the file changes nothing; nobody is rewarded."""
    file = saved(tmp_path, MEMBERS, encoding=encoding)
    assert (do(import_rows, "members", file, "--dry-run"), Member.objects.count()) == (0, 0)
    assert do(import_rows, "members", file) == 0
    first, second = Owner.objects.order_by("member__phone")
    assert (first.member.phone, second.sponsor_id, second.shop_name) == (
        "13700000001",
        first.pk,
        "二姐的小店",
    )
    assert Binding.objects.get().owner_id == second.pk
    assert total_fen([Code.recruit_cost]) == 0
    assert do(import_rows, "members", file) == 0
    assert "0 written, 3 known, 0 rows refused" in capsys.readouterr().out
    assert (Member.objects.count(), Owner.objects.count()) == (3, 2)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("137", "row 2: phone: «137» is no mobile number"),
        ("13700000009,x,,13700000001", "row 2: sponsor_phone: nobody with this phone has a shop"),
        ("13700000009,x,店,13700000009", "row 2: sponsor_phone: nobody with this phone has a shop"),
        ("13700000009,x,,,13700000001", "row 2: owner_phone: nobody"),
        ("13700000009," + "名" * 25, "row 2: name: 1 to 24"),
        ("13700000009,x," + "名" * 25, "row 2: shop_name: 1 to 24"),
        ("13700000009,x,,,,更多", "row 2: it has more cells"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written_unless_asked(
    at: datetime, tmp_path: Path, row: str, why: str, capsys: pytest.CaptureFixture
) -> None:
    file = saved(tmp_path, f"phone,name,shop_name,sponsor_phone,owner_phone\n{row}\n13700000007,好\n")
    assert (do(import_rows, "members", file), Member.objects.count()) == (1, 0)
    said = capsys.readouterr()
    assert why in said.err and "nothing written" in said.out
    assert (do(import_rows, "members", file, "--partial"), Member.objects.count()) == (1, 1)


def test_balances_are_entries_of_the_ledger_once(
    at: datetime, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    member, owner = make_member(at), make_owner(at)
    phones = (member.phone, owner.member.phone)
    file = saved(
        tmp_path,
        f"手机号,积分,佣金\n{phones[0]},120,\n{phones[1]},,¥1,299.05\n".replace("¥1,299.05", '"¥1,299.05"'),
    )
    assert do(import_rows, "balances", file) == 0
    assert (owed_fen(Code.points_owed, [member.pk])[member.pk], income_of(owner.pk)["available_fen"]) == (
        120,
        129_905,
    )
    assert total_fen([Code.bank]) == 129_905
    assert do(import_rows, "balances", file) == 0, "once"
    assert income_of(owner.pk)["available_fen"] == 129_905
    for text, why in (
        (f"{phones[0]},121,", "another count"),
        (f"{phones[1]},,5", "another amount"),
        (f"{phones[0]},,5", "has no shop"),
        ("13999999999,1,", "no member"),
        (f"{phones[0]},,", "one of them is needed"),
        (f"{phones[0]},1.5,", "not a whole number"),
        (f'{phones[1]},,"39,90"', "not an amount"),
    ):
        capsys.readouterr()
        assert do(import_rows, "balances", saved(tmp_path, f"phone,points,commission_yuan\n{text}\n")) == 1
        assert why in capsys.readouterr().err


def test_a_sites_own_balances_are_not_brought_to_it_again(
    at: datetime, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    owner, buyer = make_owner(at), make_member(at)
    completed_order(
        at, request(buyer, (make_sku(at), 1), share_code=owner.shop_code), at + timedelta(days=20)
    )
    grant_points([Granted(buyer.pk, "purchase", "gift", 100)], at=at)
    before = income_of(owner.pk), owed_fen(Code.points_owed, [buyer.pk])
    assert before[0]["available_fen"] > 0
    assert do(export_rows, "balances", str(tmp_path / "own.csv")) == 0
    for dry in ((), ("--dry-run",)):
        assert do(import_rows, "balances", str(tmp_path / "own.csv"), *dry) == 1
    assert (income_of(owner.pk), owed_fen(Code.points_owed, [buyer.pk])) == before
    assert "an opening balance comes before" in capsys.readouterr().err


def test_what_is_written_is_read_again(at: datetime, tmp_path: Path) -> None:
    owner = make_owner(at)
    buyer = make_member(at, name="=1+1")
    sku = make_sku(at)
    sku.product.category = Category.objects.create(name="苹果", parent=sku.product.category)
    sku.product.save()
    order = paid_order(at, request(buyer, (sku, 2), share_code=owner.shop_code))
    grant_points([Granted(buyer.pk, "purchase", "gift", 100)], at=at)
    for kind in ("members", "products", "orders", "balances"):
        assert do(export_rows, kind, str(tmp_path / f"{kind}.csv")) == 0
        assert (tmp_path / f"{kind}.csv").stat().st_mode & 0o777 == 0o600
    [line] = rows_of(tmp_path / "orders.csv")
    assert (line["order_no"], line["line_yuan"], line["buyer_phone"], line["owner_phone"]) == (
        f"\t{order.order_no}",
        "398.00",
        buyer.phone,
        owner.member.phone,
    ), "a long number is text, which no spreadsheet rounds"
    assert rows_of(tmp_path / "balances.csv") == [
        {"phone": buyer.phone, "points": "100", "commission_yuan": "0.00"}
    ]
    assert "'=1+1" in [row["name"] for row in rows_of(tmp_path / "members.csv")], "no formula"
    for kind in ("members", "products"):
        assert (
            do(
                import_rows,
                kind,
                str(tmp_path / f"{kind}.csv"),
                "--dry-run",
                "--merchant",
                order.merchant.name,
            )
            == 0
        )
    assert do(export_rows, "orders", str(tmp_path / "orders.csv")) == 2, "a file that is there is left alone"
    assert do(export_rows, "orders", str(tmp_path / "x.csv"), "--merchant", "没有") == 2
    assert not (tmp_path / "x.csv").exists()


def test_a_site_without_categories_takes_them_from_its_first_file(at: datetime, tmp_path: Path) -> None:
    file = saved(tmp_path, "标题,分类,价格,库存\n苹果,水果>苹果,1,1\n梨,水果>梨,1,1\n茶,饮品>茶,1,1\n")
    assert do(import_rows, "products", file) == 0
    assert sorted(Category.objects.exclude(parent=None).values_list("parent__name", "name")) == [
        ("水果", "梨"),
        ("水果", "苹果"),
        ("饮品", "茶"),
    ]
    mistyped = saved(tmp_path, "标题,分类,价格,库存\n橘,水菓>橘,1,1\n")
    assert do(import_rows, "products", mistyped) == 1, "later a top that nobody knows is a slip"


def test_a_file_says_nothing_else_of_whoever_is_here(
    at: datetime, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """It was passed over without a word."""
    assert do(import_rows, "members", saved(tmp_path, MEMBERS)) == 0
    for row, why in (
        ("13700000009,x\n137 0000 0009,y", "row 3: phone: it stands in row 2 already"),
        ("13700000001,二姐", "name: this phone is here already, as 大姐"),
        ("13700000001,,别的店", "shop_name: this member has a shop already, 大姐的小店"),
        ("13700000002,,二姐的小店,13700000002", "sponsor_phone: this owner has another sponsor"),
        ("13700000003,,,,13700000001", "owner_phone: another owner serves this member"),
    ):
        file = saved(tmp_path, f"phone,name,shop_name,sponsor_phone,owner_phone\n{row}\n")
        assert do(import_rows, "members", file) == 1
        assert why in capsys.readouterr().err


def test_goods_of_several_merchants_are_written_one_by_one(
    at: datetime, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """Read again they would all be one merchant's."""
    first, second = make_sku(at), make_sku(at)
    assert first.product.merchant != second.product.merchant
    file = tmp_path / "goods.csv"
    assert do(export_rows, "products", str(file)) == 2 and not file.exists()
    assert first.product.merchant.name in capsys.readouterr().err
    assert do(export_rows, "products", str(file), "--merchant", first.product.merchant.name) == 0
    assert len(rows_of(file)) == 1
    assert do(export_rows, "members", str(tmp_path / "no" / "x.csv")) == 2
    assert do(import_rows, "members", str(file), "--report", str(tmp_path / "no" / "x.csv")) == 2


ORDERS = """订单号,订单状态,下单时间,付款时间,商家,买家手机,店主手机,商品名称,规格,数量,小计,退款金额,运费,订单金额
E20240501001,交易成功,2024/5/1 9:30,2024-05-01 09:31:05,{merchant},{buyer},{owner},巨峰葡萄,2斤装,2,59.80,,8.00,"¥1,067.80"
E20240501001,交易成功,2024/5/1 9:30,2024-05-01 09:31:05,{merchant},{buyer},{owner},红富士苹果,,1,1000,10.00,8.00,"¥1,067.80"
20240502000000000001,待发货,2024年5月2日,,{merchant},{buyer},,=老母鸡,,1,,,,88
"""


def past_file(folder: Path, at: datetime, text: str = ORDERS) -> tuple[str, Member, Owner]:
    buyer, owner, merchant = make_member(at), make_owner(at), make_sku(at).product.merchant
    said = text.format(merchant=merchant.name, buyer=buyer.phone, owner=owner.member.phone)
    return saved(folder, said), buyer, owner


def test_past_orders_are_read_and_found_and_touch_no_money(
    at: datetime, tmp_path: Path, client: Client, capsys: pytest.CaptureFixture
) -> None:
    """Whole orders, their rows together; the same file again changes nothing; what is written is read again."""
    file, buyer, owner = past_file(tmp_path, at)
    assert (do(import_rows, "orders", file, "--dry-run"), PastOrder.objects.count()) == (0, 0)
    assert do(import_rows, "orders", file) == 0
    assert do(import_rows, "orders", file) == 0
    assert "orders: 0 written, 2 known, 0 rows refused" in capsys.readouterr().out
    newest, oldest = PastOrder.objects.all()
    assert (oldest.state, oldest.total_fen, oldest.freight_fen, oldest.seller_id) == (
        "completed",
        106_780,
        800,
        owner.pk,
    )
    assert oldest.placed_at.isoformat() == "2024-05-01T01:30:00+00:00", "the shop's time"
    assert [line["total_fen"] for line in oldest.lines] == [5980, 100_000]
    assert (newest.state, newest.paid_at, newest.lines[0]["total_fen"]) == ("paid", None, 8800)
    assert Order.objects.count() == 0 and total_fen([Code.gateway]) == 0
    assert do(export_rows, "orders", str(tmp_path / "out.csv")) == 0
    PastOrder.objects.all().delete()
    assert do(import_rows, "orders", str(tmp_path / "out.csv")) == 0
    assert [(one.number, one.lines) for one in PastOrder.objects.all()] == [
        (newest.number, newest.lines),
        (oldest.number, oldest.lines),
    ]
    client.force_login(buyer)
    assert "/orders/past" in client.get("/orders").text
    page = client.get("/orders/past").text
    assert "巨峰葡萄" in page and "=老母鸡" in page and "1,067.80" in page
    client.force_login(make_member(at))
    assert "/orders/past" not in client.get("/orders").text
    assert "巨峰葡萄" not in client.get("/orders/past").text
    staff = make_member(at)
    Staff.objects.create(merchant=oldest.merchant, member=staff)
    client.force_login(staff)
    assert "/merchant/orders/past" in client.get("/merchant/orders").text
    for words, found in (("苹果", 1), ("000001", 1), (buyer.phone[-4:], 2), ("没有", 0)):
        page = client.get("/merchant/orders/past", {"q": words}).text
        assert page.count('<td class="num">') == found, words


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("交易成功,2024/5/1 9:30,2024-05-01 09:31:05", "做完,2024/5/1 9:30,"), "state:"),
        (("2024年5月2日", "2099-01-01"), "row 4: placed_at: it is before the year 2000 or in the future"),
        (("2024年5月2日", "05/02/24"), "row 4: placed_at: «05/02/24» is not a moment"),
        (("红富士苹果,,1,1000", "红富士苹果,,1,39,90"), "row 3: it has more cells"),
        (("红富士苹果,,1,1000", "红富士苹果,,0,1000"), "row 3: quantity: at least 1"),
        (("红富士苹果,,1,1000", "红富士苹果,,1,"), "row 3: line_yuan: it is needed"),
        (("红富士苹果", "\u3164"), "row 3: title: 1 to 200"),
        (("1000,10.00", "1000,2000.00"), "row 3: line_refunded_yuan: more came back"),
        (("{buyer},,=老母鸡", "13911110000,,=老母鸡"), "row 4: buyer_phone: «13911110000» is not here"),
        (("{buyer},,=老母鸡", "{buyer},13911110000,=老母鸡"), "row 4: owner_phone: «13911110000» is not here"),
        (("{merchant},{buyer},,=", "没有的店,{buyer},,="), "row 4: merchant: «没有的店» is not here"),
        (("红富士苹果,,1,1000,10.00,8.00", "红富士苹果,,1,1000,10.00,9.00"), "row 3: freight_yuan: row 2 of the same order"),
        (("20240502000000000001,", ","), "row 4: order_no: 1 to 64"),
    ],
)  # fmt: skip
def test_a_bad_row_takes_its_order_along_and_no_other(
    at: datetime, tmp_path: Path, change: tuple[str, str], why: str, capsys: pytest.CaptureFixture
) -> None:
    file, *_ = past_file(tmp_path, at, ORDERS.replace(*change, 1))
    assert (do(import_rows, "orders", file), PastOrder.objects.count()) == (1, 0)
    said = capsys.readouterr()
    assert why in said.err and "nothing written" in said.out
    assert (do(import_rows, "orders", file, "--partial"), PastOrder.objects.count()) == (1, 1)


def test_a_past_order_that_says_something_else_is_refused(
    at: datetime, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file, *_ = past_file(tmp_path, at)
    assert do(import_rows, "orders", file) == 0
    other = saved(tmp_path, Path(file).read_text().replace("待发货", "已完成"), "other.csv")
    assert do(import_rows, "orders", other) == 1
    assert "row 4: order_no: this order was imported before" in capsys.readouterr().err
    made = saved(tmp_path, Path(file).read_text().replace(PastOrder.objects.all()[0].merchant.name, "新商家"), "made.csv")  # fmt: skip
    assert do(import_rows, "orders", made, "--create-merchant") == 0
    assert PastOrder.objects.filter(merchant__name="新商家").count() == 2
