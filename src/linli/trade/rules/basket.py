"""What a basket may be, and how it falls into parcels: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from linli.campaigns.rules.gift import gift_fault
from linli.campaigns.rules.price import BasketFacts, LineFacts, Reason, price_basket, voucher_fault
from linli.campaigns.types import CampaignPrice, Lane, Voucher
from linli.catalog.queries.offer import SellableOffer
from linli.core.money import floor_bp
from linli.core.refusal import Refusal
from linli.distribution.rules.plan import Engine
from linli.fulfilment.rules import freight_fen
from linli.trade.types import Basket, Line, Quote, QuotedLine, QuotedParcel

MOST_LINES = 50
MOST_UNITS = 999


def fault(basket: Basket, offers: Mapping[int, SellableOffer], *, at: datetime) -> Refusal | None:
    """Why a basket cannot be bought, whatever the stock; None when it can."""
    if not basket.lines:
        return Refusal("empty")
    if basket.gift and (
        refusal := gift_fault(basket.gift, kinds=len(basket.lines), has_campaign=bool(basket.choice))
    ):
        return refusal
    if len(basket.lines) > MOST_LINES:
        return Refusal("too_many_lines", {"most": MOST_LINES})
    for line in basket.lines:
        if not 1 <= line.quantity <= MOST_UNITS:
            return Refusal("bad_quantity", {"sku_id": str(line.sku_id), "most": MOST_UNITS})
        if line.sku_id not in offers:
            return Refusal("not_for_sale", {"sku_id": str(line.sku_id)})
        opens_at = offers[line.sku_id].opens_at
        if opens_at and at < opens_at:
            return Refusal("not_started", {"starts_at": opens_at.isoformat()})
    return None


def merged(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines of the same sku become one. A line of nothing or less is left to be refused, not added up."""
    if any(line.quantity < 1 for line in lines):
        return tuple(lines)
    units: dict[int, int] = {}
    for line in lines:
        units[line.sku_id] = units.get(line.sku_id, 0) + line.quantity
    return tuple(Line(sku, quantity) for sku, quantity in units.items())


def shared(basket: Basket) -> Basket:
    """A gift with a line for each of its shares; any other basket as it is."""
    return replace(basket, lines=basket.lines * basket.gift.shares) if basket.gift else basket


def basket_facts(
    basket: Basket,
    offers: Mapping[int, SellableOffer],
    *,
    is_owner: bool,
    campaign: CampaignPrice | None,
    vouchers: Sequence[Voucher],
    points: int = 0,
) -> BasketFacts | Refusal:
    """What the price depends on. Refusal: not_the_campaigns_goods (a campaign's order is of its one sku)."""
    if campaign and [line.sku_id for line in basket.lines] != [campaign.sku_id]:
        return Refusal("not_the_campaigns_goods")
    return BasketFacts(
        lines=[_line_facts(line, offers[line.sku_id], campaign) for line in basket.lines],
        buyer_is_owner=is_owner,
        opens_group=bool(
            campaign and campaign.lane is Lane.group_buy and basket.choice and not basket.choice.group_id
        ),
        vouchers=vouchers,
        points_fen=points,
    )


def _line_facts(line: Line, offer: SellableOffer, campaign: CampaignPrice | None) -> LineFacts:
    rate_bp = offer.rate_bp if campaign is None or campaign.rate_bp is None else campaign.rate_bp
    return LineFacts(
        quantity=line.quantity,
        price_fen=offer.price_fen,
        rate_bp=rate_bp,
        product_id=offer.product_id,
        category_ids=frozenset(filter(None, (offer.category_id, offer.parent_category_id))),
        merchant_id=offer.merchant_id,
        campaign=campaign,
    )


def quote_basket(
    basket: Basket,
    offers: Mapping[int, SellableOffer],
    facts: BasketFacts,
    *,
    seller_id: int,
    plan: Engine,
    fee_bp: int,
) -> Quote | Refusal:
    """Price every line by the lanes, and gather the lines of each merchant into a parcel with its freight; each share of a gift
    is a parcel of its own.

    Refusals: those of the coupons (campaigns.rules.price.voucher_fault).
    """
    if facts.vouchers and (refusal := voucher_fault(facts, plan)):
        return refusal
    parcels: dict[int, list[QuotedLine]] = {}
    priced = zip(basket.lines, facts.lines, price_basket(facts, plan), strict=True)
    for n, (line, known, reasons) in enumerate(priced):
        offer = offers[line.sku_id]
        quoted = _quote_line(line, offer, known.rate_bp, reasons, fee_bp)
        parcels.setdefault(n if basket.gift else offer.merchant_id, []).append(quoted)
    return Quote(
        parcels=tuple(_parcel(lines, offers[lines[0].sku_id]) for lines in parcels.values()),
        is_self_purchase=facts.buyer_is_owner,
        seller_id=seller_id,
    )


def fee_fen(line: QuotedLine) -> int:
    """The service fee of a line in fen, frozen with the order and taken at completion."""
    return floor_bp(line.total_fen, line.fee_rate_bp)


def _quote_line(
    line: Line, offer: SellableOffer, rate_bp: int, reasons: Sequence[Reason], fee_bp: int
) -> QuotedLine:
    return QuotedLine(
        sku_id=offer.sku_id,
        product_id=offer.product_id,
        merchant_id=offer.merchant_id,
        title=offer.title,
        sku_title=offer.sku_title,
        image=offer.image,
        quantity=line.quantity,
        price_fen=offer.price_fen,
        total_fen=sum(reason.fen for reason in reasons),
        rate_bp=rate_bp,
        fee_rate_bp=fee_bp if offer.fee_rate_bp is None else offer.fee_rate_bp,
        available_count=offer.available_count,
        reasons=tuple((reason.code.value, reason.fen) for reason in reasons),
        subsidy_fen=sum(reason.platform_fen for reason in reasons),
    )


def _parcel(lines: Sequence[QuotedLine], offer: SellableOffer) -> QuotedParcel:
    goods = sum(line.total_fen for line in lines)
    return QuotedParcel(
        merchant_id=offer.merchant_id,
        merchant_name=offer.merchant_name,
        lines=tuple(lines),
        goods_fen=goods,
        freight_fen=freight_fen(goods, flat_fen=offer.freight_fen, free_from_fen=offer.free_freight_from_fen),
        free_freight_from_fen=offer.free_freight_from_fen,
        ships_within_hours=offer.ships_within_hours,
    )
