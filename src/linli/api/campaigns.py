"""Campaigns, groups, coupons and bargains over HTTP."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer, demand, optional_bearer, parameter
from linli.api.catalog import number
from linli.api.once import Router
from linli.api.schemas import AnyCampaignIn, CampaignIn, ClaimIn, CouponBatchIn, ScopeIn
from linli.campaigns.models import Bargain, Campaign, CampaignKind, Coupon, Group
from linli.campaigns.operations.bargain import begin_bargain, help_cut
from linli.campaigns.operations.campaign import make_campaign, remind_me, stop_campaign
from linli.campaigns.operations.coupon import claim_coupons, help_grow, take_gift
from linli.campaigns.operations.coupon_batch import make_batch
from linli.campaigns.operations.group import complete_group
from linli.campaigns.operations.points import check_in
from linli.campaigns.queries import coupon as coupon_queries
from linli.campaigns.queries.points import points_lines, points_of
from linli.campaigns.queries.shelf import (
    CampaignFace,
    GroupFace,
    campaign_face,
    coming_campaigns,
    group_face,
    groups_to_join,
    running_campaigns,
)
from linli.campaigns.rules.campaign import CampaignDraft
from linli.campaigns.rules.coupon import Asked, BatchDraft
from linli.catalog.models import Product, Sku
from linli.community.models import Community
from linli.core import clock
from linli.core.actor import Actor
from linli.core.batcher import Batcher
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.members.rules import masked_name

router = Router(tags=["campaigns"])
DEFAULT_DAYS = 30


def _claim(asked: Sequence[Asked]) -> list[int | Refusal]:
    return claim_coupons(asked, at=clock.now())


claiming: Batcher[Asked, int | Refusal] = Batcher(_claim)


@router.post("/campaigns")
def post_campaign(request: HttpRequest, body: AnyCampaignIn) -> HttpResponse:
    """(merchant, operator) A campaign of any kind for one sku."""
    return _made(request, body, body.kind)


@router.post("/group-buys")
def post_group_buy(request: HttpRequest, body: CampaignIn) -> HttpResponse:
    """(merchant, operator) A group buy for one sku."""
    return _made(request, body, CampaignKind.group_buy)


def _made(request: HttpRequest, body: CampaignIn, kind: str) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    demand(bool(actor.merchant_ids) or actor.is_operator)
    product = Product.objects.managed_by(actor).get(skus=number(body.sku_id))
    sku = Sku.objects.select_related("product", "offer").get(pk=number(body.sku_id), product=product)
    made = make_campaign(draft=_draft(body, kind, sku, at), sku=sku, actor=actor, at=at)
    return answer({"campaign_id": str(made.pk), "kind": made.kind, "state": made.state(at)}, 201)


def _draft(body: CampaignIn, kind: str, sku: Sku, at: datetime) -> CampaignDraft:
    starts_at = body.starts_at or at
    open_ones = Community.objects.filter(closed_at=None)
    community = open_ones.get(pk=number(body.community_id)) if body.community_id else None
    return CampaignDraft(
        kind=kind,
        sku_id=sku.pk,
        price_fen=body.price_fen,
        stock_count=body.stock,
        starts_at=starts_at,
        ends_at=body.ends_at or starts_at + timedelta(days=DEFAULT_DAYS),
        list_fen=sku.offer.price_fen,
        seats=body.seats,
        hours=body.hours,
        per_member=body.per_member,
        rate_bp=body.rate_bp,
        steps=tuple((seats, price_fen) for seats, price_fen in body.steps),
        leader_cut_fen=body.leader_cut_fen,
        newcomers_only=body.newcomers_only,
        budget_fen=body.budget_fen,
        community_id=community.pk if community else None,
        stacks_with=tuple(body.stacks_with),
    )


@router.get("/campaigns", auth=optional_bearer)
def get_campaigns(
    request: HttpRequest, kind: CampaignKind | Literal[""] = "", product_id: str = ""
) -> HttpResponse:
    """What runs now, and what is announced."""
    at = clock.now()
    product = parameter("product_id", product_id)
    return answer(
        {
            "running": [_campaign(one) for one in running_campaigns(kind=kind, product_id=product, at=at)],
            "coming": [_campaign(one) for one in coming_campaigns(product_id=product, at=at)],
        }
    )


@router.get("/group-buys/{campaign_id}", auth=optional_bearer)
def get_group_buy(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """A group buy (or any campaign), and the groups that one can join."""
    at = clock.now()
    face = campaign_face(number(campaign_id), actor=actor_of(request), at=at)
    return answer({**_campaign(face), "groups": [_group(one) for one in groups_to_join([face.id], at=at)]})


@router.post("/campaigns/{campaign_id}/stop")
def post_stop(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """(merchant, operator) Nobody buys by it any more; open groups go on to their end."""
    actor, at = actor_of(request), clock.now()
    campaign = Campaign.objects.managed_by(actor).get(pk=number(campaign_id))
    stop_campaign(campaign=campaign, actor=actor, at=at)
    campaign.refresh_from_db()
    return answer({"campaign_id": str(campaign.pk), "state": campaign.state(at)})


@router.post("/campaigns/{campaign_id}/reminders")
def post_reminder(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Tell me when it begins."""
    actor, at = actor_of(request), clock.now()
    campaign = Campaign.objects.visible_to(actor).get(pk=number(campaign_id))
    remind_me(campaign=campaign, member_id=actor.member_id, at=at)
    return answer({"campaign_id": str(campaign.pk), "starts_at": campaign.starts_at}, 201)


