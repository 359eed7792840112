"""What waits for a leader: applications, posts and comments to look at, reports, appeals, members."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from linli.community.models import Membership, MembershipState, Sanction
from linli.community.models.community import INSIDE, Community
from linli.core import sql
from linli.core.actor import Actor

PAGE = 50


def applications(community_id: int) -> list[Membership]:
    """Who asks to come in, the longest waiting first."""
    return list(
        Membership.objects.filter(community_id=community_id, state=MembershipState.asked)
        .select_related("member")
        .order_by("asked_at", "id")[:PAGE]
    )


def line(community_id: int) -> list[Membership]:
    """Who waits for a place."""
    return list(
        Membership.objects.filter(community_id=community_id, state=MembershipState.queued)
        .select_related("member")
        .order_by("asked_at", "id")[:PAGE]
    )


def members_of(community_id: int, *, words: str = "", after: int = 0) -> QuerySet[Membership]:
    """Who is inside, leaders first."""
    found = Membership.objects.filter(community_id=community_id, state__in=INSIDE).select_related("member")
    if words:
        found = found.filter(member__name__icontains=words)
    return found.filter(pk__gt=after) if after else found


def to_look_at(community_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Posts and comments that wait for a person: held by a word, or reported; with the reasons of those who reported."""
    return sql.dicts(
        """with reported as (select post_id, comment_id, count(*) as reports, min(created_at) as at, string_agg(distinct reason, ' · ') as reasons
                               from community_report where decided_at is null group by 1, 2),
                items as (
           select p.id as post_id, null::bigint as comment_id, p.community_id, p.author_id, p.text, p.images, p.state, p.why, p.edited_at,
                  coalesce(r.reports, 0) as reports, coalesce(r.reasons, '') as reasons, coalesce(r.at, p.created_at) as at
             from community_post p left join reported r on r.post_id = p.id and r.comment_id is null
            where p.community_id = any(%(ids)s::bigint[]) and (p.state = 'held' or (r.reports > 0 and p.state = 'shown'))
           union all
           select c.post_id, c.id, p.community_id, c.author_id, c.text, '{}', c.state, c.why, null::timestamptz, coalesce(r.reports, 0), coalesce(r.reasons, ''),
                  coalesce(r.at, c.created_at)
             from community_comment c join community_post p on p.id = c.post_id
             left join reported r on r.post_id = c.post_id and r.comment_id = c.id
            where p.community_id = any(%(ids)s::bigint[]) and (c.state = 'held' or (r.reports > 0 and c.state = 'shown')))
           select i.*, m.name as author_name, m.avatar as author_avatar, k.name as community_name from items i
             join members_member m on m.id = i.author_id join community_community k on k.id = i.community_id
            order by i.at limit %(limit)s""",
        {"ids": list(community_ids), "limit": PAGE},
    )


def open_appeals(*, actor: Actor, community_ids: Sequence[int]) -> list[Sanction]:
    """Appeals that the actor may answer: of these communities, decided by and about somebody else."""
    return list(
        Sanction.objects.filter(
            membership__community_id__in=community_ids, appealed_at__isnull=False, answered_at=None
        )
        .exclude(decided_by_id=actor.member_id)
        .exclude(membership__member_id=actor.member_id)
        .select_related("membership__member", "membership__community")
        .order_by("appealed_at")[:PAGE]
    )


def led_ids(*, actor: Actor) -> list[int]:
    """The communities that the actor leads, by id."""
    return list(Community.objects.led_by(actor).values_list("pk", flat=True)[:1000])
