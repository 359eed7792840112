"""Communities, who belongs to them, and their red packets, over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query

from linli.api.app import actor_of, answer, demand, optional_bearer, parameter
from linli.api.catalog import number
from linli.api.once import Router
from linli.api.schemas import (
    CloneIn,
    CommunityIn,
    MembershipIn,
    PacketIn,
)
from linli.api.values import Region
from linli.campaigns.models import RedPacket
from linli.campaigns.operations.packet import send_packet, take_share
from linli.community.models import Community, CommunityType, Health, Membership
from linli.community.operations.community import found_community
from linli.community.operations.join import leave
from linli.community.operations.template import clone_community
from linli.community.queries.community import find_communities, intake_left, standing_of
from linli.community.queries.health import cohorts_of
from linli.community.rules.community import CommunityDraft
from linli.community.types import JoinAsked, Joined
from linli.core import clock
from linli.core.actor import Actor
from linli.core.batcher import Batcher
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.members.queries import agent_regions, is_within
from linli.trade.operations.enter_community import enter_communities

router = Router(tags=["communities"])
PAGE = 50
STATES = {"active": "joined"}


def _enter(asked: Sequence[JoinAsked]) -> list[Joined | Refusal]:
    return enter_communities(asked, at=clock.now())


entering: Batcher[JoinAsked, Joined | Refusal] = Batcher(_enter)


@router.post("/communities")
def post_community(request: HttpRequest, body: CommunityIn) -> HttpResponse:
    """(operator; agent, within the own region) A new community."""
    actor, at = actor_of(request), clock.now()
    demand(actor.is_operator or is_agent_of(actor, body.region))
    draft = CommunityDraft(
        name=body.name,
        type=body.type,
        capacity=body.capacity,
        daily_intake=body.daily_intake,
        region=body.region,
        tags=tuple(body.tags),
        intro=body.intro,
        rules=body.rules,
        entry_kind=body.entry.kind,
        entry_question=body.entry.question,
        entry_product_id=number(body.entry.product_id or ""),
        entry_spend_fen=body.entry.spend_fen,
        entry_fee_fen=body.entry.fee_fen,
        leader_id=number(body.leader_id or ""),
    )
    made = found_community(draft=draft, actor=actor, at=at)
    return answer({"id": str(made.pk), "invitation_code": made.invitation_code}, 201)


def is_agent_of(actor: Actor, region: str) -> bool:
    """Whether somebody is the agent of a region, or of one around it."""
    return actor.is_agent and is_within(region, agent_regions(actor.member_id))


@router.post("/communities/{community_id}/clones")
def post_clone(request: HttpRequest, community_id: str, body: CloneIn) -> HttpResponse:
    """(operator) The same community for another region, under another leader."""
    actor, at = actor_of(request), clock.now()
    demand(actor.is_operator)
    template = Community.objects.get(pk=number(community_id), closed_at=None)
    made = clone_community(
        template=template, name=body.name, region=body.region, leader_id=number(body.leader_id or ""), actor=actor, at=at
    )  # fmt: skip
    return answer({"id": str(made.pk), "template_id": str(template.pk)}, 201)


@router.get("/communities", auth=optional_bearer)
def get_communities(
    request: HttpRequest,
    region: Region = "",
    tag: str = "",
    type: CommunityType | Literal[""] = "",
    cursor: str = "",
) -> HttpResponse:
    """Communities to be found, by region (its surroundings count), tag and type."""
    actor = actor_of(request)
    found = find_communities(actor=actor, region=region, tag=tag[:12], type=type).order_by("id")
    rows = list(found.filter(pk__gt=parameter("cursor", cursor))[: PAGE + 1])
    following = str(rows[PAGE - 1].pk) if len(rows) > PAGE else None
    return answer({"items": [_community(one) for one in rows[:PAGE]], "next": following})


@router.get("/communities/{community_id}", auth=optional_bearer)
def get_community(request: HttpRequest, community_id: str) -> HttpResponse:
    """One community, with what I am in it."""
    actor = actor_of(request)
    found = Community.objects.visible_to(actor).get(pk=number(community_id))
    standing = standing_of(found.pk, actor=actor)
    may_read = standing.is_member or standing.is_leading or not found.is_for_members
    content = _community(found) | {
        "rules": found.rules,
        "announcement": found.announcement if may_read else "",
        "intake_left_today": intake_left(found, at=clock.now()),
        "my_state": STATES.get(standing.state, standing.state),
        "my_role": standing.membership.role if standing.membership and standing.is_member else "",
    }
    return answer(content)


def _community(one: Community) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "name": one.name,
        "type": one.type,
        "region": one.region,
        "tags": one.tags,
        "intro": one.intro,
        "member_count": one.member_count,
        "capacity": one.capacity,
        "daily_intake": one.daily_intake,
        "entry": {
            "kind": one.entry_kind,
            "question": one.entry_question,
            "product_id": str(one.entry_product_id) if one.entry_product_id else None,
            "spend_fen": one.entry_spend_fen,
            "fee_fen": one.entry_fee_fen,
        },
    }


@router.get("/communities/{community_id}/health")
def get_health(
    request: HttpRequest, community_id: str, weeks: Annotated[int, Query(ge=1, le=52)] = 8
) -> HttpResponse:
    """(leader, operator) Four weeks in numbers, and retention by the week that members joined."""
    actor, at = actor_of(request), clock.now()
    found = Community.objects.led_by(actor).distinct().get(pk=number(community_id))
    facts = Health.objects.filter(pk=found.pk).values().first()
    cohorts = cohorts_of(found.pk, weeks=weeks, at=at)
    weekly = [
        {"week": one.week.isoformat(), "joined": one.joined, "seen": one.seen, "talking": one.talking}
        for one in cohorts
    ]
    return answer({"facts": facts, "cohorts": weekly})


@router.post("/communities/{community_id}/memberships")
def post_membership(request: HttpRequest, community_id: str, body: MembershipIn) -> HttpResponse:
    """Come in: joined, queued (with a place in line), or asked (a person decides)."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"join:{actor.member_id}", limit=60, window_seconds=60, at=at)
    outcome = entering.ask(JoinAsked(number(community_id), actor.member_id, body.answer, body.invitation))
    if isinstance(outcome, Refusal):
        raise outcome
    place = {"place": outcome.place} if outcome.state == "queued" else {}
    return answer({"state": STATES.get(outcome.state, outcome.state), **place}, 201)


