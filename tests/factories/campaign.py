"""Campaigns, groups and coupons for tests, made by the operations that people use."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from factories.shop import request
from linli.campaigns.models import Campaign, Coupon, CouponBatch
from linli.campaigns.operations.campaign import make_campaign
from linli.campaigns.operations.coupon import claim_coupons
from linli.campaigns.operations.coupon_batch import make_batch
from linli.campaigns.rules.campaign import CampaignDraft
from linli.campaigns.rules.coupon import Asked, BatchDraft
from linli.campaigns.types import Choice
from linli.catalog.models import Offer, Sku
from linli.core.actor import SYSTEM
from linli.members.models import Member
from linli.trade.types import PlaceRequest


def make_campaign_of(sku: Sku, at: datetime, *, kind: str = "group_buy", **values: Any) -> Campaign:
    """A group buy of three at ¥159 unless told otherwise, running now."""
    defaults: dict[str, Any] = {
        "price_fen": 15_900,
        "stock_count": 30,
        "starts_at": at,
        "ends_at": at + timedelta(days=3),
        "seats": 3,
        "hours": 24,
    }
    draft = CampaignDraft(
        kind=kind, sku_id=sku.pk, list_fen=Offer.objects.get(sku=sku).price_fen, **(defaults | values)
    )
    return make_campaign(draft=draft, sku=sku, actor=SYSTEM, at=at)


def group_request(
    member: Member, campaign: Campaign, *, group_id: int = 0, quantity: int = 1, **values: Any
) -> PlaceRequest:
    """An order that opens a group, or joins one."""
    asked = request(member, (campaign.sku, quantity), share_code=values.pop("share_code", ""))
    return _by(asked, choice=Choice(campaign.pk, group_id, **values))


def with_coupons(asked: PlaceRequest, *coupons: Coupon) -> PlaceRequest:
    """The same order with coupons."""
    return _by(asked, coupon_ids=tuple(coupon.pk for coupon in coupons))


def _by(asked: PlaceRequest, **values: Any) -> PlaceRequest:
    return replace(asked, basket=replace(asked.basket, **values))


def make_batch_of(at: datetime, **values: Any) -> CouponBatch:
    """A platform coupon of ¥20 without threshold, a hundred of them, unless told otherwise."""
    defaults: dict[str, Any] = {
        "name": "二十元券",
        "kind": "fixed",
        "face_fen": 2000,
        "quantity": 100,
        "valid_days": 7,
        "platform_share_bp": 10_000,
    }
    if values.get("merchant_id"):
        defaults["platform_share_bp"] = 0
    return make_batch(draft=BatchDraft(**(defaults | values)), actor=SYSTEM, at=at)


def claimed(batch: CouponBatch, member: Member, at: datetime) -> Coupon:
    [outcome] = claim_coupons([Asked(batch.pk, member.pk, batch.claim_code)], at=at)
    assert isinstance(outcome, int), outcome
    return Coupon.objects.get(pk=outcome)
