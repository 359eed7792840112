"""Communities as pages show them, with what they are to the one who looks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from linli.community.models import Community, Membership, MembershipState, PlaceState, RoutedPlace
from linli.community.models.community import INSIDE, LEADING
from linli.core import sql
from linli.core.actor import Actor
from linli.core.clock import shop_day
from linli.members.queries import region_prefix


@dataclass(frozen=True)
class Standing:
    """What somebody is in a community; state "" for a stranger."""

    membership: Membership | None
    is_operator: bool = False

    @property
    def state(self) -> str:
        return self.membership.state if self.membership else ""

    @property
    def is_member(self) -> bool:
        return self.state == MembershipState.active

    @property
    def is_leading(self) -> bool:
        """Whether they may decide here: its leaders, and the operator."""
        return self.is_operator or bool(
            self.membership and self.is_member and self.membership.role in LEADING
        )


def standing_of(community_id: int, *, actor: Actor) -> Standing:
    """What the actor is in a community."""
    membership = None
    if actor.member_id:
        membership = Membership.objects.filter(community_id=community_id, member_id=actor.member_id).first()
    return Standing(membership, actor.is_operator)


def find_communities(*, actor: Actor, region: str = "", tag: str = "", type: str = "") -> QuerySet[Community]:
    """Communities to be found. region: those of it or of anything around or within it, by the digits that are not zero."""
    found = Community.objects.visible_to(actor)
    if region:
        around = [region[:n].ljust(6, "0") for n in (2, 4)]
        found = found.filter(region__startswith=region_prefix(region)) | found.filter(
            region__in=[*around, ""]
        )
    if tag:
        found = found.filter(tags__contains=[tag])
    if type:
        found = found.filter(type=type)
    return found


def members_among(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of pairs (community, member), those where the member is active; no statement for none."""
    return _standing_as(pairs, ["active"])


def members_inside(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of pairs (community, member), those where the member is inside, active or resting; no statement for none."""
    return _standing_as(pairs, list(INSIDE))


def _standing_as(pairs: Collection[tuple[int, int]], states: list[str]) -> set[tuple[int, int]]:
    if not pairs:
        return set()
    wanted = sorted(pairs)
    rows = sql.rows(
        """select m.community_id, m.member_id from community_membership m
             join unnest(%s::bigint[], %s::bigint[]) a(community_id, member_id) using (community_id, member_id)
            where m.state = any(%s::text[])""",
        ([community_id for community_id, _ in wanted], [member_id for _, member_id in wanted], states),
    )
    return {(row.community_id, row.member_id) for row in rows}


MOST_MINE = 100


def communities_of(member_id: int) -> list[Community]:
    """Where a member is inside, by when they were there last; the first MOST_MINE."""
    if not member_id:
        return []
    return list(
        Community.objects.filter(
            closed_at=None, memberships__member_id=member_id, memberships__state__in=INSIDE
        ).order_by("-memberships__seen_at")[:MOST_MINE]
    )


# Pictures of a few members of each community, leaders first.
MEMBER_FACES = """
select c.id, b.avatar from unnest(%(ids)s::bigint[]) c(id) cross join lateral (
  select m.member_id, m.role, m.id from community_membership m
   where m.community_id = c.id and m.state = 'active' order by m.role = 'leader' desc, m.id limit 5) f
  join members_member b on b.id = f.member_id order by f.role = 'leader' desc, f.id"""


def faces_of(community_ids: list[int]) -> dict[int, list[str]]:
    """Pictures of a few members of each, leaders first; no statement for none."""
    faces: dict[int, list[str]] = {}
    for row in sql.rows(MEMBER_FACES, {"ids": community_ids}) if community_ids else []:
        faces.setdefault(row.id, []).append(row.avatar)
    return faces


def leaders_of(community_id: int) -> list[Membership]:
    """Who leads a community, the leader first."""
    return list(
        Membership.objects.filter(community_id=community_id, role__in=LEADING, state=MembershipState.active)
        .select_related("member")
        .order_by("role", "id")
    )


TAKEN = """
select count(*)::int from community_membership where community_id = %(id)s and joined_on = %(today)s and role = 'member'"""


def intake_left(community: Community, *, at: datetime) -> int:
    """How many more can come in today."""
    taken = sql.rows(TAKEN, {"id": community.pk, "today": shop_day(at)})[0][0]
    return left_of(community, taken)


def left_of(community: Community, taken: int) -> int:
    """How many more can come in on a day on which so many have."""
    return max(0, min(community.daily_intake - taken, community.capacity - community.member_count))


TOPICS = """
select topic from (select topic from community_post where community_id = %(id)s and state = 'shown' order by id desc limit 200) p
 where topic <> '' group by topic order by count(*) desc, topic limit 8"""


def topics_of(community_id: int) -> list[str]:
    """The topics that are talked about most in a community's newest 200 posts."""
    return [row.topic for row in sql.rows(TOPICS, {"id": community_id})]


def overview_order(region: str = "") -> QuerySet[Community, int]:
    """The ids of all communities, or of those within a region: the open ones first, the largest first."""
    within = Community.objects.filter(region__startswith=region_prefix(region) if region else "")
    ordered = within.order_by(F("closed_at").asc(nulls_first=True), "-member_count", "pk")
    return ordered.values_list("pk", flat=True)


def overview_rows(ids: Sequence[int], *, since: datetime) -> list[dict[str, Any]]:
    """Communities with what happened in each since a moment: posts, talking members, questions without an answer."""
    return sql.dicts(
        """select c.id, c.name, c.type, c.region, c.capacity, c.member_count, c.post_count, c.closed_at,
                  (select string_agg(b.name, '、') from community_membership m join members_member b on b.id = m.member_id
                    where m.community_id = c.id and m.role = 'leader' and m.state = 'active') as leader,
                  (select count(*) from community_membership m where m.community_id = c.id and m.state in ('asked', 'queued')) as waiting,
                  p.posts, p.talking, p.unanswered, h.light, h.percentile, h.advice
             from community_community c left join lateral (
               select count(*) as posts, count(distinct author_id) as talking,
                      count(*) filter (where line = 'question' and comment_count = 0) as unanswered
                 from community_post where community_id = c.id and state = 'shown' and created_at >= %(since)s) p on true
             left join community_health h on h.community_id = c.id
            where c.id = any(%(ids)s::bigint[]) order by array_position(%(ids)s::bigint[], c.id)""",
        {"since": since, "ids": list(ids)},
    )


def proposed_to(member_id: int) -> list[RoutedPlace]:
    """The communities that were found to fit a member and have room, as long as they are not inside."""
    if not member_id:
        return []
    found = RoutedPlace.objects.filter(
        member_id=member_id, state=PlaceState.proposed, community__closed_at=None
    ).exclude(
        community__memberships__in=Membership.objects.filter(member_id=member_id).exclude(
            state__in=("left", "refused")
        )
    )
    return list(found.select_related("community").order_by("type"))


def known_tags(*, limit: int = 24) -> list[str]:
    """The tags that most communities have."""
    rows = sql.rows(
        """select tag from community_community, unnest(tags) tag where closed_at is null
            group by tag order by count(*) desc, tag limit %s""",
        (limit,),
    )
    return [row.tag for row in rows]
