"""Communities are founded, changed and closed; members get roles in them."""

from datetime import datetime

from django.db import transaction

from linli.catalog.models import Product
from linli.community.models import Community, Membership, MembershipRole, MembershipState
from linli.community.models.community import LEADING
from linli.community.operations.join import is_last_leader, lock_community
from linli.community.rules.community import CommunityDraft, faults_of
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.codes import new_code
from linli.core.refusal import Invalid, Refusal
from linli.members.models import Member
from linli.members.queries import region_names

_FIELDS = (
    "name", "type", "region", "intro", "rules", "announcement", "picture", "capacity", "daily_intake", "entry_kind", "entry_question",
    "entry_spend_fen", "entry_fee_fen",
)  # fmt: skip


class BadCommunity(Invalid):
    """A draft cannot be; faults name its fields."""

    code = "bad_community"


def found_community(*, draft: CommunityDraft, actor: Actor, at: datetime) -> Community:
    """A new community with its leader inside. Raises BadCommunity."""
    with transaction.atomic():
        product_id = _checked(draft)
        community = Community.objects.create(
            **{field: getattr(draft, field) for field in _FIELDS},
            tags=list(draft.tags),
            entry_product_id=product_id,
            invitation_code=new_code(8),
            created_at=at,
        )
        if draft.leader_id:
            appoint(community=community, member_id=draft.leader_id, role="leader", actor=actor, at=at)
        record(actor=actor, action="community_founded", subject=f"community:{community.pk}", at=at)
    community.refresh_from_db()
    return community


def change_community(*, community: Community, draft: CommunityDraft, actor: Actor, at: datetime) -> Community:
    """New rules of a community; its members stay. Raises BadCommunity (a capacity below its members, for one)."""
    with transaction.atomic():
        locked = lock_community(community.pk)
        product_id = _checked(draft)
        if draft.capacity < locked.member_count:
            raise BadCommunity({"capacity": "capacity_below_members"})
        for field in _FIELDS:
            setattr(locked, field, getattr(draft, field))
        locked.tags, locked.entry_product_id = list(draft.tags), product_id
        locked.save()
        record(actor=actor, action="community_changed", subject=f"community:{community.pk}", at=at)
    return locked


def _checked(draft: CommunityDraft) -> int | None:
    """The product of the entry, when it has one. Raises BadCommunity."""
    faults = faults_of(draft, is_region=bool(region_names(draft.region)))
    if draft.entry_product_id and not Product.objects.filter(pk=draft.entry_product_id).exists():
        faults["entry_spend"] = "not_for_sale"
    if draft.leader_id and not Member.objects.filter(pk=draft.leader_id, status="active").exists():
        faults["leader"] = "no_such_member"
    if faults:
        raise BadCommunity(faults)
    return draft.entry_product_id or None


def close_community(*, community: Community, actor: Actor, at: datetime) -> None:
    """Nobody finds it any more; what was said stays."""
    with transaction.atomic():
        Community.objects.filter(pk=community.pk, closed_at=None).update(closed_at=at)
        record(actor=actor, action="community_closed", subject=f"community:{community.pk}", at=at)


def appoint(*, community: Community, member_id: int, role: str, actor: Actor, at: datetime) -> None:
    """Give a member a role in a community: leader, operator (second level) or member again; who is not inside comes in.

    Raises Refusal: community_full, last_leader.
    """
    with transaction.atomic():
        locked = lock_community(community.pk)
        membership = Membership.objects.filter(community=locked, member_id=member_id).first()
        was_inside = membership is not None and membership.state in (
            MembershipState.active,
            MembershipState.resting,
        )
        if not was_inside and locked.member_count >= locked.capacity:
            raise Refusal("community_full")
        if membership and role != "leader" and is_last_leader(membership):
            raise Refusal("last_leader")
        Membership.objects.update_or_create(
            community=locked,
            member_id=member_id,
            defaults={
                "role": MembershipRole(role),
                "state": MembershipState.active,
                "seen_at": at,
                "ladder": 0,
            },
            create_defaults={
                "role": MembershipRole(role),
                "state": MembershipState.active,
                "asked_at": at,
                "seen_at": at,
            },
        )
        if not was_inside:
            locked.member_count += 1
            locked.save(update_fields=["member_count"])
        record(
            actor=actor, action="community_role", subject=f"community:{community.pk}", at=at, member=member_id, role=role
        )  # fmt: skip


def name_host(*, community: Community, membership: Membership, actor: Actor, at: datetime) -> None:
    """Who welcomes newcomers from now on, and is asked first by playbooks: somebody who leads there. Raises Refusal:
    not_leading."""
    if membership.role not in LEADING or membership.state != MembershipState.active:
        raise Refusal("not_leading")
    with transaction.atomic():
        Community.objects.filter(pk=community.pk).update(host_id=membership.member_id)
        record(
            actor=actor,
            action="host_named",
            subject=f"community:{community.pk}",
            at=at,
            member=membership.member_id,
        )
