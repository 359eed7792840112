"""Communities, what is said in them, and who decides, over HTTP."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile

from linli.api.app import actor_of, answer, demand, optional_bearer
from linli.api.catalog import number
from linli.api.once import once
from linli.api.schemas import (
    CommentIn,
    CommunityIn,
    MarkIn,
    MembershipIn,
    PostIn,
    QuestionIn,
    ReportIn,
)
from linli.community.models import Comment, Community, Health, Membership, Post
from linli.community.operations import post as posts
from linli.community.operations.community import BadCommunity, found_community
from linli.community.operations.join import leave
from linli.community.operations.moderation import report
from linli.community.queries.community import Standing, find_communities, intake_left, standing_of
from linli.community.queries.feed import Card, PostFace, comments_of, feed, post_face, readable_comments
from linli.community.queries.health import cohorts_of
from linli.community.rules.community import CommunityDraft
from linli.community.types import JoinAsked, Joined, NotJoined
from linli.core import clock
from linli.core.actor import Actor, Role
from linli.core.batcher import Batcher
from linli.core.pictures import BadPicture, keep_picture
from linli.core.rate_limit import count_try
from linli.members.models import RoleGrant
from linli.members.queries import region_prefix
from linli.trade.operations.enter_community import enter_communities
from linli.trade.queries.verified_buyer import verified_buyers
from linli.trade.refusals import RefusedRequest
from linli.trade.sentences import sentence
from linli.trade.types import Refused

router = Router(tags=["communities"])
PAGE = 50
STATES = {"active": "joined"}


def _enter(asked: Sequence[JoinAsked]) -> list[Joined | NotJoined]:
    return enter_communities(asked, at=clock.now())


entering: Batcher[JoinAsked, Joined | NotJoined] = Batcher(_enter)


@router.post("/communities")
def post_community(request: HttpRequest, body: CommunityIn) -> HttpResponse:
    """(operator; agent, within the own region) A new community."""
    actor, at = actor_of(request), clock.now()
    demand(actor.is_operator or _is_agent_of(actor, body.region))

    def run() -> dict[str, Any]:
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
            leader_id=number(body.leader_id or ""),
        )
        try:
            made = found_community(draft=draft, actor=actor, at=at)
        except BadCommunity as error:
            fields = {field: sentence(code) for field, code in error.faults.items()}
            raise RefusedRequest(Refused("bad_community", {"fields": fields})) from None
        return {"id": str(made.pk), "invitation_code": made.invitation_code}

    return once(request, f"communities:{actor.member_id}", run, 201)


def _is_agent_of(actor: Actor, region: str) -> bool:
    if Role.agent not in actor.roles or not region:
        return False
    scopes = RoleGrant.objects.filter(member_id=actor.member_id, role=Role.agent).values_list(
        "scope", flat=True
    )
    return any(region.startswith(region_prefix(scope)) for scope in scopes)


@router.get("/communities", auth=optional_bearer)
def get_communities(
    request: HttpRequest, region: str = "", tag: str = "", type: str = "", cursor: str = ""
) -> HttpResponse:
    """Communities to be found, by region (its surroundings count), tag and type."""
    actor = actor_of(request)
    region = region if region.isascii() and region.isdigit() and len(region) == 6 else ""
    found = find_communities(actor=actor, region=region, tag=tag[:12], type=type[:8]).order_by("id")
    rows = list(found.filter(pk__gt=number(cursor))[: PAGE + 1])
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
        },
    }


@router.get("/communities/{community_id}/health")
def get_health(request: HttpRequest, community_id: str, weeks: int = 8) -> HttpResponse:
    """(leader, operator) Four weeks in numbers, and retention by the week that members joined."""
    actor, at = actor_of(request), clock.now()
    found = Community.objects.led_by(actor).distinct().get(pk=number(community_id))
    facts = Health.objects.filter(pk=found.pk).values().first()
    cohorts = cohorts_of(found.pk, weeks=min(max(weeks, 1), 52), at=at)
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
    if isinstance(outcome, NotJoined):
        raise RefusedRequest(Refused(outcome.code))
    place = {"place": outcome.place} if outcome.state == "queued" else {}
    return answer({"state": STATES.get(outcome.state, outcome.state), **place}, 201)


@router.delete("/communities/{community_id}/memberships/me")
def delete_membership(request: HttpRequest, community_id: str) -> HttpResponse:
    """Go, or stop waiting."""
    mine = Membership.objects.get(community_id=number(community_id), member_id=actor_of(request).member_id)
    leave(membership=mine)
    return answer({"state": "left"})


@router.get("/communities/{community_id}/posts", auth=optional_bearer)
def get_posts(
    request: HttpRequest, community_id: str, topic: str = "", sort: str = "new", cursor: str = ""
) -> HttpResponse:
    """What was said that I may read, the newest first or (sort=best) the best first."""
    return _feed(request, community_id, "", topic, sort, cursor)


@router.get("/communities/{community_id}/questions", auth=optional_bearer)
def get_questions(request: HttpRequest, community_id: str, cursor: str = "") -> HttpResponse:
    """What was asked."""
    return _feed(request, community_id, "question", "", "new", cursor)


def _feed(
    request: HttpRequest, community_id: str, line: str, topic: str, sort: str, cursor: str
) -> HttpResponse:
    actor = actor_of(request)
    found = Community.objects.visible_to(actor).get(pk=number(community_id))
    standing = standing_of(found.pk, actor=actor)
    if standing.membership and standing.is_member:
        posts.touch(membership=standing.membership, at=clock.now())
    said = feed(
        actor=actor, community_ids=[found.pk], line=line, topic=topic[:20], sort=sort, cursor=cursor[:40]
    )
    return answer({"items": _posts(said.posts), "next": said.next or None})


def _posts(shown: Sequence[PostFace]) -> list[dict[str, Any]]:
    """Posts as the API tells them; verified buyers are looked up for all at once."""
    bought = verified_buyers({(one.author_id, card.product_id) for one in shown for card in one.cards})
    return [_post(one, bought) for one in shown]


def _post(one: PostFace, bought: set[tuple[int, int]]) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "community_id": str(one.community_id),
        "author": {"id": str(one.author_id), "name": one.author_name},
        "line": one.line,
        "topic": one.topic,
        "text": one.text,
        "images": [f"/media/{name}" for name in one.images],
        "goods": [_goods(card) for card in one.cards],
        "verified_buyer": any((one.author_id, card.product_id) in bought for card in one.cards),
        "state": one.state,
        "likes": one.like_count,
        "comments": one.comment_count,
        "saves": one.save_count,
        "accepted_id": str(one.accepted_id) if one.accepted_id else None,
        "created_at": one.created_at,
    }


def _goods(card: Card) -> dict[str, Any]:
    return {
        "product_id": str(card.product_id),
        "title": card.title,
        "price_fen": card.price_fen,
        "on_sale": card.is_on_sale,
    }


@router.post("/pictures")
def post_picture(request: HttpRequest, file: UploadedFile = File(...)) -> HttpResponse:  # noqa: B008
    """Upload a picture (JPEG, PNG, WebP, at most 5 MB); it is drawn anew. Posts take its name."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"picture:{actor.member_id}", limit=60, window_seconds=600, at=at)
    try:
        return answer({"name": keep_picture(file)}, 201)
    except BadPicture:
        raise RefusedRequest(Refused("bad_picture")) from None


