"""Guests' pages are kept by what they show: never stale, never one reader's for another."""

import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories.campaign import make_batch_of
from factories.shop import make_member, make_merchant, make_owner, make_sku, received_order, request, staff_of
from linli.catalog.models import Category, Offer, Product, ProductState, Stock
from linli.catalog.queries.product import product_face
from linli.core.actor import GUEST, SYSTEM
from linli.distribution.models import Owner, ShopPick
from linli.members.models import ApiToken, Member
from linli.members.operations.identity import issue_token
from linli.trade.models import Order
from web.reading import flat

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w{64})"')


def page(path: str, **cookies: str) -> str:
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    return flat(client.get(path))


def test_a_kept_page_follows_price_stock_and_words_at_once(at: datetime) -> None:
    sku = make_sku(at)
    path = f"/p/{sku.product_id}"
    assert "199.00" in page(path) and "1,234.56" not in page(path)
    Offer.objects.filter(sku=sku).update(price_fen=123_456)
    assert "1,234.56" in page(path)
    Stock.objects.filter(sku=sku).update(available_count=7)
    assert "data-sku-left>7<" in page(path)
    Product.objects.filter(pk=sku.product_id).update(title="换了名字的蜂蜜")
    assert (
        "换了名字的蜂蜜" in page(path)
        and "换了名字的蜂蜜" in page("/search")
        and "换了名字的蜂蜜" in page("/")
    )
    Category.objects.create(name="新的分类")
    assert "新的分类" in page("/search")


def test_each_reader_has_a_form_token_of_their_own_that_works(at: datetime) -> None:
    path = f"/p/{make_sku(at).product_id}"
    tokens = {TOKEN.search(page(path)).group(1) for _ in range(3)}  # type: ignore[union-attr]
    assert len(tokens) == 3
    client = Client(enforce_csrf_checks=True)
    token = TOKEN.search(flat(client.get(path))).group(1)  # type: ignore[union-attr]
    assert client.post("/cart/add", {"csrfmiddlewaretoken": token}).status_code != 403


def test_language_look_and_the_shop_one_came_by_are_ones_own(at: datetime) -> None:
    make_sku(at)
    owner = make_owner(at)
    plain, english, dark = page("/"), page("/", language="en"), page("/", theme="dark")
    ours = page("/", via=owner.shop_code)
    assert 'lang="zh-Hans"' in plain and 'lang="en"' in english and 'data-theme="dark"' in dark
    assert owner.shop_name in ours and owner.shop_name not in plain and page("/") == plain


def test_an_owner_after_a_guest_sees_commission_and_a_guest_after_an_owner_does_not(at: datetime) -> None:
    sku = make_sku(at)
    client, path = Client(), f"/p/{sku.product_id}"
    page(path)
    client.force_login(
        Member.objects.get(pk=make_owner(at).pk), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert "data-earn" in flat(client.get(path))
    assert "data-earn" not in page(path) and "data-earn" not in page("/search") + page("/")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"), [("/p/{}", 4), ("/search", 4), ("/search?sort=new&most=900", 2), ("/", 4)]
)
def test_a_guests_page_costs_these_queries(at: datetime, path: str, queries: int, count: int) -> None:
    skus = [make_sku(at) for _ in range(count)]
    with CaptureQueriesContext(connection) as seen:
        page(path.format(skus[0].product_id))
    assert len(seen) == queries


def test_the_door_of_one_product_and_of_many_are_one(at: datetime) -> None:
    sku = make_sku(at)
    product, elsewhere = sku.product, make_merchant(at)
    for state in ProductState:
        Product.objects.filter(pk=product.pk).update(state=state)
        for actor in (GUEST, SYSTEM, staff_of(product.merchant), staff_of(elsewhere)):
            seen = Product.objects.visible_to(actor).filter(pk=product.pk).exists()
            try:
                assert product_face(product.pk, actor=actor).id == product.pk and seen, (state, actor)
            except Product.DoesNotExist:
                assert not seen, (state, actor)


def test_only_pages_of_nobody_may_be_kept_for_reading_offline(at: datetime) -> None:
    path = f"/p/{make_sku(at).product_id}"
    assert Client().get(path).headers["X-Keep-Offline"] == "1"
    client = Client()
    client.force_login(make_owner(at).member, backend="django.contrib.auth.backends.ModelBackend")
    for mine in (path, "/", "/search", "/owner/income", "/me"):
        assert "X-Keep-Offline" not in client.get(mine).headers


