"""All that stands around the feed on a community's page, by one statement: a page that is read this often asks once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.community.models import Community, Membership
from linli.community.queries.circle import CIRCLES, EXPERTS, CircleFace, ExpertFace, expert_faces
from linli.community.queries.community import MEMBER_FACES, TAKEN, TOPICS, Standing, left_of
from linli.core import sql
from linli.core.actor import Actor
from linli.core.clock import shop_day

_COMMUNITY = [field.attname for field in Community._meta.concrete_fields]
_MEMBERSHIP = [field.attname for field in Membership._meta.concrete_fields]
_PINNED = """
select id, text from community_post where community_id = %(id)s and state = 'shown' and is_pinned order by id desc limit 3"""
_HALL = f"""
select {", ".join(f"c.{name}" for name in _COMMUNITY)}, {", ".join(f"m.{name}" for name in _MEMBERSHIP)},
       ({TAKEN}) as taken, (select json_agg(x) from ({MEMBER_FACES}) x) as faces, (select json_agg(x.topic) from ({TOPICS}) x) as topics,
       (select json_agg(x) from ({CIRCLES}) x) as circles, (select json_agg(x) from ({EXPERTS}) x) as experts,
       (select json_agg(x) from ({_PINNED}) x) as pinned
  from community_community c left join community_membership m on m.community_id = c.id and m.member_id = %(me)s where c.id = %(id)s
"""


@dataclass(frozen=True)
class Hall:
    """A community as its page shows it to somebody. pinned: id and text of the posts on top. values: all of it as it was read."""

    community: Community
    standing: Standing
    left_today: int
    faces: list[str]
    topics: list[str]
    circles: list[CircleFace]
    experts: list[ExpertFace]
    pinned: list[dict[str, Any]]
    values: str


def hall_of(community_id: int, *, actor: Actor, at: datetime) -> Hall | None:
    """The hall of a community that the actor finds (Community.visible_to); None for another."""
    parameters = {"id": community_id, "ids": [community_id], "me": actor.member_id, "today": shop_day(at)}
    rows = sql.tuples(_HALL, parameters)
    if not rows:
        return None
    split, end = len(_COMMUNITY), len(_COMMUNITY) + len(_MEMBERSHIP)
    community = Community.from_db("default", _COMMUNITY, rows[0][:split])
    if community.closed_at and not actor.is_operator:
        return None
    mine = rows[0][split:end]
    membership = Membership.from_db("default", _MEMBERSHIP, mine) if mine[0] else None
    taken, faces, topics, circles, experts, pinned = rows[0][end:]
    return Hall(
        community,
        Standing(membership, actor.is_operator),
        left_of(community, taken),
        [one["avatar"] for one in faces or ()],
        topics or [],
        [CircleFace(**one) for one in circles or ()],
        expert_faces(experts or (), at=at),
        pinned or [],
        repr(rows[0]),
    )
