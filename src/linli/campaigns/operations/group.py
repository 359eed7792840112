"""Groups end: their time runs out, or their merchant completes them."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from linli.campaigns.events import GroupFailed
from linli.campaigns.models import Group, GroupState
from linli.campaigns.operations.seat import GIVE_BACK, count_units, locked_groups, win_groups
from linli.campaigns.queries.campaign import locked_campaigns
from linli.channels.operations import Told, tell_members
from linli.core import audit, events, live, sql
from linli.core.actor import Actor
from linli.core.refusal import NamedRefusal
from linli.core.work import work_off

_OVER = """
select id from campaigns_group where state = 'open' and expires_at <= %(at)s and id <> all(%(aside)s::bigint[])
 order by expires_at limit %(most)s
"""


class NotCompletable(NamedRefusal):
    """The group is over, or nobody has paid in it yet."""

    code = "not_completable"


def expire_groups(*, at: datetime) -> int:
    """Groups whose time is over have failed: every paid seat is told to be refunded, each on its own. Returns how many.

    A seat that is held by an unpaid order stays until that order closes; should it be paid all the same, it is late.
    """
    return work_off("campaigns.expire_groups", _OVER, partial(_expire, at=at), at=at)


def _expire(group_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        "select campaign_id from campaigns_group where id = any(%s::bigint[])", (list(group_ids),)
    )
    locked_campaigns(row.campaign_id for row in rows)
    ids = [group.id for group in locked_groups(group_ids).values() if group.state == "open"]
    sql.rows(
        "update campaigns_group set state = 'failed', closed_at = %s where id = any(%s::bigint[])",
        (at, ids),
    )
    lost = sql.rows(
        """update campaigns_seat set state = 'lost' where group_id = any(%s::bigint[]) and state = 'paid'
           returning group_id, campaign_id, order_no, quantity""",
        (ids,),
    )
    count_units(GIVE_BACK, [(row.campaign_id, row.quantity) for row in lost])
    orders: dict[int, list[str]] = {}
    for row in lost:
        orders.setdefault(row.group_id, []).append(row.order_no)
    events.publish([GroupFailed(group_id, sorted(numbers)) for group_id, numbers in orders.items()])
    live.tell([f"group:{group_id}" for group_id in ids])


def complete_group(*, group: Group, actor: Actor, at: datetime) -> None:
    """The merchant completes a group that is short of people and bears the difference; pages say so. No member is invented:
    the group stays as small as it is. Raises NotCompletable."""
    with transaction.atomic():
        locked_campaigns([group.campaign_id])
        locked = locked_groups([group.pk])[group.pk]
        if locked.state != GroupState.open or not locked.paid_count or locked.expires_at <= at:
            raise NotCompletable
        Group.objects.filter(pk=group.pk).update(
            state=GroupState.full, closed_at=at, completed_by_id=actor.member_id
        )
        win_groups([group.pk])
        audit.record(
            actor=actor, action="complete_group", subject=f"group:{group.pk}", at=at, paid=locked.paid_count
        )


def tell_groups(code: str, groups: Sequence[tuple[int, Sequence[str]]], *, at: datetime) -> None:
    """Tell the members of seats, by their orders, what became of their group."""
    rows = sql.rows(
        """select s.order_no, s.member_id, s.group_id, p.title from campaigns_seat s join campaigns_campaign c on c.id = s.campaign_id
             join catalog_product p on p.id = c.product_id where s.order_no = any(%s::text[])""",
        ([number for _, numbers in groups for number in numbers],),
    )
    told = [
        Told(row.member_id, code, f"order:{row.order_no}", f"/groups/{row.group_id}", {"title": row.title})
        for row in rows
    ]
    tell_members(told, at=at)
