"""Materials and the daily pack: made once a day, of goods that can be sold, with words that earn their place and links of the
owner's own."""

from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localtime
from hypothesis import given
from hypothesis import strategies as st

from factories.shop import make_member, make_owner, make_sku, paid_order, request
from linli.catalog.models import Product, Stock
from linli.catalog.operations.product import add_products
from linli.catalog.types import ProductDraft, SkuDraft
from linli.community.operations.material import write_checked_material
from linli.community.operations.words import add_words
from linli.core.actor import SYSTEM
from linli.core.clock import shop_day
from linli.core.refusal import Refusal
from linli.distribution.models import Binding, ClickHour, Material, ShareLink
from linli.distribution.operations.attribution import count_click
from linli.distribution.operations.material import retire_material, write_material
from linli.distribution.operations.owner import pick
from linli.distribution.operations.pack import mark_posted
from linli.distribution.queries.pack import best_hour_of
from linli.distribution.rules.pack import (
    PACK,
    TRIAL_CLICKS,
    Candidate,
    CopyFacts,
    best_hour,
    choose,
    choose_copy,
    weak_copies,
)
from linli.insight.queries.material import material_results
from linli.trade.operations.daily_pack import daily_pack, retire_weak_copies

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("B10")]


def words(product: Product, text: str, at: datetime, months: tuple[int, ...] = ()) -> Material:
    return write_material(product_id=product.pk, words=text, months=months, actor=SYSTEM, at=at)


candidates = st.lists(
    st.builds(
        Candidate, st.integers(1, 40), st.integers(1, 4), st.booleans(), st.booleans(), st.integers(0, 9), st.integers(0, 99)
    ),
    unique_by=lambda one: one.product_id,
)  # fmt: skip


@given(candidates)
def test_a_pack_is_the_best_and_varied(found: list[Candidate]) -> None:
    chosen = choose(found)
    assert len(chosen) == min(len(found), PACK) == len({one.product_id for one in chosen})
    if found:
        assert chosen[0].score == max(one.score for one in found)
    sizes = [sum(one.category_id == n for one in chosen) for n in range(1, 5)]
    others = [one for one in found if one not in chosen and sizes[one.category_id - 1] < 2]
    assert not others or max(sizes) <= 2, "nobody of another kind was left out for a third of one"
    assert choose(list(reversed(found))) == chosen, "whatever order they come in"


def test_words_on_trial_take_turns_then_the_best_come_back() -> None:
    fresh = [CopyFacts(n, TRIAL_CLICKS - 1, 0) for n in (1, 2, 3)]
    assert [choose_copy(fresh, turn=n) for n in range(4)] == [1, 2, 3, 1]
    known = [CopyFacts(1, 100, 1), CopyFacts(2, 100, 9), CopyFacts(3, 1000, 30)]
    assert {choose_copy(known, turn=n) for n in range(4)} == {2}
    assert choose_copy([*known, CopyFacts(4, 0, 0)], turn=7) == 4
    assert choose_copy([], turn=0) is None


@pytest.mark.parametrize(
    ("copies", "weak"),
    [
        ([CopyFacts(1, 100, 0)], []), ([CopyFacts(1, 100, 10), CopyFacts(2, 49, 0)], []), ([CopyFacts(1, 100, 10), CopyFacts(2, 100, 4)], [2]),
        ([CopyFacts(1, 100, 10), CopyFacts(2, 100, 5)], []), ([CopyFacts(1, 100, 0), CopyFacts(2, 100, 0)], []),
    ],
)  # fmt: skip
def test_which_words_are_weak(copies: list[CopyFacts], weak: list[int]) -> None:
    assert weak_copies(copies) == weak


def test_the_best_hour_is_the_own_then_everybodys_then_the_evening() -> None:
    assert best_hour({}, {}) == 20
    assert best_hour({8: 9}, {21: 10}) == 21
    assert best_hour({8: 9, 9: 1}, {21: 99}) == 8


def test_a_pack_is_made_once_and_only_of_what_can_be_sold(at: datetime) -> None:
    owner = make_owner(at)
    good = [make_sku(at, title=f"好货{n}") for n in range(3)]
    make_sku(at, title="没佣金", rate_bp=0)
    make_sku(at, title="快卖完", stock=19)
    off = make_sku(at, title="下架了")
    sizes = (SkuDraft(("小",), 990, 2000, 0), SkuDraft(("大",), 1990, 2000, 100))
    face = ProductDraft(off.product.merchant_id, off.product.category_id, "小份卖完", sizes)
    add_products([face], at=at)  # its words would name the price of what is gone
    Product.objects.filter(pk=off.product_id).update(state="off_sale")
    items = daily_pack(owner=owner, day=shop_day(at), at=at)
    assert {item.product_id for item in items} == {sku.product_id for sku in good}
    assert {item.share_link.purpose for item in items} == {"copy:0"}, "without words it is the product's own"
    make_sku(at, title="新来的")
    Stock.objects.filter(sku=good[0]).update(available_count=0)
    assert daily_pack(owner=owner, day=shop_day(at), at=at) == items, "the day's pack stays"
    tomorrow = at + timedelta(days=1)
    assert [item.product.title for item in daily_pack(owner=owner, day=shop_day(tomorrow), at=tomorrow)] == [
        "新来的"
    ]
    later = at + timedelta(days=5)
    assert len(daily_pack(owner=owner, day=shop_day(later), at=later)) == 3, (
        "goods come back after three days"
    )
    assert daily_pack(owner=owner, day=shop_day(later), at=at) == [], "no day to come"
    assert daily_pack(owner=owner, day=shop_day(at), at=later) == items


