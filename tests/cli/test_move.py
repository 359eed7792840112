"""Moving in and out: members with their relations, balances as entries of the ledger, and what is written can be read again."""

import argparse
import csv
from datetime import datetime
from pathlib import Path

import pytest

from factories.shop import make_member, make_owner, make_sku, paid_order, request
from linli.campaigns.operations.points import Granted, grant_points
from linli.catalog.models import Category
from linli.cli.commands import export_rows, import_rows
from linli.distribution.models import Binding, Owner
from linli.distribution.queries.commission import income_of
from linli.ledger.queries import owed_fen, total_fen
from linli.ledger.types import Code
from linli.members.models import Member

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
