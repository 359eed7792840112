"""The design system's leaves as template tags and filters."""

import re
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext

from linli.core import clock
from linli.core.labels import declared, label
from linli.core.live import key_of
from linli.core.money import yuan
from linli.core.refusal import sentence
from linli.members.queries import region_names
from linli.members.rules import masked_name, masked_phone
from linli.web.words import WEEKDAYS

register = template.Library()
PLACEHOLDER = "demo/i-bag.svg"
PICTURE = re.compile(r"demo/(?:goods/)?[a-z0-9-]{1,40}\.(?:webp|svg)|[0-9a-f]{24}\.webp")
_icons: dict[str, str] = {}
for _group in declared():
    register.filter(_group, partial(label, _group))


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite; decoration, so hidden from readers."""
    if "url" not in _icons:
        _icons["url"] = static("ui/icons.svg")
    return format_html(
        '<svg class="ic {}" aria-hidden="true"><use href="{}#{}"/></svg>', size, _icons["url"], name
    )


@register.simple_tag
def price(fen: int | None, size: str = "") -> SafeString:
    """An amount as a price: a small ¥, digits in the numeral font."""
    return format_html('<span class="price {}"><i>¥</i>{}</span>', size, yuan(fen or 0))


@register.filter
def money(fen: int | None) -> str:
    """¥12,345.60"""
    value = fen or 0
    return ("-" if value < 0 else "") + "¥" + yuan(abs(value))


@register.filter
def cn_num(value: int | None) -> str:
    """1.8万 in Chinese, 18K in English; small numbers as they are."""
    number = value or 0
    if number < 10_000:
        return f"{number:,}"
    if get_language() == "en":
        return f"{number / 1000:.0f}K" if number < 1_000_000 else f"{number / 1_000_000:.1f}M"
    return f"{number / 10_000:.1f}".rstrip("0").rstrip(".") + "万"


@register.filter
def yuan_short(fen: int | None) -> str:
    """¥10 for a whole amount, else ¥10.50: where a price is read at a glance."""
    words = money(fen)
    return words.removesuffix(".00")


@register.filter
def coupon_worth(one: Any) -> str:
    """What a coupon takes off, as its readers say it: ¥10, or 9 折 (10% off)."""
    kind, face_fen, percent_bp = (_of(one, name) for name in ("kind", "face_fen", "percent_bp"))
    if kind != "percent":
        return yuan_short(face_fen)
    left = f"{(10_000 - percent_bp) / 1000:g}"
    # Braces: 折 counts what is left, so the two languages name different values.
    return gettext("{off} off").format(off=percent(percent_bp), left=left)


@register.filter
def coupon_words(one: Any) -> str:
    """A coupon in few words: 满99减10, ¥3 无门槛, 满50打9折."""
    worth, least_fen = coupon_worth(one), _of(one, "min_spend_fen")
    if not least_fen:
        return gettext("%(worth)s, no minimum") % {"worth": worth}
    values = {"worth": worth.removeprefix("¥"), "least": yuan_short(least_fen).removeprefix("¥")}
    if _of(one, "kind") == "percent":
        return gettext("%(worth)s from ¥%(least)s") % values
    return gettext("¥%(worth)s off ¥%(least)s") % values


def _of(one: Any, name: str) -> Any:
    return one.get(name) if isinstance(one, dict) else getattr(one, name)


@register.filter
def percent(rate_bp: int) -> str:
    """2000 bp as 20%."""
    return f"{rate_bp / 100:.1f}".rstrip("0").rstrip(".") + "%"


@register.filter
def picture(path: str | None) -> str:
    """The address of a product picture, or of the placeholder."""
    if path and PICTURE.fullmatch(path):
        return static(path) if path.startswith("demo/") else f"/media/{path}"
    return static(PLACEHOLDER)


@register.filter
def absolute(path: str) -> str:
    """A path as others fetch it: what a card in a chat shows of a page."""
    return urljoin(settings.ENVIRONMENT.public_url + "/", path)


@register.filter
def face(path: str | None) -> str:
    """The address of a member's picture."""
    return picture(path or "demo/a1.webp")


@register.filter
def moment(at: datetime | None) -> str:
    """A moment as people in Shanghai read it."""
    return localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


@register.filter
def day(at: datetime | None) -> str:
    """A day as people in Shanghai read it."""
    return localtime(at).strftime("%m-%d %H:%M") if at else ""


@register.filter
def iso(at: datetime | None) -> str:
    """For scripts."""
    return at.isoformat() if at else ""


