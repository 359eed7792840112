"""Circles and experts of a community, as pages show them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from linli.community.models import Expert
from linli.community.rules.expert import is_in
from linli.core import sql


@dataclass(frozen=True)
class CircleFace:
    """A circle with how many of the community's members are in it, and whether I am."""

    id: int
    name: str
    intro: str
    member_count: int
    post_count: int
    is_mine: bool


CIRCLES = """
select c.id, c.name, c.intro, count(m.id)::int as member_count,
       (select count(*) from community_post p where p.circle_id = c.id and p.state = 'shown')::int as post_count,
       coalesce(bool_or(m.member_id = %(me)s), false) as is_mine
  from community_circle c left join community_circlemember x on x.circle_id = c.id
  left join community_membership m on m.community_id = c.community_id and m.member_id = x.member_id and m.state = 'active'
 where c.community_id = %(id)s and c.closed_at is null group by c.id
 order by is_mine desc, member_count desc, c.id"""


def circles_of(community_id: int, *, member_id: int) -> list[CircleFace]:
    """The open circles of a community, those of the member first, then by how many are in them. Who has left does not count."""
    return [CircleFace(*row) for row in sql.rows(CIRCLES, {"id": community_id, "me": member_id})]


@dataclass(frozen=True)
class ExpertFace:
    """Somebody who can be asked: the subject, when they look in (minutes of the day), and whether it is now."""

    id: int
    member_id: int
    name: str
    avatar: str
    subject: str
    weekdays: list[int]
    from_minute: int
    to_minute: int
    is_in: bool
    answer_count: int


EXPERTS = """
select e.id, e.member_id, b.name, b.avatar, e.subject, e.weekdays, e.from_minute, e.to_minute,
       (select count(*) from community_post p join community_comment c on c.id = p.accepted_id
         where p.community_id = e.community_id and c.author_id = e.member_id)::int as answer_count
  from community_expert e join members_member b on b.id = e.member_id
  join community_membership m on m.community_id = e.community_id and m.member_id = e.member_id and m.state = 'active'
 where e.community_id = %(id)s and e.ended_at is null order by e.id"""


def experts_of(community_id: int, *, at: datetime) -> list[ExpertFace]:
    """The experts of a community who are inside; who looks in now comes first. answer_count: of theirs that were accepted there."""
    return expert_faces(sql.dicts(EXPERTS, {"id": community_id}), at=at)


def expert_faces(rows: Sequence[Mapping[str, Any]], *, at: datetime) -> list[ExpertFace]:
    """Rows of EXPERTS as faces: whether they look in is known by the clock."""
    local = localtime(at)
    faces = [
        ExpertFace(**row, is_in=is_in(row["weekdays"], row["from_minute"], row["to_minute"], local=local))
        for row in rows
    ]
    return sorted(faces, key=lambda face: not face.is_in)


def subjects_of(community_id: int, member_ids: Collection[int]) -> dict[int, str]:
    """Of these members those who are experts there, with their subjects; no statement for none."""
    if not member_ids:
        return {}
    found = Expert.objects.filter(community_id=community_id, member_id__in=member_ids, ended_at=None)
    return dict(found.values_list("member_id", "subject"))


def names_like(community_id: int, words: str, *, limit: int = 8) -> list[str]:
    """Names of active members that begin with these words, to be mentioned."""
    rows = sql.rows(
        """select distinct b.name from community_membership m join members_member b on b.id = m.member_id
            where m.community_id = %s and m.state = 'active' and starts_with(lower(b.name), lower(%s)) order by b.name limit %s""",
        (community_id, words, limit),
    )
    return [row.name for row in rows]


def experts_by_member(community_id: int) -> dict[int, Expert]:
    """The experts of a community as they were named, by member."""
    return {one.member_id: one for one in Expert.objects.filter(community_id=community_id, ended_at=None)}
