"""Groups of the outer ring are registered and counted by the people who lead them; newcomers are led to the one that has room."""

from datetime import datetime, timedelta

from django.db import transaction

from linli.channels.operations import Told, tell_members
from linli.community.models import OuterGroup, Ring
from linli.community.operations.ring import count_move
from linli.community.rules.ring import OuterGroupDraft, faults_of, qr_until
from linli.core import audit
from linli.core.actor import Actor
from linli.core.refusal import Invalid, Refusal
from linli.members.queries import region_names

MOST_WAITING = 5
REMIND_HOURS, AT_ONCE = 24, 500


class BadOuterGroup(Invalid):
    """The draft cannot be a group; `faults` maps each field to the code of a sentence."""

    code = "bad_outer_group"


def register_group(
    *, draft: OuterGroupDraft, leader_id: int, qr: str = "", actor: Actor, at: datetime
) -> OuterGroup:
    """Put a group on the register; one that the operator did not register waits for approval. qr: the name of a picture that was
    kept. Raises BadOuterGroup."""
    if found := faults_of(draft, is_region=bool(region_names(draft.region))):
        raise BadOuterGroup(found)
    waiting = OuterGroup.objects.filter(leader_id=leader_id, approved_at=None, closed_at=None)
    if not actor.is_operator and waiting.count() >= MOST_WAITING:
        raise BadOuterGroup({"name": "outer_waiting"})
    made = OuterGroup.objects.create(
        platform=draft.platform,
        name=draft.name.strip(),
        type=draft.type,
        region=draft.region,
        leader_id=leader_id,
        capacity=draft.capacity,
        member_count=draft.member_count,
        position=draft.position,
        join_url=draft.join_url,
        qr=qr,
        qr_until=qr_until(draft.platform, at=at) if qr else None,
        created_at=at,
        changed_at=at,
        approved_at=at if actor.is_operator else None,
    )
    audit.record(actor=actor, action="register_group", subject=f"outer_group:{made.pk}", at=at)
    return made


def count_group(*, group: OuterGroup, member_count: int, qr: str = "", actor: Actor, at: datetime) -> None:
    """The leader has counted, and may have a fresh picture of the join code. Full, it is shown to nobody and the next of its series
    opens. Raises Refusal: outer_count, outer_closed."""
    with transaction.atomic():
        group = OuterGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
        if group.closed_at:
            raise Refusal("outer_closed")
        if not 0 <= member_count <= group.capacity:
            raise Refusal("outer_count")
        group.member_count, group.changed_at = member_count, at
        if qr:
            group.qr, group.qr_until, group.qr_reminded_at = qr, qr_until(group.platform, at=at), None
        group.save(update_fields=["member_count", "changed_at", "qr", "qr_until", "qr_reminded_at"])
        audit.record(
            actor=actor, action="count_group", subject=f"outer_group:{group.pk}", at=at, members=member_count
        )


def remind_of_pictures(*, at: datetime) -> int:
    """Leaders hear, once, that the picture of a group's join code holds for another day only. Returns how many."""
    with transaction.atomic():
        ending = list(
            OuterGroup.objects.select_for_update(skip_locked=True).filter(
                closed_at=None,
                qr_reminded_at=None,
                qr_until__gt=at,
                qr_until__lte=at + timedelta(hours=REMIND_HOURS),
            )[:AT_ONCE]
        )
        OuterGroup.objects.filter(pk__in=[group.pk for group in ending]).update(qr_reminded_at=at)
        tell_members(
            [
                Told(group.leader_id, "outer_picture", f"{group.pk}:{group.qr_until:%Y%m%d%H}", f"/outer/{group.pk}", {"name": group.name})
                for group in ending
            ],
            at=at,
        )  # fmt: skip
    return len(ending)


def approve_group(*, group: OuterGroup, actor: Actor, at: datetime) -> None:
    """The operator has looked at a group: newcomers are led to it from now on. A second time changes nothing."""
    if OuterGroup.objects.filter(pk=group.pk, approved_at=None, closed_at=None).update(approved_at=at):
        audit.record(actor=actor, action="approve_group", subject=f"outer_group:{group.pk}", at=at)


def close_group(*, group: OuterGroup, actor: Actor, at: datetime) -> None:
    """Nobody is led there any more. A second time changes nothing."""
    if OuterGroup.objects.filter(pk=group.pk, closed_at=None).update(closed_at=at, changed_at=at):
        audit.record(actor=actor, action="close_group", subject=f"outer_group:{group.pk}", at=at)


def click_group(*, group: OuterGroup, visitor: str, at: datetime) -> None:
    """Somebody wants to join a group: counted as a move from the app out to it, once a day each."""
    count_move(
        Ring.inner, Ring.outer, region=group.region, reference=f"group:{group.pk}", visitor=visitor, at=at
    )
