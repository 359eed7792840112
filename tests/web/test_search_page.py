"""Finding goods on a phone: words with a slip, a price, a group; what the words that are being typed may become."""

import re
from datetime import datetime

import pytest
from django.test import Client

from factories.campaign import make_campaign_of
from factories.shop import make_merchant, make_sku
from linli.catalog.models import Offer, Product, Sku
from linli.catalog.operations.product import add_products
from linli.catalog.types import ProductDraft, SkuDraft
from linli.core.search import near_query
from web.reading import flat

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("A4")]


@pytest.fixture
def goods(at: datetime) -> dict[str, Sku]:
    merchant, category = make_merchant(at), make_sku(at).product.category_id
    named = (("山东美早车厘子", 9_990, 5), ("云南高原蓝莓", 6_900, 0), ("Apple Juice 苹果汁", 1_500, 9))
    drafts = [
        ProductDraft(
            merchant_id=merchant.pk,
            category_id=category,
            title=title,
            skus=(SkuDraft(option_values=("一份",), price_fen=fen, rate_bp=1000, stock_count=stock),),
        )
        for title, fen, stock in named
    ]
    add_products(drafts, at=at)
    Product.objects.update(state="on_sale")
    return {one.product.title[-2:]: one for one in Sku.objects.select_related("product") if one.product.merchant_id == merchant.pk}  # fmt: skip


def titles(path: str) -> list[str]:
    answer = Client().get(path)
    assert answer.status_code == 200, answer.content.decode()[:300]
    page = flat(answer)
    if 'class="empty"' in page:
        return []
    grid = page.partition('class="grid"')[2].partition("</main>")[0]
    return re.findall(r'<h3 class="two">([^<]+)</h3>', grid)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("车里子", "山东美早车厘子"),
        ("美早车厘", "山东美早车厘子"),
        ("美枣车厘子", "山东美早车厘子"),
        ("高原兰莓", "云南高原蓝莓"),
        ("云南高源蓝莓", "云南高原蓝莓"),
        ("appel", "Apple Juice 苹果汁"),
        ("applee", "Apple Juice 苹果汁"),
    ],
)
def test_one_wrong_sign_is_found_and_said(goods: dict[str, Sku], typed: str, title: str) -> None:
    assert title in titles(f"/search?q={typed}")
    is_exact = typed == "美早车厘"
    page = flat(Client(headers={"Accept-Language": "en"}).get(f"/search?q={typed}"))
    assert ("Showing close matches." in page) != is_exact


@pytest.mark.parametrize("typed", ["没有这种东西", "zzzzzz", "xq", "?!", "车"])
def test_what_is_nothing_like_it_is_not_found(goods: dict[str, Sku], typed: str) -> None:
    page = flat(Client(headers={"Accept-Language": "en"}).get("/search", {"q": typed}))
    assert "Showing close matches." not in page


def test_a_near_question_of_nothing_is_empty() -> None:
    assert [near_query(text) for text in ("", "桃", "桃子", "!?")] == ["", "", "", ""]


def test_prices_stock_and_groups_cut_the_list(at: datetime, goods: dict[str, Sku]) -> None:
    cherry, berry, juice = (goods[end].product.title for end in ("厘子", "蓝莓", "果汁"))
    fen = Offer.objects.get(sku=goods["厘子"]).price_fen
    make_campaign_of(goods["厘子"], at, price_fen=fen - 1000)
    mine = {cherry, berry, juice}
    cases = {
        "least=60&most=80": [berry],
        "least=100": [],
        "most=20": [juice],
        "most=70": [berry, juice],
        "deal=group": [cherry],
        "deal=group&most=50": [],
        "stock=yes&most=70": [juice],
        "sort=cheap": [juice, berry, cherry],
        "sort=dear": [cherry, berry, juice],
    }
    got = {query: [one for one in titles(f"/search?{query}") if one in mine] for query in cases}
    loose = {"most=70"}
    assert {q: sorted(v) if q in loose else v for q, v in got.items()} == {
        q: sorted(v) if q in loose else v for q, v in cases.items()
    }


@pytest.mark.parametrize(
    "query", ["least=x", "most=-1", "deal=all", "stock=no", "sort=up", "least=1&least=2"]
)
def test_a_condition_that_cannot_be_read_is_told(goods: dict[str, Sku], query: str) -> None:
    assert Client().get(f"/search?{query}").status_code == 400


def test_a_range_that_holds_nothing_is_said_without_quotes(goods: dict[str, Sku]) -> None:
    page = flat(Client(headers={"Accept-Language": "en"}).get("/search?least=100&most=10"))
    assert "Nothing matches all of these filters." in page and "“”" not in page


def test_conditions_go_on_to_the_next_page_and_order(goods: dict[str, Sku]) -> None:
    page = flat(Client().get("/search?q=高原&least=1&most=500&stock=yes&sort=new"))
    nav = page.partition('class="sortbar"')[2].partition("</nav>")[0]
    assert all("least=1&amp;most=500&amp;stock=yes" in link for link in re.findall(r'href="([^"]+)"', nav))


def test_typing_is_answered(at: datetime, goods: dict[str, Sku]) -> None:
    make_campaign_of(goods["厘子"], at, price_fen=5_000)
    english = Client(headers={"Accept-Language": "en"})
    for typed in ("车厘", "cheli", "mzclz"):
        shown = flat(english.get("/search/suggest", {"q": typed}))
        assert "山东美早车厘子" in shown and "Group" in shown and "Close matches" not in shown, typed
    assert "Close matches" in flat(english.get("/search/suggest", {"q": "车里子"}))
    for nothing in ("", "   ", "没有这种东西", "'\"<script>"):
        assert "<li" not in flat(english.get("/search/suggest", {"q": nothing})), nothing
    assert english.get("/search/suggest?q=%00").status_code == 400


def test_without_words_there_is_what_neighbours_buy(goods: dict[str, Sku]) -> None:
    english = Client(headers={"Accept-Language": "en"})
    assert "Popular with neighbours" in flat(english.get("/search"))
    assert "Popular with neighbours" not in flat(english.get("/search?q=车厘子"))