@register.filter
def region(code: str | None) -> str:
    """The names of a region's code."""
    return " ".join(region_names(code or ""))


@register.filter
def region_end(code: str | None) -> str:
    """The last name of a region's code: its district or city."""
    return (region_names(code or "") or ("",))[-1]


@register.filter
def say(code: str) -> str:
    """The sentence of a refusal."""
    return sentence(code)


@register.filter
def mask_name(name: str) -> str:
    """A name as strangers see it."""
    return masked_name(name)


@register.filter
def mask_phone(phone: str) -> str:
    """A phone as strangers see it."""
    return masked_phone(phone)


@register.filter
def person_role(role: str) -> str:
    """A demo person's role in words."""
    return {
        "operator": gettext("Operator"),
        "merchant": gettext("Merchant"),
        "agent": gettext("Regional agent"),
        "leader": gettext("Leader"),
        "owner": gettext("Owner"),
        "member": gettext("Member"),
    }.get(role, role)


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """A value of a mapping by a name that a template holds in a variable."""
    return mapping.get(key, "")


@register.filter
def svg(value: float) -> str:
    """A number for SVG, whatever the reader's language."""
    return f"{value:g}"


@register.filter
def plus(value: float, more: int) -> str:
    """A sum for SVG."""
    return f"{value + more:g}"


@register.filter
def minus(value: int, less: int) -> int:
    """A difference of amounts."""
    return value - less


@register.filter
def times(value: int, factor: int) -> int:
    """A product, for SVG."""
    return value * factor


@register.filter
def over(value: int, divisor: int) -> int:
    """A whole quotient, for SVG."""
    return value // divisor


@register.filter
def calendar_height(rows: int) -> int:
    """The height of a calendar with so many rows, its heading among them."""
    return 22 * rows + 6


@register.filter
def day_only(at: datetime | None) -> str:
    """A date in Shanghai."""
    return localtime(at).strftime("%Y-%m-%d") if at else ""


@register.filter
def live_key(topic_id: int, topic: str) -> str:
    """The key by which an open page watches what it shows."""
    return key_of(f"{topic}:{topic_id}")


@register.filter
def ago(at: datetime | None) -> str:
    """How long ago, as people say it; from a week on the day."""
    return since(at, clock.now()) if at else ""


def since(at: datetime, now: datetime) -> str:
    """How long a moment is before another, as people say it; from a week on the day."""
    minutes = int((now - at).total_seconds()) // 60
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", minutes // 60) % {"n": minutes // 60}
    if minutes < 7 * 24 * 60:
        return ngettext("%(n)s day ago", "%(n)s days ago", minutes // 1440) % {"n": minutes // 1440}
    return localtime(at).strftime("%Y-%m-%d")


@register.filter
def listed(value: Any) -> str:
    """A list as its parts, anything else as it is."""
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


@register.filter
def seconds(ms: int) -> str:
    """Milliseconds as seconds with a decimal."""
    return f"{ms // 1000}.{ms % 1000 // 100}"


@register.filter
def clock_time(seconds_long: int | None) -> str:
    """Seconds as 1:05."""
    return f"{(seconds_long or 0) // 60}:{(seconds_long or 0) % 60:02d}"


@register.filter
def hour(minute: int) -> str:
    """A minute of the day as 19:00."""
    return f"{minute // 60}:{minute % 60:02d}"


@register.filter
def weekday(number: str | int) -> str:
    """A day of the week, 1 for Monday."""
    return str(WEEKDAYS[int(number) - 1])


@register.filter
def weekdays(numbers: list[int]) -> str:
    """Days of the week; every day for none."""
    return "、".join(weekday(one) for one in numbers) if numbers else gettext("every day")


@register.filter
def digit(text: str) -> int:
    """A digit as the number it is."""
    return int(text)


@register.filter
def of(mapping: dict[Any, Any], key: Any) -> Any:
    """What a mapping has for a key that a template holds in a variable."""
    return mapping.get(key, "")


@register.filter
def names(text: str, known: list[str]) -> SafeString:
    """A text in which the names after an @ stand out, as far as they are known."""
    if not known:
        return format_html("{}", text)
    pattern = re.compile(
        "([@＠](?:" + "|".join(re.escape(one) for one in sorted(known, key=len, reverse=True)) + "))"
    )
    parts = pattern.split(text)
    return format_html_join(
        "",
        "{}",
        (
            ((format_html('<b class="named">{}</b>', part) if n % 2 else part),)
            for n, part in enumerate(parts)
        ),
    )
