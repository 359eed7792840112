"""Coupons come to members: claimed, issued, owed by plans; grown by friends, given away, expired. Never more than there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from linli.campaigns.models import Coupon, CouponBatch, CouponKind, CouponState
from linli.campaigns.rules.coupon import Asked, BatchState, serve
from linli.channels.operations import Told, tell_members
from linli.core import sql
from linli.core.codes import new_code
from linli.core.refusal import Refusal
from linli.core.work import work_off
from linli.ledger.operations import post
from linli.ledger.types import PLATFORM, Code, Entry, Leg

_OVER = """
select id from campaigns_coupon where state = 'unused' and expires_at <= %(at)s and id <> all(%(aside)s::bigint[])
 order by expires_at limit %(most)s for no key update skip locked
"""
_ENDING = """
select id from campaigns_coupon where state = 'unused' and reminded_at is null and expires_at <= %(soon)s and expires_at > %(at)s
   and id <> all(%(aside)s::bigint[]) order by expires_at limit %(most)s for no key update skip locked
"""
REMIND_HOURS = 48
PLAN_COUPON_DAYS = 180

_INSERT = """
with coupon as (
  insert into campaigns_coupon (batch_id, member_id, claimant_id, number, face_fen, owed_fen, state, checkout_no, code, returned_count,
                                claimed_at, expires_at)
  select a.batch_id, a.member_id, a.member_id, a.number, a.face_fen, a.owed_fen, 'unused', '', a.code, 0, %(at)s, a.expires_at
    from unnest(%(batches)s::bigint[], %(members)s::bigint[], %(numbers)s::int[], %(faces)s::bigint[], %(owed)s::bigint[],
                %(codes)s::text[], %(expiries)s::timestamptz[]) with ordinality
         a(batch_id, member_id, number, face_fen, owed_fen, code, expires_at, n) order by a.n
  returning id, batch_id),
counted as (
  update campaigns_couponbatch b set issued_count = b.issued_count + c.coupons
    from (select batch_id, count(*) as coupons from coupon group by 1) c where b.id = c.batch_id)
select id from coupon order by id
"""


def claim_coupons(asked: Sequence[Asked], *, at: datetime) -> list[int | Refusal]:
    """Members claim coupons, first come first served: the id of each, or why not: no_such_batch, gone, already_claimed,
    claim_over, wrong_claim_code. The rows of batches are locked in the order of their ids."""
    with transaction.atomic():
        batches = _locked_batches(one.batch_id for one in asked)
        had = _had(asked)
        served = serve(asked, batches, had, at=at)
        given = [(one, number) for one, number in zip(asked, served, strict=True) if isinstance(number, int)]
        ids = iter(_give([(one.batch_id, one.member_id, number, 0) for one, number in given], batches, at))
        return [next(ids) if isinstance(outcome, int) else outcome for outcome in served]


def issue_coupons(*, batch: CouponBatch, member_ids: Iterable[int], at: datetime) -> int:
    """Give members a coupon each, as far as the batch and its limit per member reach; they are told. Returns how many."""
    wanted = [
        Asked(batch.pk, member_id, batch.claim_code, is_issued=True) for member_id in sorted(set(member_ids))
    ]
    outcomes = claim_coupons(wanted, at=at)
    told = [
        Told(one.member_id, "coupon_issued", f"coupon:{coupon_id}", "/coupons", {"name": batch.name})
        for one, coupon_id in zip(wanted, outcomes, strict=True)
        if isinstance(coupon_id, int)
    ]
    tell_members(told, at=at)
    return len(told)


@dataclass(frozen=True)
class PlanCoupon:
    """A coupon that a commission plan gives for a new owner. owed_fen: what the ledger owes for it (0 with a threshold)."""

    joiner_id: int
    member_id: int
    face_fen: int
    min_spend_fen: int
    owed_fen: int


def give_plan_coupons(due: Sequence[PlanCoupon], *, at: datetime) -> None:
    """Coupons that plans give, once for each new owner and receiver: its joiner is the coupon's number."""
    for face_fen, min_spend_fen in sorted({(one.face_fen, one.min_spend_fen) for one in due}):
        with transaction.atomic():
            batch = _plan_batch(face_fen, min_spend_fen, at)
            mine = [one for one in due if (one.face_fen, one.min_spend_fen) == (face_fen, min_spend_fen)]
            batches = _locked_batches([batch.pk])
            known = set(
                Coupon.objects.filter(batch=batch)
                .filter(number__in=[o.joiner_id for o in mine])
                .values_list("claimant_id", "number")
            )
            fresh = [one for one in mine if (one.member_id, one.joiner_id) not in known]
            _give([(batch.pk, one.member_id, one.joiner_id, one.owed_fen) for one in fresh], batches, at)


def _plan_batch(face_fen: int, min_spend_fen: int, at: datetime) -> CouponBatch:
    batch, _ = CouponBatch.objects.get_or_create(
        merchant=None,
        name="邀请券" if not min_spend_fen else "开店券",
        kind=CouponKind.fixed,
        face_fen=face_fen,
        min_spend_fen=min_spend_fen,
        is_public=False,
        created_by_id=0,
        defaults={
            "platform_share_bp": 10_000,
            "quantity": 10**12,
            "per_member": 0,
            "valid_days": PLAN_COUPON_DAYS,
            "scope": {"kind": "all"},
            "starts_at": at,
            "created_at": at,
        },
    )
    return batch