@router.get("/groups/{group_id}", auth=optional_bearer)
def get_group(request: HttpRequest, group_id: str) -> HttpResponse:
    """A group: its state, its seats, the people in it."""
    face = group_face(number(group_id), viewer_id=actor_of(request).member_id)
    if face is None:
        raise Group.DoesNotExist
    return answer(_group(face))


@router.post("/groups/{group_id}/completion")
def post_completion(request: HttpRequest, group_id: str) -> HttpResponse:
    """(merchant, operator) Complete a group that is short of people, and bear the difference."""
    actor = actor_of(request)
    group = Group.objects.get(pk=number(group_id), campaign__in=Campaign.objects.managed_by(actor))
    complete_group(group=group, actor=actor, at=clock.now())
    face = group_face(group.pk)
    return answer(_group(face) if face else {})


@router.post("/coupon-batches")
def post_batch(request: HttpRequest, body: CouponBatchIn) -> HttpResponse:
    """(merchant, operator) A batch of coupons; a merchant's are for its own goods and at its own cost."""
    actor, at = actor_of(request), clock.now()
    demand(bool(actor.merchant_ids) or actor.is_operator)
    made = make_batch(draft=_batch_draft(body, actor), actor=actor, at=at)
    return answer({"batch_id": str(made.pk)}, 201)


def _batch_draft(body: CouponBatchIn, actor: Actor) -> BatchDraft:
    merchant_id = None if actor.is_operator else min(actor.merchant_ids)
    default_share = 0 if merchant_id else 10_000
    scope = body.scope if isinstance(body.scope, ScopeIn) else ScopeIn()
    return BatchDraft(
        name=body.name,
        kind=body.kind,
        quantity=body.quantity,
        valid_days=body.valid_days,
        merchant_id=merchant_id,
        face_fen=body.face_fen,
        percent_bp=body.percent_bp,
        cap_fen=body.cap_fen,
        step_fen=body.step_fen,
        min_spend_fen=body.min_spend_fen,
        per_member=body.per_member,
        budget_fen=body.budget_fen,
        scope_kind=scope.kind,
        scope_ids=tuple(number(one) for one in scope.ids),
        platform_share_bp=default_share if body.platform_share_bp is None else body.platform_share_bp,
        claim_code=body.claim_code,
        is_public=body.is_public,
    )


@router.get("/coupon-batches", auth=optional_bearer)
def get_batches(request: HttpRequest) -> HttpResponse:
    """The coupons that one can claim now."""
    rows = coupon_queries.claimable_batches(member_id=actor_of(request).member_id, at=clock.now())
    return answer({"items": [_batch(row) for row in rows], "next": None})


def _batch(row: dict[str, Any]) -> dict[str, Any]:
    row["batch_id"], row["merchant_id"] = str(row.pop("id")), str(row["merchant_id"])
    return row


@router.post("/coupon-batches/{batch_id}/claims")
def post_claim(request: HttpRequest, batch_id: str, body: ClaimIn | None = None) -> HttpResponse:
    """Claim a coupon."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"claim:{actor.member_id}", limit=60, window_seconds=60, at=at)
    outcome = claiming.ask(Asked(number(batch_id), actor.member_id, body.claim_code if body else ""))
    if isinstance(outcome, Refusal):
        raise outcome
    return answer({"coupon_id": str(outcome)}, 201)


@router.get("/me/coupons")
def get_my_coupons(
    request: HttpRequest, state: Literal["unused", "used", "expired"] = "unused"
) -> HttpResponse:
    """My coupons: unused (what ends first at the head), used, or expired."""
    rows = coupon_queries.coupons_of(actor_of(request).member_id, state=state, at=clock.now())
    for row in rows:
        row["coupon_id"], row["batch_id"] = str(row.pop("id")), str(row["batch_id"])
        row["merchant_id"] = str(row["merchant_id"])
    return answer({"items": rows, "next": None})


@router.post("/coupons/{code}/helps")
def post_coupon_help(request: HttpRequest, code: str) -> HttpResponse:
    """Let a friend's growth coupon grow."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"help:{actor.member_id}", limit=60, window_seconds=60, at=at)
    coupon = help_grow(code=code[:12].upper(), helper_id=actor.member_id, at=at)
    return answer({"face_fen": coupon.face_fen, "cap_fen": coupon.batch.cap_fen}, 201)


