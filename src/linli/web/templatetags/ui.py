"""The design system's leaves as template tags and filters."""

import re
from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext

from linli.core import clock
from linli.core.live import key_of
from linli.core.money import yuan
from linli.members.queries import region_names
from linli.members.rules import masked_name, masked_phone
from linli.trade.sentences import reason_label, sentence
from linli.web.words import (
    ADVICE,
    AFTERSALE_STATES,
    AUDIENCES,
    CAMPAIGN_KINDS,
    CAMPAIGN_STATES,
    CANCEL_REASONS,
    COMMISSION_KINDS,
    COMMUNITY_TYPE_HINTS,
    COMMUNITY_TYPES,
    COUPON_KINDS,
    COUPON_STATES,
    COURSE_LEVELS,
    ENTRY_KINDS,
    INCOME_STATES,
    LEDGER_KINDS,
    LIGHTS,
    LINES,
    MILESTONES,
    ORDER_STATES,
    PLAN_STATES,
    POINT_KINDS,
    RISKS,
    ROLES,
    SANCTIONS,
    TIERS,
    WHYS,
    WITHDRAWAL_STATES,
)

register = template.Library()
PLACEHOLDER = "demo/i-bag.svg"
PICTURE = re.compile(r"demo/[a-z0-9-]{1,40}\.(?:webp|svg)|[0-9a-f]{24}\.webp")
_icons: dict[str, str] = {}


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
def reason(code: str) -> str:
    """The label of a price reason."""
    return reason_label(code)


@register.filter
def order_state(code: str) -> str:
    """An order's state in words."""
    return str(ORDER_STATES.get(code, code))


@register.filter
def aftersale_state(code: str) -> str:
    """An aftersale's state in words."""
    return str(AFTERSALE_STATES.get(code, code))


@register.filter
def income_state(code: str) -> str:
    """A commission line's state in words."""
    return str(INCOME_STATES.get(code, code))


@register.filter
def commission_kind(code: str) -> str:
    """A commission line's kind in words."""
    return str(COMMISSION_KINDS.get(code, code))


@register.filter
def why(code: str) -> str:
    """Why the plan pays a line."""
    return str(WHYS.get(code, code))


@register.filter
def cancel_reason(code: str) -> str:
    """Why an order closed."""
    return str(CANCEL_REASONS.get(code, code))


@register.filter
def tier(code: str) -> str:
    """A tier's name."""
    return str(TIERS.get(code, code))


@register.filter
def withdrawal_state(code: str) -> str:
    """A withdrawal's state in words."""
    return str(WITHDRAWAL_STATES.get(code, code))


@register.filter
def plan_state(code: str) -> str:
    """A plan's state in words."""
    return str(PLAN_STATES.get(code, code))


@register.filter
def risk(code: str) -> str:
    """Why an owner should be looked at."""
    return str(RISKS.get(code, code))


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
def ledger_kind(code: str) -> str:
    """What a ledger transaction is about, in words."""
    return str(LEDGER_KINDS.get(code, code))


@register.filter
def campaign_kind(code: str) -> str:
    """A campaign's kind in words."""
    return str(CAMPAIGN_KINDS.get(code, code))


@register.filter
def campaign_state(code: str) -> str:
    """A campaign's state in words."""
    return str(CAMPAIGN_STATES.get(code, code))


@register.filter
def coupon_state(code: str) -> str:
    """A coupon's state in words."""
    return str(COUPON_STATES.get(code, code))


@register.filter
def coupon_kind(code: str) -> str:
    """A kind of coupons in words."""
    return str(COUPON_KINDS.get(code, code))


@register.filter
def minus(value: int, less: int) -> int:
    """A difference of amounts."""
    return value - less


@register.filter
def audience(code: str) -> str:
    """A circle of members in words."""
    return str(AUDIENCES.get(code, code))


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
def point_kind(code: str) -> str:
    """What gave or took points, in words."""
    return str(POINT_KINDS.get(code, code))


@register.filter
def milestone(code: str) -> str:
    """What an honour is for."""
    return str(MILESTONES.get(code, code))


@register.filter
def community_type(code: str) -> str:
    """A type of communities in words."""
    return str(COMMUNITY_TYPES.get(code, code))


@register.filter
def community_hint(code: str) -> str:
    """What a type of communities is like."""
    return str(COMMUNITY_TYPE_HINTS.get(code, code))


@register.filter
def entry_kind(code: str) -> str:
    """A community's way in, in words."""
    return str(ENTRY_KINDS.get(code, code))


@register.filter
def post_line(code: str) -> str:
    """A post's line in words."""
    return str(LINES.get(code, code))


@register.filter
def community_role(code: str) -> str:
    """A role in a community in words."""
    return str(ROLES.get(code, code))


@register.filter
def sanction_kind(code: str) -> str:
    """A sanction in words."""
    return str(SANCTIONS.get(code, code))


@register.filter
def course_level(code: str) -> str:
    """A level of courses in words."""
    return str(COURSE_LEVELS.get(code, code))


@register.filter
def day_only(at: datetime | None) -> str:
    """A date in Shanghai."""
    return localtime(at).strftime("%Y-%m-%d") if at else ""


@register.filter
def light(code: str) -> str:
    """How a community is, in words."""
    return str(LIGHTS.get(code, code))


@register.filter
def advice(code: str) -> str:
    """The next thing to do for a community."""
    return str(ADVICE.get(code, code))


@register.filter
def live_key(topic_id: int, topic: str) -> str:
    """The key by which an open page watches what it shows."""
    return key_of(f"{topic}:{topic_id}")


@register.filter
def ago(at: datetime | None) -> str:
    """How long ago, as people say it; from a week on the day."""
    if at is None:
        return ""
    minutes = int((clock.now() - at).total_seconds()) // 60
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", minutes // 60) % {"n": minutes // 60}
    if minutes < 7 * 24 * 60:
        return ngettext("%(n)s day ago", "%(n)s days ago", minutes // 1440) % {"n": minutes // 1440}
    return localtime(at).strftime("%Y-%m-%d")
