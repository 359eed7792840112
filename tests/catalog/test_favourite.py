"""Favourites and footprints: each member's own, told of once when the member asked."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from factories.shop import make_member, make_sku
from linli.catalog.models import Favourite, Footprint, Offer, Product, ProductState, Sku, Stock
from linli.catalog.operations.favourite import (
    FOOTPRINT_DAYS,
    drop_favourite,
    forget_footprints,
    keep_favourite,
    note_footprint,
    tell_news,
)
from linli.catalog.queries.favourite import favourites_of, history_of, kept_among
from linli.channels.models import InboxMessage
from linli.core.refusal import Refusal
from linli.members.models import Member
from linli.members.operations.identity import issue_token
from web.reading import flat

pytestmark = [pytest.mark.capability("A10"), pytest.mark.django_db]


def keep(member: Member, product_id: int, at: datetime, *, news: bool = False) -> None:
    keep_favourite(member_id=member.pk, product_id=product_id, wants_news=news, at=at)


def cost(product_id: int, fen: int) -> None:
    Offer.objects.filter(sku__product_id=product_id).update(price_fen=fen)
    Product.objects.filter(pk=product_id).update(price_fen=fen)


def told(member: Member) -> list[tuple[str, int]]:
    return [
        (one.code, one.values["fen"]) for one in InboxMessage.objects.filter(member=member).order_by("id")
    ]


def test_what_is_kept_is_listed_by_the_newest_and_is_ones_own(at: datetime) -> None:
    member, other = make_member(at), make_member(at)
    products = [make_sku(at).product_id for _ in range(3)]
    for product_id in products:
        keep(member, product_id, at)
    keep(member, products[0], at), keep(other, products[1], at)
    assert [one.id for one in favourites_of(member.pk)[0]] == products[::-1]
    drop_favourite(member_id=member.pk, product_id=products[1])
    assert kept_among(member.pk, products) == {products[0], products[2]}
    assert kept_among(other.pk, products) == {products[1]}
    rows, following = favourites_of(member.pk, limit=1)
    assert [one.id for one in favourites_of(member.pk, before=following, limit=1)[0]] == [products[0]]
    assert [one.id for one in rows] == [products[2]]


def test_who_asked_hears_of_a_lower_price_once(at: datetime) -> None:
    product_id, eager, quiet = make_sku(at, price_fen=9900).product_id, make_member(at), make_member(at)
    keep(eager, product_id, at, news=True), keep(quiet, product_id, at)
    assert tell_news(at=at) == 0
    cost(product_id, 7900)
    assert (tell_news(at=at), tell_news(at=at)) == (1, 0)
    cost(product_id, 8900)
    assert tell_news(at=at) == 0, "dearer is no news"
    cost(product_id, 6900)
    assert tell_news(at=at + timedelta(hours=1)) == 0, "once a day at most"
    assert tell_news(at=at + timedelta(hours=25)) == 1
    assert told(eager) == [("price_dropped", 7900), ("price_dropped", 6900)] and told(quiet) == []
    for member in (eager, quiet):
        assert [one.cheaper_fen for one in favourites_of(member.pk)[0]] == [3000], "than when it was kept"


def test_news_begin_when_they_are_asked_for(at: datetime) -> None:
    """Heart first, bell later: what happened in between is no news, and what happens after is."""
    product_id, member = make_sku(at, price_fen=9900).product_id, make_member(at)
    keep(member, product_id, at)
    cost(product_id, 7900)
    keep(member, product_id, at, news=True)
    assert tell_news(at=at) == 0
    cost(product_id, 15_000)
    keep(member, product_id, at), keep(member, product_id, at, news=True)
    cost(product_id, 12_000)
    tell_news(at=at)
    assert told(member) == [("price_dropped", 12_000)]


def test_who_asked_hears_when_it_is_back_and_not_at_each_turn(at: datetime) -> None:
    sku, member = make_sku(at, stock=0), make_member(at)
    keep(member, sku.product_id, at, news=True)

    def have(units: int, moment: datetime) -> None:
        Stock.objects.filter(sku=sku).update(available_count=units)
        tell_news(at=moment)

    have(3, at)
    for hour in range(1, 6):
        have(0, at + timedelta(hours=hour))
        have(1, at + timedelta(hours=hour, minutes=30))
    assert told(member) == [("back_in_stock", sku.offer.price_fen)], (
        "an unpaid order that comes and goes is no news"
    )
    tell_news(at=at + timedelta(days=1))
    assert len(told(member)) == 2
    Product.objects.filter(pk=sku.product_id).update(state=ProductState.off_sale)
    tell_news(at=at + timedelta(days=2))
    Product.objects.filter(pk=sku.product_id).update(state=ProductState.on_sale)
    tell_news(at=at + timedelta(days=3))
    assert len(told(member)) == 3, "it was taken off sale and is back"


def test_a_variant_that_cannot_be_had_is_no_lower_price(at: datetime) -> None:
    sku, member = make_sku(at, price_fen=9900), make_member(at)
    keep(member, sku.product_id, at, news=True)
    other = Sku.objects.create(product=sku.product, title="小份", option_values=["小份"], position=2)
    Offer.objects.create(sku=other, price_fen=3000, commission_rate_bp=2000, is_active=True)
    stock = Stock.objects.create(sku=other, available_count=0)
    Product.objects.filter(pk=sku.product_id).update(price_fen=3000)
    assert tell_news(at=at) == 0
    Stock.objects.filter(pk=stock.pk).update(available_count=1)
    assert tell_news(at=at) == 1 and told(member) == [("price_dropped", 3000)]


def test_a_list_has_an_end_and_what_is_not_sold_is_not_kept(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.catalog.operations.favourite.MOST_FAVOURITES", 2)
    member, products = make_member(at), [make_sku(at).product_id for _ in range(3)]
    Product.objects.filter(pk=products[0]).update(state=ProductState.off_sale)
    with pytest.raises(Refusal, match="not_for_sale"):
        keep(member, products[0], at)
    keep(member, products[1], at), keep(member, products[2], at)
    keep(member, products[2], at, news=True)
    with pytest.raises(Refusal, match="favourites_full"):
        keep(member, make_sku(at).product_id, at)
    assert Favourite.objects.filter(member=member).count() == 2


def test_history_is_the_last_looks_and_ends(at: datetime) -> None:
    member, products = make_member(at), [make_sku(at).product_id for _ in range(3)]
    for n, product_id in enumerate(products):
        note_footprint(member_id=member.pk, product_id=product_id, at=at + timedelta(hours=n))
    note_footprint(member_id=member.pk, product_id=products[0], at=at + timedelta(hours=9))
    assert [one.id for one in history_of(member.pk)[0]] == [products[0], products[2], products[1]]
    _, following = history_of(member.pk, limit=2)
    assert [one.id for one in history_of(member.pk, before=following, limit=2)[0]] == [products[1]]
    assert forget_footprints(at=at + timedelta(days=FOOTPRINT_DAYS, hours=5)) == 2
    Product.objects.filter(pk=products[0]).update(state=ProductState.off_sale)
    assert history_of(member.pk)[0] == [], "what is not shown to anybody stands in no history"


def test_a_history_has_an_end(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.catalog.operations.favourite.MOST_FOOTPRINTS", 2)
    member, other = make_member(at), make_member(at)
    products = [make_sku(at).product_id for _ in range(4)]
    for n, product_id in enumerate(products):
        note_footprint(member_id=member.pk, product_id=product_id, at=at + timedelta(minutes=n))
    note_footprint(member_id=other.pk, product_id=products[0], at=at)
    assert [one.id for one in history_of(member.pk)[0]] == [products[3], products[2]]
    assert [one.id for one in history_of(other.pk)[0]] == [products[0]]


def test_what_is_not_sold_any_more_has_the_price_of_then(at: datetime) -> None:
    product_id, member = make_sku(at, price_fen=9900).product_id, make_member(at)
    keep(member, product_id, at)
    Product.objects.filter(pk=product_id).update(state=ProductState.off_sale, price_fen=100)
    [row] = favourites_of(member.pk)[0]
    assert (row.price_fen, row.is_on_sale, row.cheaper_fen) == (9900, False, 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_asks_as_often_for_one_as_for_three(
    at: datetime, rows: int, django_assert_num_queries: object
) -> None:
    member = make_member(at)
    for _ in range(rows):
        keep(member, make_sku(at).product_id, at)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(favourites_of(member.pk)[0]) == rows


def test_the_heart_keeps_and_lets_go_and_the_page_says_so(at: datetime) -> None:
    sku, member = make_sku(at), make_member(at)
    path, mine, guest = f"/p/{sku.product_id}", Client(), Client()
    mine.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    assert guest.post(f"{path}/favourite", {"keep": "yes"})["Location"].startswith("/signin")
    assert 'aria-pressed="false"' in mine.get(path).content.decode()
    mine.post(f"{path}/favourite", {"keep": "yes"})
    mine.get(path)
    assert 'aria-pressed="true"' in mine.get(path).content.decode(), "a kept page knows it"
    assert sku.product.title in flat(mine.get("/me/favourites"))
    mine.post(f"{path}/favourite", {"keep": "news", "next": "/me/favourites"})
    assert Favourite.objects.get(member=member).wants_news
    mine.post(f"{path}/favourite", {"keep": "no"})
    assert sku.product.title not in flat(mine.get("/me/favourites"))
    assert sku.product.title in flat(mine.get("/me/history"))
    mine.post("/me/history")
    assert sku.product.title not in flat(mine.get("/me/history")) and not Footprint.objects.exists()


def test_a_look_by_the_api_stands_in_the_history(at: datetime) -> None:
    sku, member = make_sku(at), make_member(at)
    headers = {"Authorization": f"Bearer {issue_token(member=member, at=at)}"}
    Client().get(f"/api/v1/products/{sku.product_id}", headers=headers)
    Client().get(f"/api/v1/products/{sku.product_id}")
    [seen] = Client().get("/api/v1/me/history", headers=headers).json()["items"]
    assert seen["product_id"] == str(sku.product_id) and Footprint.objects.count() == 1