@router.post("/communities/{community_id}/posts")
def post_post(request: HttpRequest, community_id: str, body: PostIn) -> HttpResponse:
    """Write a post; held when it holds a word of the list."""
    return _write(request, community_id, body.line, body)


@router.post("/communities/{community_id}/questions")
def post_question(request: HttpRequest, community_id: str, body: QuestionIn) -> HttpResponse:
    """Ask."""
    return _write(request, community_id, "question", body)


def _write(request: HttpRequest, community_id: str, line: str, body: QuestionIn) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    count_try(key=f"post:{actor.member_id}", limit=20, window_seconds=600, at=at)
    found = Community.objects.visible_to(actor).get(pk=number(community_id))
    draft = posts.PostDraft(
        line, body.text, body.topic, tuple(body.images), tuple(number(one) for one in body.product_ids)
    )

    def run() -> dict[str, Any]:
        made = posts.write_post(community=found, draft=draft, actor=actor, at=at)
        return _posts([face])[0] if (face := post_face(made.pk, actor=actor)) else {}

    return once(request, f"posts:{actor.member_id}", run, 201)


@router.get("/posts/{post_id}", auth=optional_bearer)
def get_post(request: HttpRequest, post_id: str, after: str = "") -> HttpResponse:
    """One post with its comments, or a question with its answers."""
    actor = actor_of(request)
    found = post_face(number(post_id), actor=actor)
    if found is None:
        raise Post.DoesNotExist
    standing: Standing = standing_of(found.community_id, actor=actor)
    said, following = comments_of(found, actor=actor, is_leading=standing.is_leading, after=number(after))
    told = {"said": [_comment(one) for one in said], "next": str(following) if following else None}
    return answer(_posts([found])[0] | told)


