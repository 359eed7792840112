"""Quotes: what baskets cost now. The same steps, in the same order, place them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.catalog.queries.offer import SellableOffer, sellable_offers
from linli.core.settings import SERVICE_FEE_BP, TOUCH_DAYS, UNPAID_MINUTES, values_at
from linli.distribution.queries.attribution import attribute
from linli.distribution.queries.plan import plan_at
from linli.trade.rules.basket import fault, quote_basket
from linli.trade.types import Basket, Quote, Refused


@dataclass(frozen=True)
class Terms:
    """What was looked up once for a whole batch."""

    unpaid_minutes: int


def quotes(baskets: Sequence[Basket], *, at: datetime) -> tuple[list[Quote | Refused], Terms]:
    """A quote or a refusal for each basket, in a fixed number of statements."""
    fee_bp, touch_days, unpaid_minutes = values_at(SERVICE_FEE_BP, TOUCH_DAYS, UNPAID_MINUTES, at=at)
    plan = plan_at(at).engine
    offers: dict[int, SellableOffer] = sellable_offers(
        list({line.sku_id for b in baskets for line in b.lines}), at=at
    )
    attributions = attribute([(b.member_id, b.share_code) for b in baskets], touch_days=touch_days, at=at)
    answers: list[Quote | Refused] = []
    for basket, attribution in zip(baskets, attributions, strict=True):
        refused = fault(basket, offers)
        answers.append(
            refused
            or quote_basket(
                basket,
                offers,
                is_owner=attribution.is_owner,
                seller_id=attribution.seller_id,
                plan=plan,
                fee_bp=fee_bp,
            )
        )
    return answers, Terms(unpaid_minutes)


def quote(basket: Basket, *, at: datetime) -> Quote | Refused:
    """The quote of one basket: a list of one."""
    return quotes([basket], at=at)[0][0]
