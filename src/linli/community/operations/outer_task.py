"""Leaders are asked to post something into their groups; a person does it and says so, and its link is counted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from linli.catalog.models import Product
from linli.channels.operations import Told, tell_members
from linli.community.models import OuterGroup, OuterTask, Ring
from linli.community.operations.ring import count_move
from linli.core.actor import Actor
from linli.core.codes import new_code
from linli.core.refusal import Refusal
from linli.core.typed import is_seen
from linli.distribution.models import Owner
from linli.distribution.operations.owner import share

MOST_WORDS, MOST_HOURS = 300, 14 * 24
AT_ONCE = 500


def issue_task(
    *, group: OuterGroup, product_id: int, words: str, hours: int, actor: Actor, at: datetime
) -> OuterTask:
    """Ask a group's leader to post about a product within so many hours; they are told. Raises Refusal: text_needed,
    too_long, out_of_range (hours), outer_closed."""
    words = words.strip()
    if not is_seen(words):
        raise Refusal("text_needed")
    if len(words) > MOST_WORDS:
        raise Refusal("too_long")
    if not 1 <= hours <= MOST_HOURS:
        raise Refusal("out_of_range")
    if group.closed_at:
        raise Refusal("outer_closed")
    made = OuterTask.objects.create(
        group=group,
        product_id=product_id,
        words=words,
        code=new_code(10),
        issued_by_id=actor.member_id,
        issued_at=at,
        due_at=at + timedelta(hours=hours),
    )
    tell_members([_told("task_issued", made)], at=at)
    return made


def confirm_task(*, task: OuterTask, at: datetime) -> None:
    """The leader says that it is posted. A second time changes nothing."""
    OuterTask.objects.filter(pk=task.pk, confirmed_at=None).update(confirmed_at=at)


def open_task(*, task: OuterTask, visitor: str, at: datetime) -> None:
    """Somebody came by the link of a task: counted once a day each, as a move from the outer ring in."""
    reference = f"task:{task.pk}"
    if count_move(
        Ring.outer, Ring.inner, region=task.group.region, reference=reference, visitor=visitor, at=at
    ):
        OuterTask.objects.filter(pk=task.pk).update(click_count=F("click_count") + 1)


def remind_of_tasks(*, at: datetime) -> int:
    """Leaders hear once of what is due within a day and not confirmed. Returns how many."""
    due = list(
        OuterTask.objects.filter(
            confirmed_at=None, reminded_at=None, due_at__gt=at, due_at__lte=at + timedelta(days=1)
        ).select_related("group")[:AT_ONCE]
    )
    OuterTask.objects.filter(pk__in=[task.pk for task in due]).update(reminded_at=at)
    tell_members([_told("task_due", task) for task in due], at=at)
    return len(due)


def _told(code: str, task: OuterTask) -> Told:
    return Told(task.group.leader_id, code, f"task:{task.pk}", "/outer", {"name": task.group.name})


def issue_tasks(
    *, groups: Sequence[OuterGroup], product: Product, words: str, hours: int, actor: Actor, at: datetime
) -> list[OuterTask]:
    """Ask the leaders of groups to post about a product; a leader with a shop sells by a link of the task's own.

    Raises Refusal (issue_task); nothing is issued then.
    """
    with transaction.atomic():
        owners = Owner.objects.in_bulk([group.leader_id for group in groups])
        issued = []
        for group in groups:
            task = issue_task(
                group=group, product_id=product.pk, words=words, hours=hours, actor=actor, at=at
            )
            if owner := owners.get(group.leader_id):
                link = share(owner=owner, product=product, purpose=f"task:{task.pk}", at=at)
                task.share_code = link.code
                OuterTask.objects.filter(pk=task.pk).update(share_code=link.code)
            issued.append(task)
    return issued