def _comment(one: Comment) -> dict[str, Any]:
    return {
        "id": str(one.pk),
        "author": {"id": str(one.author_id), "name": one.author.name},
        "text": one.text,
        "product_id": str(one.product_id) if one.product_id else None,
        "state": one.state,
        "created_at": one.created_at,
    }


@router.post("/posts/{post_id}/comments")
def post_comment(request: HttpRequest, post_id: str, body: CommentIn) -> HttpResponse:
    """Comment on a post."""
    return _say(request, post_id, body)


@router.post("/questions/{post_id}/answers")
def post_answer(request: HttpRequest, post_id: str, body: CommentIn) -> HttpResponse:
    """Answer a question."""
    return _say(request, post_id, body)


def _say(request: HttpRequest, post_id: str, body: CommentIn) -> HttpResponse:
    actor, at = actor_of(request), clock.now()
    count_try(key=f"comment:{actor.member_id}", limit=60, window_seconds=600, at=at)
    found = Post.objects.visible_to(actor).get(pk=number(post_id))

    def run() -> dict[str, Any]:
        product_id = number(body.product_id or "")
        made = posts.write_comment(post=found, text=body.text, product_id=product_id, actor=actor, at=at)
        return {"id": str(made.pk), "state": made.state}

    return once(request, f"comments:{actor.member_id}", run, 201)


@router.delete("/comments/{comment_id}")
def delete_comment(request: HttpRequest, comment_id: str) -> HttpResponse:
    """Take back one's own comment or answer."""
    actor = actor_of(request)
    found = Comment.objects.get(pk=number(comment_id), author_id=actor.member_id)
    posts.delete_comment(comment=found, actor=actor)
    return answer({"id": str(found.pk), "state": "deleted"})


@router.post("/answers/{comment_id}/accept")
def post_accept(request: HttpRequest, comment_id: str) -> HttpResponse:
    """(who asked) This answer helped."""
    actor = actor_of(request)
    found = _comment_for(comment_id, actor)
    posts.accept_answer(comment=found, actor=actor, at=clock.now())
    return answer({"id": str(found.pk), "accepted": True})


def _comment_for(comment_id: str, actor: Actor) -> Comment:
    readable = Post.objects.visible_to(actor)
    return Comment.objects.select_related("post").filter(post__in=readable).get(pk=number(comment_id))


@router.post("/posts/{post_id}/likes")
def post_like(request: HttpRequest, post_id: str, body: MarkIn) -> HttpResponse:
    """Like a post (on: false takes it back)."""
    actor = actor_of(request)
    count_try(key=f"mark:{actor.member_id}", limit=120, window_seconds=60, at=clock.now())
    found = Post.objects.visible_to(actor).get(pk=number(post_id))
    posts.like(post=found, actor=actor, is_liked=body.on)
    return answer({"id": str(found.pk), "liked": body.on})


@router.post("/posts/{post_id}/saves")
def post_save(request: HttpRequest, post_id: str, body: MarkIn) -> HttpResponse:
    """Keep a post to read again (on: false lets it go)."""
    actor = actor_of(request)
    count_try(key=f"mark:{actor.member_id}", limit=120, window_seconds=60, at=clock.now())
    found = Post.objects.visible_to(actor).get(pk=number(post_id))
    posts.save(post=found, actor=actor, is_saved=body.on, at=clock.now())
    return answer({"id": str(found.pk), "saved": body.on})


@router.post("/posts/{post_id}/reports")
def post_report(request: HttpRequest, post_id: str, body: ReportIn) -> HttpResponse:
    """Say that a post, or one of its comments, is not right."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"report:{actor.member_id}", limit=20, window_seconds=3600, at=at)
    found = Post.objects.visible_to(actor).get(pk=number(post_id))
    comments = readable_comments(found.pk, actor=actor)
    about = comments.get(pk=number(body.comment_id)) if body.comment_id else None
    report(post=found, comment=about, reason=body.reason, actor=actor, at=at)
    return answer({"id": str(found.pk), "reported": True}, 201)


@router.delete("/posts/{post_id}")
def delete_post(request: HttpRequest, post_id: str) -> HttpResponse:
    """Take back one's own post."""
    actor = actor_of(request)
    found = Post.objects.written_by(actor).get(pk=number(post_id))
    posts.delete_post(post=found, actor=actor)
    return answer({"id": str(found.pk), "state": "deleted"})
