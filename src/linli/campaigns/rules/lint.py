"""The rules of law that a campaign is held against before it begins: each dated, sourced, in two languages.

What cannot be written down here cannot happen: there is no seat without a person (models.Seat), no lottery among the
outcomes of a group, no price by portrait (rules.price), no reward for the act of sharing (only visits and purchases count).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from linli.campaigns.rules.campaign import CampaignDraft

TOO_GOOD_BP = 2_000


@dataclass(frozen=True)
class Finding:
    """A rule that a draft breaks, at one of its fields. severity: BLOCK | ERROR | WARN."""

    id: str
    severity: str
    path: str
    zh: str
    en: str
    source: str
    since: date


@dataclass(frozen=True)
class _Rule:
    finding: Finding
    breaks: Callable[[CampaignDraft], bool]


_RULES = (
    _Rule(
        Finding("CN-PRICE-01", "BLOCK", "price_fen", "划线价必须是活动前真实在卖的价格；活动价不能高于它。",
                "The struck-through price is the one it was really sold at before; a campaign cannot be dearer.",
                "禁止价格欺诈行为规定 / 明码标价和禁止价格欺诈规定 第十九条", date(2022, 7, 1)),
        lambda draft: draft.kind != "preview" and draft.price_fen >= draft.list_fen,
    ),
    _Rule(
        Finding("CN-PRICE-02", "BLOCK", "sku_id", "这个规格七天内卖过更低的日常价：划线价是刚抬高的，先过七天或调回原价再开活动。",
                "This variant was cheaper within the last seven days: its list price was just raised. Wait seven days, or lower it again.",
                "明码标价和禁止价格欺诈规定 第十六条、第十九条", date(2022, 7, 1)),
        lambda draft: draft.kind != "preview" and draft.lowest_list_fen is not None and draft.list_fen > draft.lowest_list_fen,
    ),
    _Rule(
        Finding("CN-PRICE-03", "WARN", "price_fen", "七天内刚以不高于此价的活动价卖过：宣传时不要写“历史最低”，划线价须注明是日常价。",
                "A campaign sold it for no more within the last seven days: do not call this price the lowest ever, and name the "
                "struck-through one an everyday price.",
                "明码标价和禁止价格欺诈规定 第十六条", date(2022, 7, 1)),
        lambda draft: draft.kind != "preview" and draft.lowest_deal_fen is not None and draft.lowest_deal_fen <= draft.price_fen,
    ),
    _Rule(
        Finding("CN-AUCL-02", "ERROR", "hours", "拼团、砍价必须写明人数、时限、数量和退款规则；时限超过三天的团很少能成，请缩短。",
                "A group buy or bargain says its people, time, number and refund; a group that has over three days seldom fills.",
                "规范促销行为暂行规定 第十三条", date(2020, 12, 1)),
        lambda draft: draft.kind in ("group_buy", "bargain") and draft.hours > 72,
    ),
    _Rule(
        Finding("CN-AUCL-03", "WARN", "seats", "人数很多的团容易成不了，且绝不可用虚拟成员补足；可由商家补足差额。",
                "A group of so many people may not fill, and may never be filled with invented ones; the merchant may complete it.",
                "反不正当竞争法 第八条（虚假交易）", date(2018, 1, 1)),
        lambda draft: draft.kind == "group_buy" and draft.seats > 20,
    ),
    _Rule(
        Finding("CN-PRED-01", "WARN", "starts_at", "预告要写明开卖时间，并按时开卖。",
                "An announcement says when the sale opens, and keeps to it.",
                "消费者权益保护法 第二十条", date(2014, 3, 15)),
        lambda draft: draft.kind == "preview" and (draft.starts_at - draft.ends_at).days < -90,
    ),
    _Rule(
        Finding("WX-SHARE-02", "WARN", "kind", "微信外链中不得诱导分享：砍价助力只能在自己的站点里进行。",
                "Links inside WeChat may not ask for help to cut a price; bargains run on the own site only.",
                "微信外部链接内容管理规范", date(2019, 10, 28)),
        lambda draft: draft.kind == "bargain",
    ),
    _Rule(
        Finding("PRICE-LOSS", "WARN", "price_fen", "最低成交价不到原价的两成，请确认这不是手误。",
                "The least price is below a fifth of the list price; make sure that it is no slip of the hand.",
                "Linli", date(2026, 1, 1)),
        lambda draft: draft.kind != "preview" and draft.least_price_fen * 10_000 < draft.list_fen * TOO_GOOD_BP,
    ),
)  # fmt: skip


def findings(draft: CampaignDraft) -> list[Finding]:
    """The rules that a draft breaks, the gravest first."""
    order = ("BLOCK", "ERROR", "WARN")
    found = [rule.finding for rule in _RULES if rule.breaks(draft)]
    return sorted(found, key=lambda finding: order.index(finding.severity))
