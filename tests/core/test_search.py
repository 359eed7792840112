"""Goods are found by what people type: fragments, single signs, pinyin and initials, traditional signs, models with their units."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.shop import make_sku
from linli.catalog.queries.product import ProductList, find_products
from linli.core import sql
from linli.core.search import query, runs, vector
from linli.core.typed import BadCursor

pytestmark = [pytest.mark.django_db, pytest.mark.capability("A4")]

TITLES = (
    "阳山水蜜桃", "汽车大灯", "红富士苹果 5 斤", "3.5mm 耳机", "可乐 1.5L", "A-100 滤芯", "C++ 入门", "iPhone15 手机壳", "iPhone 16", "50%棉 T恤",
    "50 号机油", "39号螺丝", "3号电池", "黑猪肉", "Nestlé 咖啡", "雀巢 Nestlé 咖啡", "土鸡蛋 30 枚", "褚橙", "绿茶（明前）", "ＦＵＬＬ 宽", "女装 连衣裙",
)  # fmt: skip
FOUND = {
    "桃": {"阳山水蜜桃"},
    "灯": {"汽车大灯"},
    "果": {"红富士苹果 5 斤"},
    "大灯": {"汽车大灯"},
    "富士苹": {"红富士苹果 5 斤"},
    "水蜜桃": {"阳山水蜜桃"},
    "蜜桃": {"阳山水蜜桃"},
    "shuimitao": {"阳山水蜜桃"},
    "yangshan": {"阳山水蜜桃"},
    "smt": {"阳山水蜜桃"},
    "SMT": {"阳山水蜜桃"},
    "jidan": {"土鸡蛋 30 枚"},
    "雀巢咖啡": {"雀巢 Nestlé 咖啡"},
    "nestle咖啡": {"Nestlé 咖啡", "雀巢 Nestlé 咖啡"},
    "iphone手机壳": {"iPhone15 手机壳"},
    "nüzhuang": {"女装 连衣裙"},
    "nuzhuang": {"女装 连衣裙"},
    "lvcha": {"绿茶（明前）"},
    "nvzhuang": {"女装 连衣裙"},
    "豬肉": {"黑猪肉"},
    "蘋果": {"红富士苹果 5 斤"},
    "nestle": {"Nestlé 咖啡", "雀巢 Nestlé 咖啡"},
    "Nestlé": {"Nestlé 咖啡", "雀巢 Nestlé 咖啡"},
    "3.5mm": {"3.5mm 耳机"},
    "３．５ｍｍ": {"3.5mm 耳机"},
    "1.5L": {"可乐 1.5L"},
    "1.5l 可乐": {"可乐 1.5L"},
    "15L": set(),
    "A-100": {"A-100 滤芯"},
    "a100": {"A-100 滤芯"},
    "C++": {"C++ 入门"},
    "iphone": {"iPhone15 手机壳", "iPhone 16"},
    "iphone 15": {"iPhone15 手机壳"},
    "iphone16": {"iPhone 16"},
    "ipho": {"iPhone15 手机壳", "iPhone 16"},
    "50%": {"50%棉 T恤"},
    "3号": {"3号电池"},
    "39号": {"39号螺丝"},
    "褚橙": {"褚橙"},
    "full": {"ＦＵＬＬ 宽"},
    "明前": {"绿茶（明前）"},
    "苹果 红富士": {"红富士苹果 5 斤"},
    "桃 灯": set(),
    "鲍鱼": set(),
    "!?": set(),
}


def found(words: str) -> set[str]:
    return {row.title for row in find_products(ProductList(words=words, limit=50)).items}


def test_goods_are_found_by_what_people_type(at: datetime) -> None:
    for title in TITLES:
        make_sku(at, title=title)
    assert {words: found(words) for words in FOUND} == FOUND


@pytest.mark.parametrize("title", TITLES)
def test_every_part_of_a_title_finds_it(at: datetime, title: str) -> None:
    """Index and question are cut alike, wherever a fragment begins and ends."""
    make_sku(at, title=title)
    for run in runs(title):
        for first in range(len(run)):
            for last in range(first + 1, len(run) + 1):
                assert found("".join(run[first:last])) == {title}, run[first:last]


@given(text=st.text(max_size=40))
def test_no_text_breaks_index_or_question(text: str) -> None:
    sql.rows(
        "select %s::tsvector @@ %s::tsquery",
        (vector([("A", text.replace("\0", ""))]), query(text.replace("\0", ""))),
    )


@pytest.mark.parametrize("cursor", ["x", "!!", "MSwy=", "YSxi", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OSwx", "MTIz"])
def test_a_cursor_that_was_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        find_products(ProductList(cursor=cursor))
