"""Tasks for groups of the outer ring: communities know the groups, the network knows their leaders' shops."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from linli.catalog.models import Product
from linli.community.models import OuterGroup, OuterTask
from linli.community.operations.outer_task import issue_task
from linli.core.actor import Actor
from linli.distribution.models import Owner
from linli.distribution.operations.owner import share


def issue_tasks(
    *, groups: Sequence[OuterGroup], product: Product, words: str, hours: int, actor: Actor, at: datetime
) -> list[OuterTask]:
    """Ask the leaders of groups to post about a product; a leader with a shop sells by a link of the task's own.

    Raises Refusal (community.operations.outer_task.issue_task); nothing is issued then.
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