@router.post("/coupons/{code}/taking")
def post_coupon_taking(request: HttpRequest, code: str) -> HttpResponse:
    """Take a coupon that a friend gives away by its code."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"gift:{actor.member_id}", limit=30, window_seconds=60, at=at)
    coupon: Coupon = take_gift(code=code[:12].upper(), member_id=actor.member_id, at=at)
    return answer({"coupon_id": str(coupon.pk)}, 201)


@router.post("/campaigns/{campaign_id}/bargains")
def post_bargain(request: HttpRequest, campaign_id: str) -> HttpResponse:
    """Begin my bargain of a campaign, or have the one that I have begun."""
    actor, at = actor_of(request), clock.now()
    campaign = Campaign.objects.visible_to(actor).get(pk=number(campaign_id))
    return answer(_bargain(begin_bargain(campaign=campaign, member_id=actor.member_id, at=at), at), 201)


@router.get("/bargains/{bargain_id}", auth=optional_bearer)
def get_bargain(request: HttpRequest, bargain_id: str) -> HttpResponse:
    """A bargain: the yuan left, who helped, and the seal of its cuts."""
    return answer(_bargain(Bargain.objects.get(pk=number(bargain_id)), clock.now()))


@router.post("/bargains/{bargain_id}/helps")
def post_bargain_help(request: HttpRequest, bargain_id: str) -> HttpResponse:
    """Take the next cut off a friend's price."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"help:{actor.member_id}", limit=60, window_seconds=60, at=at)
    bargain = Bargain.objects.get(pk=number(bargain_id))
    help_ = help_cut(bargain=bargain, helper_id=actor.member_id, at=at)
    return answer({"cut_fen": help_.cut_fen, **_bargain(Bargain.objects.get(pk=bargain.pk), at)}, 201)


def _bargain(bargain: Bargain, at: datetime) -> dict[str, Any]:
    is_over = bool(bargain.order_no) or bargain.expires_at <= at or bargain.helped_count == len(bargain.cuts)
    return {
        "bargain_id": str(bargain.pk),
        "campaign_id": str(bargain.campaign_id),
        "list_fen": bargain.list_fen,
        "floor_fen": bargain.floor_fen,
        "price_fen": bargain.list_fen - bargain.cut_fen,
        "left_fen": bargain.list_fen - bargain.cut_fen - bargain.floor_fen,
        "helped": bargain.helped_count,
        "helpers_left": len(bargain.cuts) - bargain.helped_count,
        "expires_at": bargain.expires_at,
        "seal": bargain.seal,
        "helpers": [
            {"name": masked_name(help_.helper.name), "cut_fen": help_.cut_fen}
            for help_ in bargain.helps.select_related("helper")
        ],
        # Shown once nothing depends on it any more: anybody can reckon the cuts and the seal again.
        **({"seed": bargain.seed, "cuts": bargain.cuts} if is_over else {}),
    }


def _campaign(face: CampaignFace) -> dict[str, Any]:
    return {
        "campaign_id": str(face.id),
        "kind": face.kind,
        "state": face.state,
        "sku_id": str(face.sku_id),
        "product_id": str(face.product_id),
        "title": face.title,
        "list_fen": face.list_fen,
        "price_fen": face.price_fen,
        "stock": face.stock_count,
        "left": face.available_count,
        "sold": face.sold_count,
        "per_member": face.per_member,
        "seats": face.seats,
        "hours": face.hours,
        "steps": [{"seats": seats, "price_fen": price_fen} for seats, price_fen in face.steps],
        "leader_cut_fen": face.leader_cut_fen,
        "newcomers_only": face.newcomers_only,
        "community_id": str(face.community_id) if face.community_id else None,
        "starts_at": face.starts_at,
        "ends_at": face.ends_at,
    }


def _group(face: GroupFace) -> dict[str, Any]:
    return {
        "group_id": str(face.id),
        "campaign_id": str(face.campaign_id),
        "state": face.state,
        "seats": face.seats,
        "taken": face.taken,
        "paid": face.paid,
        "price_fen": face.price_fen,
        "expires_at": face.expires_at,
        "completed_by_merchant": face.is_completed,
        "members": [
            {"name": masked_name(one.name), "is_initiator": one.is_initiator} for one in face.members
        ],
        **({"my_order_no": face.my_order_no} if face.my_order_no else {}),
    }


@router.get("/me/points")
def get_my_points(request: HttpRequest) -> HttpResponse:
    """My points (a fen each), and what gave or took them."""
    member_id, at = actor_of(request).member_id, clock.now()
    held = points_of([member_id], at=at)[member_id]
    return answer({"points": held, "lines": points_lines(member_id)})


@router.post("/me/check-ins")
def post_check_in(request: HttpRequest) -> HttpResponse:
    """Check in for today: points, more with every day without a gap. A second time today: 409."""
    member_id = actor_of(request).member_id
    return answer({"points": check_in(member_id=member_id, at=clock.now())}, 201)
