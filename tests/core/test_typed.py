"""What people type is read one way at every door: what they really write is taken, what could mean two things is refused."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core import typed
from linli.core.money import yuan
from linli.core.typed import BadValue, is_named
from linli.members.rules import masked_name

READERS: dict[str, Callable[[str], Any]] = {
    name: getattr(typed, f"read_{name}")
    for name in ("fen", "whole", "signed", "rate_bp", "day", "moment", "mobile", "phone", "name", "text")
}
TAKEN = {
    "fen": {
        "39.9": 3990, "39.90": 3990, "0": 0, "1,299.00": 129_900, "1,234,567": 123_456_700, "¥12.5": 1250, "￥12.5": 1250, "12元": 1200,
        "12.5 元": 1250, "RMB 12": 1200, "rmb12": 1200, "CNY 12": 1200, "１２．５": 1250, "１，２９９．００": 129_900, " 12 ": 1200,
        "\u200b12\ufeff": 1200, "人民币 5": 500,
    },
    "whole": {"0": 0, "1200": 1200, "1,200": 1200, "１０": 10, " 7 ": 7},
    "signed": {"-7": -7, "−7": -7, "７": 7, "0": 0},
    "rate_bp": {"20": 2000, "12.5": 1250, "12.5%": 1250, "12.5％": 1250, "0": 0, "2.55 %": 255},
    "day": {"2026-11-28": date(2026, 11, 28), "2026/1/2": date(2026, 1, 2), "2026年11月28日": date(2026, 11, 28), "２０２６－１１－２８": date(2026, 11, 28)},
    "mobile": dict.fromkeys(("13800138000", "138 0013 8000", "138-0013-8000", "+8613800138000", "(+86) 138.0013.8000", "008613800138000", "１３８００１３８０００", "\u202d13800138000\u202c"), "13800138000"),
    "phone": {
        "138 0013 8000": "13800138000", "0571-88888888": "0571-88888888", "057188888888": "0571-88888888", "010-62512345": "010-62512345",
        "(0571)8888 8888 转 801": "0571-88888888 转 801", "0571-88888888转801": "0571-88888888 转 801", "0571-88888888 ext. 12": "0571-88888888 转 12",
        "+86 571 88888888": "0571-88888888", "400-820-8820": "400-820-8820", "4008208820": "400-820-8820", "+852 1234 5678": "+85212345678",
        "00852-12345678": "+85212345678", "+86-400-820-8820": "400-820-8820", "4008208820转1": "400-820-8820 转 1", "13800000000转1234": "13800000000 转 1234",
        "138-0000-0000-1234": "13800000000 转 1234", "0571-88888888-801": "0571-88888888 转 801", "021 6888 8888 分机 12": "021-68888888 转 12",
        "0571–88888888": "0571-88888888", "0571-8888-8888": "0571-88888888", "0571-8888888-1": "0571-8888888 转 1", "13800138000(转1234)": "13800138000 转 1234", "13800138000 分机：12": "13800138000 转 12", "0571-88888888(801)": "0571-88888888 转 801", "+886 912 345 678": "+886912345678", "+1 (415) 555-2671": "+14155552671",
    },
    "name": {
        " 林 邻 ": "林 邻", "👨‍👩‍👧": "👨‍👩‍👧", "می‌خواهم": "می‌خواهم", "é": "é", "a\nb": "ab", "𠮷野家": "𠮷野家", "O'Neil": "O'Neil",
    },
    "text": {" a \n b\0\u202e ": "a b", "": ""},
}  # fmt: skip
REFUSED = {
    "fen": ["39,90", "10,50", "2,5", "1,29.00", "12,34,567", "1.299,00", "1.999", "-1", "", "abc", "1e3", "12 34", "$12", "12.", ".5", "0,500", "00,500.00", "¥", "1,2345", "٣", "12元5"],
    "whole": ["", "0,500", "-1", "1.5", "1,20", "1e3", "十", "0x10", "²"],
    "signed": ["", "--7", "7-", "1.5", "-", "abc"],
    "moment": ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-01T10:20+9999", "2026-11-01 25:00", ""],
    "rate_bp": ["2,5", "", "-1", "12.555", "1000", "12%%"],
    "day": ["2026-02-30", "28.11.2026", "", "2026-13-01", "0000-01-01", "26-11-28"],
    "mobile": ["12800138000", "1380013800", "138001380000", "0571-88888888", "+85212345678", "", "13800138000转1"],
    "phone": ["88888888", "1234", "", "abc", "0571", "+", "+8612345", "12800138000", "0571-1888888", "0571-88888888转"],
    "name": ["", "  ", "\u3164", "\u200b\u200d", "\u2800", "x" * 25, "\ufe0f", "\u0301"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in TAKEN.items() for text in texts])
def test_what_people_write_is_read(kind: str, text: str) -> None:
    assert READERS[kind](text) == TAKEN[kind][text]


@pytest.mark.parametrize(
    ("kind", "text"),
    [("fen", "1000000000"), ("fen", "9" * 5000), ("whole", "1,000,000,000"), ("whole", "１" * 10), ("rate_bp", "1000")],
)  # fmt: skip
def test_what_is_too_large_is_told_as_such(kind: str, text: str) -> None:
    with pytest.raises(BadValue) as refused:
        READERS[kind](text)
    assert refused.value.code == "too_large"
    assert READERS[kind]("0" * 20 + "7") in (7, 700)


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in REFUSED.items() for text in texts]
)
def test_what_could_mean_two_things_is_refused(kind: str, text: str) -> None:
    with pytest.raises(BadValue):
        READERS[kind](text)


@given(kind=st.sampled_from(sorted(READERS)), text=st.text(max_size=60))
def test_no_text_breaks_a_reader(kind: str, text: str) -> None:
    try:
        READERS[kind](text)
    except BadValue as error:
        assert len(str(error)) <= 40


@given(st.integers(0, 10**11 - 1))
def test_an_amount_that_we_write_is_the_amount_that_we_read(fen: int) -> None:
    assert typed.read_fen(yuan(fen)) == fen


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("桃", "桃*"),
        ("桃子", "桃*"),
        ("小满满", "小*满"),
        ("🇨🇳🇩🇪🇯🇵", "🇨🇳*🇯🇵"),
        ("👨‍👩‍👧", "👨‍👩‍👧*"),
        ("éàü", "é*ü"),
    ],
)
def test_a_mask_cuts_no_character_in_two(name: str, masked: str) -> None:
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("text", "named"), [("茶", True), (" a ", True), ("👍", True), ("", False), (" ", False), ("\u3164", False), ("\u2800\u200b", False), ("茶" * 5, False)]
)  # fmt: skip
def test_a_name_is_seen(text: str, named: bool) -> None:
    assert is_named(text, 4) is named
