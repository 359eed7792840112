"""An address as people paste it from a chat: a name, a phone, a region and a street in any order, taken apart as far as it is certain.

What could be two things is left empty for the person to fill in; nothing is saved by reading.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from linli.core.typed import BadName, read_name, read_text
from linli.members.queries import is_place, region_codes, region_names

MOST_PASTED = 400
MOST_GAP = 1  # signs between a province and its city that belong to neither: 浙江 省 杭州
_LABELS = re.compile(
    r"(?:收货人|收件人|姓\s*名|联系人|手机号码|手机号|手机|联系电话|电话号码|电话|所在地区|所在地|地区|详细地址|收货地址|收件地址|地址|邮政编码|邮编)\s*[:：]?"
)
_PHONE = re.compile(
    r"(?<![0-9])(?:\+?86[- ]?)?(1[3-9][0-9](?:[- ]?[0-9]{4}){2})(?:\s*(?:转|[-–])\s*([0-9]{1,6}))?(?![0-9])"
    r"|(?<![0-9])(0[0-9]{2,3}[- ]?[0-9]{7,8})(?![0-9])"
    r"|(\+(?!86)[1-9][0-9]{0,2}[- ]?[0-9]{6,12})(?![0-9])"
)
_POST_CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
# A blank between two words of letters is part of a name.
_GAPS = re.compile(r"(?:(?<![A-Za-z]) +|[^\S ]+| +(?![A-Za-z])|[,，;；、|/]+)+")
_ENDS = (
    "特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "自治州", "自治县", "自治旗", "地区", "省", "市", "区", "县", "盟", "旗",
)  # fmt: skip
LEAST_SHORT = 2


@dataclass(frozen=True)
class Pasted:
    """What was understood; empty where nothing is certain. region: the code of a place."""

    name: str = ""
    phone: str = ""
    region: str = ""
    detail: str = ""


def read_pasted(text: str) -> Pasted:
    """Take a pasted address apart."""
    text = _LABELS.sub(" ", unicodedata.normalize("NFKC", text[:MOST_PASTED]))
    phone, text = _without_phone(text)
    pieces = [piece for piece in _GAPS.split(text) if piece]
    region, begin, end = _region("".join(pieces))
    names, street = _parted(pieces, begin, end)
    return Pasted(_name(names), phone, region, read_text(" ".join(street))[:120])


def _without_phone(text: str) -> tuple[str, str]:
    found = _PHONE.search(text)
    if found is None:
        return "", text
    number = re.sub(r"[- ]", "", found[1] or found[3] or found[4])
    if found[2]:
        number += f" 转 {found[2]}"
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    # A second number may be the one that is meant: the person says which.
    return "" if _PHONE.search(rest) else number, _POST_CODE.sub(" ", _PHONE.sub(" ", rest))


def _parted(pieces: list[str], begin: int, end: int) -> tuple[list[str], list[str]]:
    """The pieces that may be a name, and those of the street: what stands behind the region. Without a region the street is the longest
    piece and what is no name."""
    if end == 0:
        names = [piece for piece in pieces if _may_be_name(piece)]
        return names[:1], [piece for piece in pieces if piece not in names[:1]]
    names, street, place = [], [], 0
    for piece in pieces:
        start, place = place, place + len(piece)
        if place <= begin:
            names.append(piece)
        elif start >= end:
            street.append(piece)
        else:
            names += [piece[: max(begin - start, 0)]]
            street += [piece[max(end - start, 0) :]]
    behind = [piece for piece in street if piece]
    names = [piece for piece in names if piece]
    # 浙江省杭州市西湖区文三路 100 号 张三: the name stands last.
    if not names and len(behind) > 1 and _may_be_name(behind[-1]):
        names, behind = [behind[-1]], behind[:-1]
    return names, behind


def _may_be_name(piece: str) -> bool:
    return bool(re.fullmatch(r"[\u4e00-\u9fff·]{2,6}(?:先生|女士|小姐)?|[A-Za-z][A-Za-z .'-]{1,23}", piece)) and not re.search(
        r"[路街道村镇乡弄幢栋室号楼单元层座园苑区县市省]$", piece
    )  # fmt: skip


def _name(pieces: list[str]) -> str:
    try:
        return read_name(" ".join(pieces)) if pieces else ""
    except BadName:
        return ""


def _region(text: str) -> tuple[str, int, int]:
    """The one place that fits best, and where it begins and ends in the text; an empty one where none or several fit."""
    fits: dict[str, tuple[int, int, int]] = {}
    for code in _places():
        if found := _fit(text, region_names(code)):
            fits[code] = found
    if not fits:
        return "", 0, 0
    best = max(score for score, _, _ in fits.values())
    codes = [code for code, (score, _, _) in fits.items() if score == best]
    _, begin, end = fits[codes[0]]
    if any(name in text[:begin] for name in _tops()):
        return (
            "",
            0,
            0,
        )  # another province or city is named before it: 杭州市 has no 下城区 any more, and 城区 is elsewhere
    return (codes[0] if len(codes) == 1 else ""), begin, end


def _fit(text: str, names: tuple[str, ...]) -> tuple[int, int, int] | None:
    """How many signs of a region's names stand in the text one behind the other, and where. The last name is needed; a short one
    (杭州 for 杭州市) counts only behind another."""
    score, begin, end = 0, -1, 0
    for level, name in enumerate(names):
        is_last = level == len(names) - 1
        for alias in _aliases(name):
            place = text.find(alias, end)
            is_near = begin < 0 or place - end <= (MOST_GAP if alias == name else 0)
            if place >= 0 and is_near and not (is_last and alias != name and begin < 0):
                score, begin, end = score + len(alias), place if begin < 0 else begin, place + len(alias)
                break
        else:
            if is_last:
                return None
    return score, begin, end


@lru_cache(maxsize=4096)
def _aliases(name: str) -> tuple[str, ...]:
    shorter = {name.removesuffix(ending) for ending in _ENDS if name.endswith(ending)}
    return name, *sorted((one for one in shorter if len(one) >= LEAST_SHORT and one != name), key=len)[::-1]


@lru_cache(maxsize=1)
def _tops() -> tuple[str, ...]:
    """Whole names of provinces and cities."""
    return tuple(
        {name for code in region_codes() for name in region_names(code)[:2] if len(name) > LEAST_SHORT}
    )


@lru_cache(maxsize=1)
def _places() -> tuple[str, ...]:
    return tuple(code for code in region_codes() if is_place(code))
