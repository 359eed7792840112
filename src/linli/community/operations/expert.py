"""Experts are named by the leader; members ask them, and their answers are known as an expert's."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linli.channels.operations import Told, tell_members
from linli.community.models import Community, Expert, Line
from linli.community.operations.join import lock_community
from linli.community.queries.community import members_among
from linli.community.rules.expert import hours_fit
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.refusal import Refusal

MOST_EXPERTS = 12


def name_expert(
    *, community: Community, member_id: int, subject: str, weekdays: Sequence[int], from_minute: int, to_minute: int,
    actor: Actor, at: datetime,
) -> Expert:  # fmt: skip
    """A member of the community may be asked about a subject from now on; named anew, the new hours count.

    Raises Refusal: expert_hours, join_first, too_many_experts.
    """
    subject = " ".join(subject.split())
    if not hours_fit(subject, weekdays, from_minute, to_minute):
        raise Refusal("expert_hours")
    if not members_among({(community.pk, member_id)}):
        raise Refusal("join_first")
    with transaction.atomic():
        lock_community(community.pk)
        others = Expert.objects.filter(community=community, ended_at=None).exclude(member_id=member_id)
        if others.count() >= MOST_EXPERTS:
            raise Refusal("too_many_experts")
        values = {
            "subject": subject, "weekdays": sorted(set(weekdays)), "from_minute": from_minute, "to_minute": to_minute,
            "named_by_id": actor.member_id, "named_at": at,
        }  # fmt: skip
        made, is_new = Expert.objects.update_or_create(
            community=community, member_id=member_id, ended_at=None, defaults=values
        )
        if is_new:
            told = Told(
                member_id,
                "expert_named",
                str(made.pk),
                f"/c/{community.pk}",
                {"name": community.name, "subject": subject},
            )
            tell_members([told], at=at)
        record(
            actor=actor, action="expert_named", subject=f"community:{community.pk}", at=at, member=member_id
        )
    return made


def end_expert(*, expert: Expert, actor: Actor, at: datetime) -> None:
    """Nobody asks them any more; what they said stays. A second time changes nothing."""
    if Expert.objects.filter(pk=expert.pk, ended_at=None).update(ended_at=at):
        record(
            actor=actor,
            action="expert_ended",
            subject=f"community:{expert.community_id}",
            at=at,
            member=expert.member_id,
        )


def check_expert(member_id: int, community_id: int, *, line: str) -> None:
    """Whether a question may be for this expert (0: for everybody). Raises Refusal: no_such_expert."""
    if not member_id:
        return
    named = Expert.objects.filter(community_id=community_id, member_id=member_id, ended_at=None)
    if line != Line.question or not named.exists() or not members_among({(community_id, member_id)}):
        raise Refusal("no_such_expert")