def test_why_something_is_in_it(at: datetime) -> None:
    owner, neighbour = make_owner(at), make_member(at)
    sold, season, shown, popular = (
        make_sku(at, title=title) for title in ("卖过", "当季", "店里的", "大家买")
    )
    other, _ = type(sold.product.category).objects.get_or_create(name="茶", parent=None)
    Product.objects.exclude(pk=shown.product_id).update(category=other)
    words(season.product, "正当季", at, (localtime(at).month,))
    words(popular.product, "不是这个月", at, (localtime(at).month % 12 + 1,))
    pick(owner=owner, product=shown.product)
    paid_order(at, request(neighbour, (sold, 1), share_code=owner.shop_code))
    Binding.objects.all().delete()
    got = {item.product.title: item.why for item in daily_pack(owner=owner, day=shop_day(at), at=at)}
    assert got == {"卖过": "sells", "当季": "season", "店里的": "fits", "大家买": "popular"}


def test_each_copy_is_measured_by_its_own_link(at: datetime) -> None:
    owner, sku = make_owner(at), make_sku(at)
    first, second = words(sku.product, "第一种", at), words(sku.product, "第二种", at)
    [item] = daily_pack(owner=owner, day=shop_day(at), at=at)
    mark_posted(item=item, at=at)
    mark_posted(item=item, at=at + timedelta(hours=1))
    assert item.material in (first, second) and item.share_link.purpose == f"copy:{item.material_id}"
    for _ in range(3):
        count_click(code=item.share_link.code, at=at)
    order = paid_order(at, request(make_member(at), (sku, 1), share_code=item.share_link.code))
    rows = {row.material.pk: row for row in material_results(sku.product_id)}
    row, none = rows[item.material_id or 0], rows[(second if item.material == first else first).pk]
    assert (row.given, row.posted, row.clicks, row.orders, row.kept_fen) == (1, 1, 3, 1, order.total_fen)
    assert row.owners_fen == 3980 and row.fee_fen == order.lines.get().fee_fen
    assert (none.given, none.clicks, none.orders, none.kept_fen) == (0, 0, 0, 0)
    assert ClickHour.objects.get(owner=owner).hour == localtime(at).hour and best_hour_of(owner.pk) == 20


def test_weak_words_retire_and_are_not_given_again(at: datetime) -> None:
    owner, sku = make_owner(at), make_sku(at)
    good, bad = words(sku.product, "好", at), words(sku.product, "差", at)
    for material, clicks in ((good, 60), (bad, 90)):
        ShareLink.objects.create(owner=owner, product=sku.product, purpose=f"copy:{material.pk}", code=f"C{material.pk}", click_count=clicks, created_at=at)  # fmt: skip
    for _ in range(6):
        paid_order(at, request(make_member(at), (sku, 1), share_code=f"C{good.pk}"))
    assert (retire_weak_copies(at=at), retire_weak_copies(at=at)) == (1, 0)
    bad.refresh_from_db()
    assert (bad.retired_why, bad.retired_at) == ("weak", at)
    [item] = daily_pack(owner=owner, day=shop_day(at), at=at)
    assert item.material == good
    retire_material(material=good, actor=SYSTEM, at=at)
    retire_material(material=good, actor=SYSTEM, at=at + timedelta(days=1))
    assert Material.objects.get(pk=good.pk).retired_at == at


@pytest.mark.parametrize(("text", "months", "code"), [(" ", (), "text_needed"), ("长" * 301, (), "too_long"), ("好", (13,), "out_of_range"), ("好", (0,), "out_of_range")])  # fmt: skip
def test_what_are_no_words(at: datetime, text: str, months: tuple[int, ...], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        words(make_sku(at).product, text, at, months)
    assert not Material.objects.exists()


def test_words_that_advertising_may_not_use_are_refused(at: datetime) -> None:
    add_words(texts=["包治百病"], actor=SYSTEM, at=at)
    with pytest.raises(Refusal, match="forbidden_words"):
        write_checked_material(
            product_id=make_sku(at).product_id, words="这茶 包 治 百病！", actor=SYSTEM, at=at
        )
    assert not Material.objects.exists()