@router.delete("/communities/{community_id}/memberships/me")
def delete_membership(request: HttpRequest, community_id: str) -> HttpResponse:
    """Go, or stop waiting."""
    mine = Membership.objects.get(community_id=number(community_id), member_id=actor_of(request).member_id)
    leave(membership=mine)
    return answer({"state": "left"})


@router.post("/communities/{community_id}/packets")
def post_packet(request: HttpRequest, community_id: str, body: PacketIn) -> HttpResponse:
    """Put points of mine into a red packet for a community."""
    actor, at = actor_of(request), clock.now()
    found = Community.objects.visible_to(actor).get(pk=number(community_id))
    made = send_packet(
        community=found, points=body.points, count=body.count, kind=body.kind, words=body.words, actor=actor, at=at
    )  # fmt: skip
    return answer(_packet(made, actor), 201)


@router.get("/packets/{packet_id}")
def get_packet(request: HttpRequest, packet_id: str) -> HttpResponse:
    """A red packet of a community of mine; the seed is told when it is over."""
    actor = actor_of(request)
    found = RedPacket.objects.visible_to(actor).distinct().get(pk=number(packet_id))
    return answer(_packet(found, actor))


@router.post("/packets/{packet_id}/takings")
def post_taking(request: HttpRequest, packet_id: str) -> HttpResponse:
    """Take a share; a second time gives the same."""
    actor = actor_of(request)
    found = RedPacket.objects.visible_to(actor).distinct().get(pk=number(packet_id))
    made = take_share(packet=found, actor=actor, at=clock.now())
    return answer({"id": str(found.pk), "points": made.points}, 201)


def _packet(one: RedPacket, actor: Actor) -> dict[str, Any]:
    over = {"seed": one.seed, "shares": one.shares} if one.ended_at else {}
    return {
        "id": str(one.pk),
        "community_id": str(one.community_id),
        "kind": one.kind,
        "words": one.words,
        "points": one.points,
        "shares_taken": one.taken_count,
        "shares_count": len(one.shares),
        "seal": one.seal,
        "expires_at": one.expires_at,
        "mine": one.sender_id == actor.member_id,
        **over,
    }
