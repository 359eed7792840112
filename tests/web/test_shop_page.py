"""An owner's shop: who she is, what is counted of her, her picks with her words, the groups that run and what she wrote."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories.shop import make_member, make_owner, make_sku, paid_order, request
from linli.distribution.operations.owner import pick
from linli.insight.queries.shop import ShopFigures, shop_figures
from web.reading import flat

pytestmark = [pytest.mark.django_db, pytest.mark.capability("B2"), pytest.mark.usefixtures("holds")]


def test_figures_are_what_neighbours_bought(at: datetime) -> None:
    owner, sku = make_owner(at), make_sku(at)
    assert shop_figures(owner.pk) == ShopFigures(0, 0, True) and shop_figures(owner.pk).again_percent == 0
    often, once = make_member(at), make_member(at)
    for hours, buyer in enumerate((often, often, once, owner.member)):
        paid_order(at + timedelta(hours=hours), request(buyer, (sku, 1), share_code=owner.shop_code))
    paid_order(at, request(make_member(at), (sku, 1)))
    found = shop_figures(owner.pk)
    assert (found, found.again_percent) == (ShopFigures(2, 1, True), 50)


def test_figures_that_leave_sales_out_say_so(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, sku = make_owner(at), make_sku(at)
    monkeypatch.setattr("linli.insight.queries.shop.MOST_SALES", 2)
    for hours in range(3):
        paid_order(
            at + timedelta(hours=hours), request(make_member(at), (sku, 1), share_code=owner.shop_code)
        )
    assert shop_figures(owner.pk) == ShopFigures(2, 0, False)
    assert ">2+<" in flat(Client().get(f"/shop/{owner.shop_code}")).replace(" ", "")


def test_the_shop_shows_its_owner_and_her_words(at: datetime) -> None:
    owner = make_owner(at)
    picked, other = make_sku(at, title="她挑的桃"), make_sku(at, title="别的梨")
    pick(owner=owner, product=picked.product, words="我家吃了三年")
    shown = flat(Client().get(f"/shop/{owner.shop_code}"))
    assert owner.shop_name in shown and "她挑的桃" in shown and "我家吃了三年" in shown
    assert other.product.title not in shown and "回头再买" not in shown and "正在拼" not in shown


def test_a_shop_without_picks_shows_what_neighbours_like(at: datetime) -> None:
    owner, sku = make_owner(at), make_sku(at)
    assert sku.product.title in flat(Client().get(f"/shop/{owner.shop_code}"))


def test_statements_do_not_grow_with_picks(at: datetime) -> None:
    owner = make_owner(at)
    counts = []
    for number in range(4):
        pick(owner=owner, product=make_sku(at, title=f"果 {number}").product)
        with CaptureQueriesContext(connection) as read:
            assert Client().get(f"/shop/{owner.shop_code}").status_code == 200
        counts.append(len(read))
    assert counts[0] == counts[3]
