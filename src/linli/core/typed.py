"""The one strict reader of each kind of value that people type, at every door: pages, files, commands, texts of the API.

A reader takes what people really write (full width, ¥, 元, thousands in groups of three, blanks and invisible characters that come
along when something is pasted) and refuses whatever could mean two things, with the place of an example. It never guesses.
"""

import unicodedata
from datetime import UTC, date, datetime, time

import regex
from django.utils.timezone import make_aware

from linli.core.refusal import Refusal

# Not seen and not meant: they come along with what is pasted. ZWNJ and ZWJ are letters of some scripts and are kept in texts.
_INVISIBLE = regex.compile(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]")
_INVISIBLE_IN_TEXT = regex.compile(
    r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_SEEN = regex.compile(r"[^\s\p{C}\p{Z}\p{M}\u115f\u1160\u3164\uffa0\u2800\ufe0e\ufe0f]")
_AMOUNT = regex.compile(
    r"(?:¥|RMB|CNY|人民币)?\s*(?P<whole>[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?P<part>[0-9]{1,2}))?\s*(?:元|块|圆|CNY|RMB)?",
    regex.IGNORECASE,
)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)
MOST_DIGITS, MOST_PERCENT_DIGITS = 9, 3
_WHOLE = regex.compile(r"[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+")
_PERCENT = regex.compile(r"(?P<whole>[0-9]+)(?:\.(?P<part>[0-9]{1,2}))?\s*%?")
_DAY = regex.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_HOUR = regex.compile(
    r"([0-9]{1,2})[:时]([0-9]{1,2})(?:[:分]([0-9]{1,2})(?:\.[0-9]{1,6})?秒?)?分?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_MOBILE = regex.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_LANDLINE = regex.compile(
    r"(?:(?:\+?86|0086)0?|0)(?P<area>10|2[0-9]|(?![48]00)[3-9][0-9]{2})(?P<number>[2-9][0-9]{6,7})"
)
_SERVICE = regex.compile(r"(?:\+?86|0086)?([48]00)([0-9]{3})([0-9]{4})")
# An extension is said, or stands behind a dash: 转801, ext. 801, -801.
_EXTENDED = regex.compile(
    r"(.+?)\s*(?:[(]?(?:转|轉|分机号?|分機|内线|ext\.?|x|#|,):?|[-–—(])\s*([0-9]{1,6})[)]?", regex.IGNORECASE
)
_ABROAD = regex.compile(r"(?:\+|00)((?!86)[1-9][0-9]{6,14})")


class BadValue(Refusal, ValueError):
    """The text is not a value of its kind."""

    code = "unreadable"

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.text = text

    def __str__(self) -> str:
        return self.text or self.code


class BadAmount(BadValue):
    """Not an amount of yuan with at most two decimals, like 1,299.00."""

    code = "bad_amount"


class BadNumber(BadValue):
    """Not a whole number, or not a percentage with at most two decimals."""

    code = "bad_number"


class HugeAmount(BadAmount):
    """An amount that nobody means: from a thousand million yuan."""

    code = "too_large"


class HugeNumber(BadNumber):
    """A number that nobody means: from a thousand million."""

    code = "too_large"


class BadPhone(BadValue):
    """Not a number that can be called."""

    code = "bad_phone"


class BadName(BadValue):
    """A name is 1 to 24 visible characters."""

    code = "bad_name"


class BadCursor(BadValue):
    """A cursor that was not ours: a list that cannot go on from there says so, it does not begin again."""

    code = "bad_parameter"

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.details = {"field": "cursor"}


def read_fen(text: str) -> int:
    """Yuan as people write them, in fen: 39.9, ¥1,299.00, 12元, RMB 12, １２．５. A comma that is no thousands' is refused: 39,90 is
    39.90 to some and 3,990 to others. Raises BadAmount, HugeAmount."""
    found = _AMOUNT.fullmatch(_plain(text))
    if not found:
        raise BadAmount(text[:40])
    return _bounded(found["whole"], HugeAmount) * 100 + int((found["part"] or "").ljust(2, "0"))


def read_whole(text: str) -> int:
    """A whole number of things: 1200, 1,200, １０. Raises BadNumber, HugeNumber."""
    plain = _plain(text)
    if not _WHOLE.fullmatch(plain):
        raise BadNumber(text[:40])
    return _bounded(plain, HugeNumber)


def read_signed(text: str) -> int:
    """A whole number that may be below nothing: -7, −7, 7. Raises BadNumber, HugeNumber."""
    plain = _plain(text).replace("−", "-")
    return -read_whole(plain[1:]) if plain.startswith("-") else read_whole(plain)


def read_rate_bp(text: str) -> int:
    """Percent with at most two decimals, in bp: 12.5, 12.5%, 12.5％. Raises BadNumber, HugeNumber."""
    found = _PERCENT.fullmatch(_plain(text))
    if not found:
        raise BadNumber(text[:40])
    return _bounded(found["whole"], HugeNumber, most=MOST_PERCENT_DIGITS) * 100 + int(
        (found["part"] or "").ljust(2, "0")
    )


