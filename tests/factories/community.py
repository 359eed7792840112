"""Communities for tests, founded and joined by the operations that people use."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from factories.shop import make_member
from linli.community.models import Community, Course, Membership, Post
from linli.community.operations.community import found_community
from linli.community.operations.course import CourseDraft, save_course
from linli.community.operations.join import join_communities
from linli.community.operations.post import PostDraft, write_post
from linli.community.rules.community import CommunityDraft
from linli.community.types import JoinAsked, Joined
from linli.core.actor import SYSTEM, Actor
from linli.core.refusal import Refusal
from linli.members.models import Member

DRAFT = CommunityDraft(
    "滨江妈妈圈", "light", capacity=100, daily_intake=50, region="330108", rules="说真话", tags=("母婴",)
)


def make_community(at: datetime, leader: Member | None = None, **values: object) -> Community:
    draft = replace(DRAFT, **{"leader_id": leader.pk if leader else 0, **values})
    return found_community(draft=draft, actor=SYSTEM, at=at)


def join(community: Community, member: Member, at: datetime, **values: object) -> Joined | Refusal:
    return join_communities([JoinAsked(community.pk, member.pk, **values)], at=at)[0]  # type: ignore[arg-type]


def neighbour(community: Community, at: datetime, name: str = "小邻") -> Member:
    """Somebody who is inside."""
    member = make_member(at, name)
    assert join(community, member, at) == Joined("active")
    return member


def membership(community: Community, member: Member) -> Membership:
    return Membership.objects.get(community=community, member=member)


def acting(member: Member) -> Actor:
    return Actor(member_id=member.pk)


def make_post(
    community: Community, author: Member, at: datetime, text: str = "好吃，回购第三次", **values: object
) -> Post:
    draft = PostDraft(**{"line": "buying", "text": text, **values})  # type: ignore[arg-type]
    return write_post(community=community, draft=draft, actor=acting(author), at=at)


DOCUMENT = """# 第一课
一段话。

第二段。
? 问一
- 错
+ 对
! 因为
# 第二课
- 不是选项的一行
? 问二
+ 对
- 错
"""


def make_course(at: datetime, code: str = "mid", **values: Any) -> Course:
    draft = CourseDraft(**{"code": code, "title": "课", "level": "middle", "document": DOCUMENT, "is_published": True, **values})  # fmt: skip
    return save_course(draft=draft, actor=SYSTEM, at=at)
