"""Tiers: who qualifies for which, decided with its evidence, effective next midnight (docs/plans.md)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from linli.core import audit, events
from linli.core.actor import Actor
from linli.core.clock import shop_midnight
from linli.core.refusal import NamedRefusal
from linli.core.work import work_off
from linli.distribution.events import CommunitySplit
from linli.distribution.models import Owner, OwnerStatus, PassedCourse, TierChange, TierReason
from linli.distribution.operations.tree import change_leadership
from linli.distribution.queries.plan import plan_at
from linli.distribution.queries.tier import candidates
from linli.distribution.rules.tier import earned_tier, windows_of

AT_ONCE = 200
_DUE = """
select id from distribution_tierchange where applied_at is null and effective_at <= %(at)s and id <> all(%(aside)s::bigint[])
 order by id limit %(most)s for update
"""


class OwnerClosed(NamedRefusal):
    """The shop is closed, and stays so."""

    code = "owner_closed"


class NoSuchTier(NamedRefusal):
    """The active plan has no such tier."""

    code = "no_such_tier"


def next_midnight(at: datetime) -> datetime:
    """The next midnight of the platform's day."""
    return shop_midnight(at) + timedelta(days=1)


def note_courses(passed: Sequence[tuple[int, str]], *, at: datetime) -> None:
    """Members (id, course) have passed courses of the school; safe to be told twice."""
    PassedCourse.objects.bulk_create(
        [PassedCourse(member_id=member_id, course=course, passed_at=at) for member_id, course in passed],
        ignore_conflicts=True,
    )


def decide_tiers(*, at: datetime) -> int:
    """Decide who rises and who falls, effective next midnight. An appointment by a person stands for the plan's window."""
    plan = plan_at(at).engine.plan
    if len(plan.tiers) < 2:
        return 0
    stands_since = at - timedelta(days=max(windows_of(plan), default=0))
    changes = []
    for one in candidates(plan, at=at):
        earned = earned_tier(plan, sales=one.sales, courses=one.courses)
        is_rise = plan.rank(earned) > plan.rank(one.tier)
        is_appointed = one.appointed_at is not None and one.appointed_at > stands_since
        if earned == one.tier or (is_appointed and not is_rise):
            continue
        changes.append(
            TierChange(
                owner_id=one.owner_id,
                from_tier=one.tier,
                to_tier=earned,
                evidence_fen=max(one.sales.values(), default=0),
                reason=TierReason.qualified if is_rise else TierReason.lapsed,
                decided_at=at,
                effective_at=next_midnight(at),
            )
        )
    TierChange.objects.bulk_create(changes, ignore_conflicts=True)
    return len(changes)


def appoint(*, owner: Owner, tier: str, actor: Actor, at: datetime) -> TierChange:
    """A person gives an owner a tier, effective at once. Raises NoSuchTier, OwnerClosed."""
    if owner.status == OwnerStatus.closed:
        raise OwnerClosed
    if tier not in {one.code for one in plan_at(at).engine.plan.tiers}:
        raise NoSuchTier
    with transaction.atomic():
        TierChange.objects.filter(owner=owner, applied_at=None).delete()
        change = TierChange.objects.create(
            owner=owner, from_tier=owner.tier, to_tier=tier, reason=TierReason.by_person,
            decided_by_id=actor.member_id, decided_at=at, effective_at=at,
        )  # fmt: skip
        _apply(change, at)
        audit.record(actor=actor, action="appoint", subject=f"owner:{owner.pk}", at=at, tier=tier)
    return change


def apply_tier_changes(*, at: datetime) -> int:
    """Apply the changes whose moment has come, each with its split in a transaction of its own. Returns how many."""
    return sum(
        work_off("distribution.apply_tier_changes", _DUE, partial(_apply_due, at=at), at=at, most=1)
        for _ in range(AT_ONCE)
    )


def _apply_due(change_ids: Sequence[int], *, at: datetime) -> None:
    codes = {tier.code for tier in plan_at(at).engine.plan.tiers}
    for change in TierChange.objects.select_related("owner").filter(pk__in=change_ids, applied_at=None):
        if change.to_tier in codes and change.owner.status != OwnerStatus.closed:
            _apply(change, at)
        else:
            change.delete()  # another plan without that tier, or nobody there any more


def _apply(change: TierChange, at: datetime) -> None:
    change.moved_count = change_leadership(change.owner_id, tier=change.to_tier)
    change.applied_at = at
    change.save(update_fields=["moved_count", "applied_at"])
    if change.moved_count:
        events.publish([CommunitySplit(owner_id=change.owner_id, moved_count=change.moved_count)])


def set_status(*, owner: Owner, status: OwnerStatus, reason: str, actor: Actor, at: datetime) -> int:
    """Suspend, reopen or close a shop, with a reason; closed is for ever. A closed leader leads nobody: the community falls to
    the next above; a suspended one still does, but is paid out nothing. Returns how many owners have another leader now.

    Raises OwnerClosed.
    """
    with transaction.atomic():
        if status == OwnerStatus.closed:
            TierChange.objects.filter(owner=owner, applied_at=None).delete()
        moved = change_leadership(owner.pk, status=status)
        if Owner.objects.get(pk=owner.pk).closed_at:
            raise OwnerClosed
        if status == OwnerStatus.closed:
            Owner.objects.filter(pk=owner.pk).update(closed_at=at)
        audit.record(actor=actor, action=f"owner_{status}", subject=f"owner:{owner.pk}", at=at, reason=reason)
    return moved