def read_day(text: str) -> date:
    """A day of this century: 2026-11-28, 2026/11/28, 2026年11月28日. Raises BadValue."""
    found = _DAY.fullmatch(_plain(text))
    try:
        day = date(*map(int, found.groups())) if found else date.min
    except ValueError:
        day = date.min
    if not FIRST_DAY <= day < LAST_DAY:
        raise BadValue(text[:40])
    return day


def read_moment(text: str) -> datetime:
    """A moment, in UTC: 2026-11-28 10:20, 2026/11/28 10:20:30, 2026-11-28T10:20:30+08:00; a day is its midnight. What names no zone
    is the shop's time. Raises BadValue."""
    day, _, hour = _plain(text).replace("T", " ").partition(" ")
    found = _HOUR.fullmatch(hour.strip()) if hour.strip() else None
    if hour.strip() and not found:
        raise BadValue(text[:40])
    hours, minutes, seconds, zone = found.groups() if found else ("0", "0", "0", None)
    try:
        moment = datetime.combine(read_day(day), time(int(hours), int(minutes), int(seconds or 0)))
    except ValueError:
        raise BadValue(text[:40]) from None
    try:
        aware = datetime.fromisoformat(f"{moment.isoformat()}{zone}") if zone else make_aware(moment)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):  # an offset of more than a day, a moment before the year 1
        raise BadValue(text[:40]) from None


def read_mobile(text: str) -> str:
    """The 11 digits of a mobile number of mainland China, by which people sign in. Raises BadPhone."""
    found = _MOBILE.fullmatch(_dialled(text))
    if not found:
        raise BadPhone(text[:40])
    return found[1]


def read_phone(text: str) -> str:
    """A number that a courier can call, as it is written: a mobile (also one that a mall lends, 13800138000 转 1234), 0571-88888888 转
    801, 400-820-8820, +85212345678. Raises BadPhone."""
    if found := _EXTENDED.fullmatch(_plain(text)):
        number = _number_to_call(found[1])
        if number and not number.startswith("+"):  # numbers abroad have dashes of their own
            return f"{number} 转 {found[2]}"
    number = _number_to_call(text)
    if not number:
        raise BadPhone(text[:40])
    return number


def read_text(text: str) -> str:
    """A line of text: no control characters, no line breaks, one blank between words; empty when nothing of it is seen."""
    kept = " ".join(_INVISIBLE_IN_TEXT.sub(" ", text).split())
    return kept if _SEEN.search(kept) else ""


def read_code(text: str) -> str:
    """A code that people give to a variant or a shelf: one width, no invisible signs, one blank between its parts. Nothing is refused."""
    return read_text(unicodedata.normalize("NFKC", text))


def is_seen(text: str) -> bool:
    """Whether anything of a text is seen."""
    return bool(_SEEN.search(text))


def is_named(text: str, most: int) -> bool:
    """Whether a text can be a name or title: something of it is seen, and it has at most so many characters."""
    return len(text.strip()) <= most and is_seen(text)


def read_name(text: str) -> str:
    """A person's name. Scripts and emoji stay whole; a name of which nothing is seen is none. Raises BadName."""
    kept = unicodedata.normalize("NFC", " ".join(_INVISIBLE_IN_TEXT.sub("", text).split()))
    if not 1 <= len(kept) <= 24 or not _SEEN.search(kept):
        raise BadName(text[:40])
    return kept


def read_reason(text: str, most: int = 200) -> str:
    """Why somebody decided or asks: a line of which something is seen, as far as it is kept; empty when there is none."""
    kept = read_text(text)[:most]
    return kept if is_named(kept, most) else ""


def characters(text: str) -> list[str]:
    """What a reader sees as one character each: a flag, a family, a letter with its marks."""
    return regex.findall(r"\X", text)


def _bounded(digits: str, huge: type[BadValue], *, most: int = MOST_DIGITS) -> int:
    digits = digits.replace(",", "").lstrip("0")
    if len(digits) > most:
        raise huge(digits[:40])
    return int(digits or "0")


def _plain(text: str) -> str:
    """Full width made narrow. ² is no 2, and 12² is not 122: such a text becomes none that a reader takes."""
    if any(unicodedata.category(sign) == "No" for sign in text):
        return "?"
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()


def _number_to_call(text: str) -> str:
    """A number without an extension; empty when it is none."""
    plain = _dialled(text)
    if found := _MOBILE.fullmatch(plain):
        return found[1]
    if found := _SERVICE.fullmatch(plain):
        return "-".join(found.groups())
    if found := _LANDLINE.fullmatch(plain):
        return f"0{found['area']}-{found['number']}"
    found = _ABROAD.fullmatch(plain)
    return f"+{found[1]}" if found else ""


def _dialled(text: str) -> str:
    """A number without what people put between its digits."""
    return regex.sub(r"[\s\-–—.()·_]", "", _plain(text))
