"""The demo's goods are told apart by their pictures, and nothing of one page is said twice."""

import importlib.util
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from linli.cli.town.goods import CATEGORIES, KINDS
from linli.cli.town.questions import QUESTIONS

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "pictures.py"
TITLES = [goods.name + kind.stem for kind in KINDS for goods in kind.goods]


def test_every_product_has_pictures_of_its_own() -> None:
    pictures = [path for kind in KINDS for n in range(len(kind.goods)) for path in kind.pictures(n)]
    assert len(set(pictures)) == len(pictures) > 4 * len(TITLES) - 1
    assert [path for path in pictures if not finders.find(path)] == []


def test_no_two_main_pictures_are_alike() -> None:
    spec = importlib.util.spec_from_file_location("pictures", SCRIPT)
    assert spec and spec.loader
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    assert pictures.alike(pictures.TARGET) == []
    assert set(pictures.LOOKS) == {kind.code for kind in KINDS}


def test_no_two_goods_are_told_of_alike() -> None:
    goods = [one for kind in KINDS for one in kind.goods]
    for texts in (TITLES, [one.story for one in goods], [kind.about for kind in KINDS]):
        assert len(set(texts)) == len(texts)
    sold = {name for _, _, _, names in CATEGORIES for name in names}
    assert {kind.category for kind in KINDS} == sold


@pytest.mark.parametrize("word", sorted({word for _, word, _ in QUESTIONS}))
def test_every_question_is_about_goods_that_there_are(word: str) -> None:
    assert any(word in title for title in TITLES)