def _locked_batches(ids: Iterable[int]) -> dict[int, BatchState]:
    rows = sql.rows(
        """select id, kind, face_fen, quantity, issued_count, per_member, valid_days, claim_code, is_public, starts_at, ends_at,
                  stopped_at from campaigns_couponbatch where id = any(%s::bigint[]) order by id for no key update""",
        (sorted(set(ids)),),
    )
    return {row.id: BatchState(*row) for row in rows}


def _had(asked: Sequence[Asked]) -> dict[tuple[int, int], int]:
    rows = sql.rows(
        """select c.batch_id, c.claimant_id, max(c.number) as coupons
             from (select distinct * from unnest(%s::bigint[], %s::bigint[]) a(batch_id, claimant_id)) a
             join campaigns_coupon c using (batch_id, claimant_id) group by 1, 2""",
        ([one.batch_id for one in asked], [one.member_id for one in asked]),
    )
    return {(row.batch_id, row.claimant_id): row.coupons for row in rows}


def _give(
    given: Sequence[tuple[int, int, int, int]], batches: dict[int, BatchState], at: datetime
) -> list[int]:
    """Write coupons: (batch, member, number, owed fen) each."""
    if not given:
        return []
    rows = sql.rows(
        _INSERT,
        {
            "batches": [batch_id for batch_id, *_ in given],
            "members": [member_id for _, member_id, *_ in given],
            "numbers": [number for *_, number, _ in given],
            "faces": [batches[batch_id].face_fen for batch_id, *_ in given],
            "owed": [owed_fen for *_, owed_fen in given],
            "codes": [new_code(10) for _ in given],
            "expiries": [at + timedelta(days=batches[batch_id].valid_days) for batch_id, *_ in given],
            "at": at,
        },
    )
    return [row.id for row in rows]


def help_grow(*, code: str, helper_id: int, at: datetime) -> Coupon:
    """A friend lets a growth coupon grow by a step, once each, up to its cap and until it is used or its time is over.

    Raises Coupon.DoesNotExist, Refusal: not_growing, own_coupon, helped_before, coupon_grown.
    """
    with transaction.atomic():
        coupon = (
            Coupon.objects.select_for_update(of=("self",)).select_related("batch", "member").get(code=code)
        )
        if (
            coupon.batch.kind != CouponKind.growth
            or coupon.state != CouponState.unused
            or coupon.expires_at <= at
        ):
            raise Refusal("not_growing")
        if coupon.member_id == helper_id:
            raise Refusal("own_coupon")
        if coupon.helps.filter(helper_id=helper_id).exists():
            raise Refusal("helped_before")
        added = min(coupon.batch.step_fen, coupon.batch.cap_fen - coupon.face_fen)
        if added <= 0:
            raise Refusal("coupon_grown")
        coupon.helps.create(helper_id=helper_id, added_fen=added, helped_at=at)
        coupon.face_fen += added
        coupon.save(update_fields=["face_fen"])
        told = Told(
            coupon.member_id,
            "coupon_grew",
            f"coupon:{coupon.pk}:{coupon.face_fen}",
            "/coupons",
            {"fen": coupon.face_fen},
        )
        tell_members([told], at=at)
    return coupon


def take_gift(*, code: str, member_id: int, at: datetime) -> Coupon:
    """Somebody takes a coupon that its member gives away by its code; the code is spent. Raises Coupon.DoesNotExist,
    Refusal: not_giftable, own_coupon."""
    with transaction.atomic():
        coupon = Coupon.objects.select_for_update(of=("self",)).select_related("batch").get(code=code)
        if (
            not coupon.batch.is_giftable
            or coupon.state != CouponState.unused
            or coupon.expires_at <= at
            or coupon.owed_fen
        ):
            raise Refusal("not_giftable")
        if coupon.member_id == member_id:
            raise Refusal("own_coupon")
        giver_id, coupon.member_id, coupon.code = coupon.member_id, member_id, new_code(10)
        coupon.save(update_fields=["member_id", "code"])
        tell_members(
            [Told(giver_id, "coupon_taken", f"coupon:{code}", "/coupons", {"name": coupon.batch.name})], at=at
        )
    return coupon


def expire_coupons(*, at: datetime) -> int:
    """Unused coupons whose time is over; what the ledger owed for them is breakage. Returns how many."""
    return work_off("campaigns.expire_coupons", _OVER, partial(_expire, at=at), at=at)


def _expire(coupon_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        """update campaigns_coupon set state = 'expired' where id = any(%s::bigint[]) and state = 'unused'
           returning id, member_id, owed_fen""",
        (list(coupon_ids),),
    )
    post(
        [
            Entry(
                f"coupon_expired:{row.id}",
                "coupon_expired",
                f"coupon:{row.id}",
                (
                    Leg(Code.coupon_owed, row.member_id, row.owed_fen),
                    Leg(Code.breakage, PLATFORM, -row.owed_fen),
                ),
                at,
            )
            for row in rows
            if row.owed_fen
        ]
    )


def remind_of_coupons(*, at: datetime) -> int:
    """Members whose coupons end within two days are told, once. Returns how many coupons."""
    soon = at + timedelta(hours=REMIND_HOURS)
    return work_off(
        "campaigns.remind_of_coupons", _ENDING, partial(_remind, at=at), at=at, parameters={"soon": soon}
    )


def _remind(coupon_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        """update campaigns_coupon c set reminded_at = %s from campaigns_couponbatch b
            where b.id = c.batch_id and c.id = any(%s::bigint[]) returning c.id, c.member_id, b.name, c.expires_at""",
        (at, list(coupon_ids)),
    )
    tell_members(
        [
            Told(row.member_id, "coupon_ends", f"coupon:{row.id}", "/coupons", {"name": row.name})
            for row in rows
        ],
        at=at,
    )
