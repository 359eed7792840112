"""Batches of coupons: made and stopped by merchants and the operator."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from linli.campaigns.models import CouponBatch
from linli.campaigns.rules.coupon import BatchDraft, batch_faults
from linli.catalog.models import Category, Product
from linli.core import audit
from linli.core.actor import Actor
from linli.core.refusal import Invalid


class BadBatch(Invalid):
    """The draft cannot be a batch; `faults` maps each field to the code of a sentence."""

    code = "bad_batch"


def make_batch(*, draft: BatchDraft, actor: Actor, at: datetime) -> CouponBatch:
    """Make a batch; its coupons can be claimed at once. Raises BadBatch."""
    if found := batch_faults(draft) or _strange_goods(draft):
        raise BadBatch(found)
    batch = CouponBatch.objects.create(
        merchant_id=draft.merchant_id,
        name=draft.name.strip(),
        kind=draft.kind,
        face_fen=0 if draft.kind == "percent" else draft.face_fen,
        percent_bp=draft.percent_bp if draft.kind == "percent" else 0,
        cap_fen=0 if draft.kind == "fixed" else draft.cap_fen,
        step_fen=draft.step_fen if draft.kind == "growth" else 0,
        min_spend_fen=draft.min_spend_fen,
        scope={"kind": draft.scope_kind, "ids": list(draft.scope_ids)},
        platform_share_bp=draft.platform_share_bp,
        quantity=draft.quantity,
        per_member=draft.per_member,
        budget_fen=draft.budget_fen,
        valid_days=draft.valid_days,
        claim_code=draft.claim_code.upper(),
        is_public=draft.is_public and not draft.claim_code,
        starts_at=at,
        created_by_id=actor.member_id,
        created_at=at,
    )
    audit.record(
        actor=actor,
        action="make_coupon_batch",
        subject=f"coupon_batch:{batch.pk}",
        at=at,
        most_cost_fen=draft.most_cost_fen,
    )
    return batch


def _strange_goods(draft: BatchDraft) -> dict[str, str]:
    """A batch for goods or categories that are not there, or for another merchant's goods, would never take anything off."""
    if draft.scope_kind == "all":
        return {}
    known: QuerySet[Any] = Category.objects.all()
    if draft.scope_kind == "products":
        known = (
            Product.objects.filter(merchant=draft.merchant_id) if draft.merchant_id else Product.objects.all()
        )
    wanted = set(draft.scope_ids)
    return {} if known.filter(pk__in=wanted).count() == len(wanted) else {"scope": "strange_goods"}


def stop_batch(*, batch: CouponBatch, actor: Actor, at: datetime) -> None:
    """Nobody gets any more of it; coupons that members hold stay good. A second time changes nothing."""
    if CouponBatch.objects.filter(pk=batch.pk, stopped_at=None).update(stopped_at=at):
        audit.record(actor=actor, action="stop_coupon_batch", subject=f"coupon_batch:{batch.pk}", at=at)
