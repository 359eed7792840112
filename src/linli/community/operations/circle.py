"""Circles: leaders open and close them, members join and leave them."""

from datetime import datetime

from django.db import IntegrityError, transaction

from linli.community.models import Circle, CircleMember, Community
from linli.community.operations.join import lock_community
from linli.community.queries.community import members_among
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.refusal import Refusal
from linli.core.typed import is_seen

MOST_CIRCLES = 20


def open_circle(*, community: Community, name: str, intro: str, actor: Actor, at: datetime) -> Circle:
    """A new circle, with who opened it inside. Raises Refusal: circle_name, circle_known, too_many_circles."""
    name, intro = " ".join(name.split()), " ".join(intro.split())
    if not is_seen(name) or len(name) > 12 or len(intro) > 60:
        raise Refusal("circle_name")
    try:
        with transaction.atomic():
            lock_community(community.pk)
            if Circle.objects.filter(community=community, closed_at=None).count() >= MOST_CIRCLES:
                raise Refusal("too_many_circles")
            made = Circle.objects.create(
                community=community, name=name, intro=intro, opened_by_id=actor.member_id, created_at=at
            )
            record(actor=actor, action="circle_opened", subject=f"community:{community.pk}", at=at, name=name)
            if members_among({(community.pk, actor.member_id)}):
                join_circle(circle=made, actor=actor, at=at)
    except IntegrityError:
        raise Refusal("circle_known") from None
    return made


def close_circle(*, circle: Circle, actor: Actor, at: datetime) -> None:
    """Nobody writes in it any more; what was said stays. A second time changes nothing."""
    if Circle.objects.filter(pk=circle.pk, closed_at=None).update(closed_at=at):
        record(
            actor=actor,
            action="circle_closed",
            subject=f"community:{circle.community_id}",
            at=at,
            name=circle.name,
        )


def join_circle(*, circle: Circle, actor: Actor, at: datetime) -> None:
    """A member of its community joins; twice is once. Raises Refusal: join_first, circle_over."""
    if circle.closed_at:
        raise Refusal("circle_over")
    if not members_among({(circle.community_id, actor.member_id)}):
        raise Refusal("join_first")
    CircleMember.objects.get_or_create(circle=circle, member_id=actor.member_id, defaults={"joined_at": at})


def leave_circle(*, circle: Circle, actor: Actor) -> None:
    """A member goes; twice is once."""
    CircleMember.objects.filter(circle=circle, member_id=actor.member_id).delete()


def check_circle(circle_id: int, community_id: int, *, actor: Actor) -> None:
    """Whether somebody may write in a circle (0: in none). Raises Refusal: circle_first, circle_over."""
    if not circle_id:
        return
    circle = Circle.objects.filter(pk=circle_id, community_id=community_id).first()
    if circle is None or circle.closed_at:
        raise Refusal("circle_over")
    if not CircleMember.objects.filter(circle=circle, member_id=actor.member_id).exists():
        raise Refusal("circle_first")