@pytest.mark.capability("B3")
def test_the_person_behind_the_reader_is_seen_wherever_they_buy(at: datetime) -> None:
    """By the link for a guest; for a member on every device, for as long as the sale would be the owner's (phone S4, S5)."""
    sku, owner = make_sku(at), make_owner(at)
    owner.member.name, owner.shop_intro = "小满", "都是自己吃过的"
    owner.member.save()
    owner.save()
    ShopPick.objects.create(owner=owner, product=sku.product, words="我家娃一天一盒")
    path, buyer = f"/p/{sku.product_id}", make_member(at)
    guest, mine = Client(), Client()
    mine.force_login(buyer, backend="django.contrib.auth.backends.ModelBackend")
    assert "小满" not in flat(guest.get(path)) and "小满" not in flat(mine.get("/me"))
    guest.get(f"/shop/{owner.shop_code}")
    shown = flat(guest.get(path))
    assert "小满" in shown and "我家娃一天一盒" in shown
    assert shown.index("小满") < shown.index("<h1>"), "the person before the title"
    received_order(at, request(buyer, (sku, 1), share_code=owner.shop_code))
    for place, words in (
        (path, "我家娃一天一盒"),
        ("/", "都是自己吃过的"),
        ("/me", owner.shop_name),
        (f"/checkout?sku={sku.pk}", owner.shop_name),
    ):
        assert words in flat(mine.get(place)), place
    hers = Client()
    hers.force_login(owner.member, backend="django.contrib.auth.backends.ModelBackend")
    assert "推荐给你" not in flat(hers.get(path)), "an owner buys on their own"
    Owner.objects.update(status="closed")
    assert "小满" not in flat(mine.get(path)), "a closed shop recommends nothing"


@pytest.mark.django_db
def test_a_guest_sees_what_it_costs_and_signs_in_to_order_it(at: datetime) -> None:
    """A wall stood before the price (phone S25)."""
    sku, guest = make_sku(at), Client(headers={"host": "127.0.0.1", "accept-language": "zh-CN"})
    make_batch_of(at, name="邻里见面礼")
    shown = flat(guest.get(f"/checkout?sku={sku.pk}&quantity=2"))
    assert "¥398" in shown and "登录后下单" in shown and "登录后可领" in shown and "20" in shown
    assert guest.get("/checkout")["Location"] == "/signin?next=/checkout", "the cart is a member's"
    asked = guest.post("/checkout", {"sku": sku.pk, "quantity": 2, "quoted_fen": 39_800})
    assert asked.status_code == 302 and asked["Location"].startswith("/signin") and not Order.objects.exists()
    assert "登录后可领" in flat(guest.get("/signin"))
    gift = flat(guest.get(f"/checkout?sku={sku.pk}&quantity=2&gift=yes&shares=2"))
    assert "gift%3Dyes%26shares%3D2" in gift, "the way back knows all that was chosen"
    for asked, back in ((f"{sku.pk}&quantity=101", f"/p/{sku.product_id}"), ("987654", "/")):
        assert guest.get(f"/checkout?sku={asked}")["Location"] == back, (
            "it cannot be had: no invitation to sign in"
        )


@pytest.mark.django_db
def test_a_member_sees_where_they_are_signed_in_and_ends_it(at: datetime) -> None:
    member, mine, other = make_member(at), Client(), make_member(at)
    mine.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    for one, label in ((member, "记账小程序"), (member, "旧手机"), (other, "别人的")):
        issue_token(member=one, at=at, label=label)
    shown = flat(mine.get("/me/settings"))
    assert "记账小程序" in shown and "旧手机" in shown and "别人的" not in shown
    theirs, old = ApiToken.objects.get(label="别人的"), ApiToken.objects.get(label="旧手机")
    mine.post("/me/sessions/end", {"session": theirs.session_id})
    mine.post("/me/sessions/end", {"session": old.session_id})
    assert set(ApiToken.objects.values_list("label", flat=True)) == {"记账小程序", "别人的"}
    assert mine.post("/me/sessions/end", {"session": "all"})["Location"] == "/signin"
    assert set(ApiToken.objects.values_list("label", flat=True)) == {"别人的"}
    assert mine.get("/me/settings").status_code == 302
