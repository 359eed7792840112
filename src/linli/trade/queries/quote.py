"""Quotes: what baskets cost now. The same steps, in the same order, place them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linli.campaigns.queries.campaign import campaign_prices
from linli.campaigns.queries.coupon import usable_vouchers, vouchers
from linli.campaigns.queries.points import points_of
from linli.campaigns.rules.price import best_vouchers
from linli.campaigns.types import CampaignPrice, Voucher
from linli.catalog.queries.offer import SellableOffer, sellable_offers
from linli.core.refusal import Refusal
from linli.core.settings import values_at
from linli.distribution.queries.attribution import Attribution, attribute
from linli.distribution.queries.plan import plan_at
from linli.distribution.rules.plan import Engine
from linli.distribution.values import TOUCH_DAYS
from linli.merchants.values import SERVICE_FEE_BP
from linli.trade.rules.basket import basket_facts, fault, quote_basket, shared
from linli.trade.types import Basket, Quote
from linli.trade.values import UNPAID_MINUTES, UNPAID_UNITS


@dataclass(frozen=True)
class Terms:
    """What was looked up once for a whole batch."""

    unpaid_minutes: int
    unpaid_units: int


def quotes(baskets: Sequence[Basket], *, at: datetime) -> tuple[list[Quote | Refusal], Terms]:
    """A quote or a refusal for each basket, in a fixed number of statements."""
    fee_bp, touch_days, unpaid_minutes, unpaid_units = values_at(
        SERVICE_FEE_BP, TOUCH_DAYS, UNPAID_MINUTES, UNPAID_UNITS, at=at
    )
    plan = plan_at(at).engine
    offers: dict[int, SellableOffer] = sellable_offers(
        list({line.sku_id for b in baskets for line in b.lines}), at=at
    )
    attributions = attribute([(b.member_id, b.share_code) for b in baskets], touch_days=touch_days, at=at)
    campaigns = campaign_prices([(b.member_id, b.choice) for b in baskets], at=at)
    brought = vouchers([(b.member_id, b.coupon_ids) for b in baskets], at=at)
    points = points_of([b.member_id for b in baskets if b.uses_points], at=at)
    answers = [
        _quote(basket, offers, attribution, campaign, coupons, points, plan, fee_bp, at)
        for basket, attribution, campaign, coupons in zip(
            baskets, attributions, campaigns, brought, strict=True
        )
    ]
    return answers, Terms(unpaid_minutes, unpaid_units)


@dataclass(frozen=True)
class CouponOption:
    """A coupon that the buyer holds, and what less is paid for this basket with it alone, freight and all (0: nothing)."""

    voucher: Voucher
    cut_fen: int


def coupon_options(basket: Basket, *, at: datetime) -> tuple[list[CouponOption], tuple[int, ...]]:
    """The buyer's coupons for a basket, those that save most first; and the ids of those with which least is paid."""
    offers: dict[int, SellableOffer] = sellable_offers([line.sku_id for line in basket.lines], at=at)
    merchant_ids = {offer.merchant_id for offer in offers.values()}
    held = usable_vouchers(basket.member_id, merchant_ids, at=at) if basket.member_id else []
    if not held or fault(basket, offers, at=at):
        return [], ()
    basket = shared(basket)
    [touch_days] = values_at(TOUCH_DAYS, at=at)
    [attribution] = attribute([(basket.member_id, basket.share_code)], touch_days=touch_days, at=at)
    [campaign] = campaign_prices([(basket.member_id, basket.choice)], at=at)
    facts = basket_facts(
        basket,
        offers,
        is_owner=attribution.is_owner,
        campaign=None if isinstance(campaign, Refusal) else campaign,
        vouchers=(),
        points=points_of([basket.member_id], at=at).get(basket.member_id, 0) if basket.uses_points else 0,
    )
    if isinstance(facts, Refusal):
        return [], ()
    plan = plan_at(at).engine

    def paid_fen(chosen: tuple[Voucher, ...]) -> int:
        """The one price of a basket (rules.basket), with these coupons; without those that it refuses."""
        known = replace(facts, vouchers=chosen)
        quoted = quote_basket(basket, offers, known, seller_id=attribution.seller_id, plan=plan, fee_bp=0)
        return quoted.total_fen if isinstance(quoted, Quote) else paid_fen(())

    without = paid_fen(())
    options = [CouponOption(voucher, max(without - paid_fen((voucher,)), 0)) for voucher in held]
    best = best_vouchers(held, paid_fen)
    return sorted(options, key=lambda one: -one.cut_fen), tuple(voucher.coupon_id for voucher in best)


def _quote(
    basket: Basket,
    offers: dict[int, SellableOffer],
    attribution: Attribution,
    campaign: CampaignPrice | Refusal | None,
    coupons: tuple[Voucher, ...] | Refusal,
    points: dict[int, int],
    plan: Engine,
    fee_bp: int,
    at: datetime,
) -> Quote | Refusal:
    if refused := fault(basket, offers, at=at):
        return refused
    basket = shared(basket)
    if isinstance(campaign, Refusal):
        return campaign
    if isinstance(coupons, Refusal):
        return coupons
    facts = basket_facts(
        basket,
        offers,
        is_owner=attribution.is_owner,
        campaign=campaign,
        vouchers=coupons,
        points=points.get(basket.member_id, 0) if basket.uses_points else 0,
    )
    if isinstance(facts, Refusal):
        return facts
    return quote_basket(basket, offers, facts, seller_id=attribution.seller_id, plan=plan, fee_bp=fee_bp)


def quote(basket: Basket, *, at: datetime) -> Quote | Refusal:
    """The quote of one basket: a list of one."""
    return quotes([basket], at=at)[0][0]
