"""What is said in communities over HTTP: posts, questions, comments, marks, tips."""

from collections.abc import Sequence
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import File
from ninja.files import UploadedFile

from linli.api.app import actor_of, answer, optional_bearer, parameter
from linli.api.catalog import number
from linli.api.once import Router
from linli.api.schemas import (
    CommentIn,
    MarkIn,
    PostIn,
    QuestionIn,
    ReportIn,
    TipIn,
)
from linli.campaigns.operations.packet import tip
from linli.community.models import Comment, Community, Post
from linli.community.operations import post as posts
from linli.community.operations.moderation import report
from linli.community.queries.community import Standing, standing_of
from linli.community.queries.feed import Card, PostFace, comments_of, feed, post_face, readable_comments
from linli.core import clock
from linli.core.actor import Actor
from linli.core.models import Recording, RecordingKind
from linli.core.pictures import keep_picture
from linli.core.rate_limit import count_try
from linli.core.recordings import SUFFIX, keep_recording
from linli.trade.queries.verified_buyer import verified_buyers

router = Router(tags=["communities"])


@router.get("/communities/{community_id}/posts", auth=optional_bearer)
def get_posts(
    request: HttpRequest,
    community_id: str,
    topic: str = "",
    sort: Literal["new", "best"] = "new",
    cursor: str = "",
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
        "recording": _played(one),
        "circle_id": str(one.circle_id) if one.circle_id else None,
        "goods": [_goods(card) for card in one.cards],
        "verified_buyer": any((one.author_id, card.product_id) in bought for card in one.cards),
        "state": one.state,
        "likes": one.like_count,
        "comments": one.comment_count,
        "saves": one.save_count,
        "accepted_id": str(one.accepted_id) if one.accepted_id else None,
        "created_at": one.created_at,
        "edited_at": one.edited_at,
    }


def _played(one: PostFace) -> dict[str, Any] | None:
    if not one.recording_name:
        return None
    suffix = SUFFIX[one.recording_kind or "video"]
    ready = one.recording_state == "ready"
    return {
        "kind": one.recording_kind,
        "state": one.recording_state,
        "seconds": one.recording_seconds,
        "url": f"/media/{one.recording_name}.{suffix}" if ready else None,
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
    """Upload a picture (JPEG, PNG, WebP, AVIF, HEIC, at most 20 MB); it is drawn anew. Posts take its name."""
    name = keep_picture(file, member_id=actor_of(request).member_id, at=clock.now())
    return answer({"name": name}, 201)


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
    draft = _draft(line, body)
    made = posts.write_post(community=found, draft=draft, actor=actor, at=at)
    return answer(_posts([face])[0] if (face := post_face(made.pk, actor=actor)) else {}, 201)


def _draft(line: str, body: QuestionIn) -> posts.PostDraft:
    return posts.PostDraft(
        line=line,
        text=body.text,
        topic=body.topic,
        images=tuple(body.images),
        product_ids=tuple(number(one) for one in body.product_ids),
        recording=body.recording,
        circle_id=number(body.circle_id or ""),
        asked_id=number(body.expert_id or ""),
    )


@router.put("/posts/{post_id}")
def put_post(request: HttpRequest, post_id: str, body: QuestionIn) -> HttpResponse:
    """Say one's own post better; what kind it is, and where it stands, stays."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"post:{actor.member_id}", limit=20, window_seconds=600, at=at)
    found = Post.objects.written_by(actor).get(pk=number(post_id))
    made = posts.edit_post(post=found, draft=_draft(found.line, body), actor=actor, at=at)
    face = post_face(made.pk, actor=actor)
    return answer(_posts([face])[0] if face else {})


@router.post("/recordings")
def post_recording(
    request: HttpRequest,
    file: UploadedFile = File(...),  # noqa: B008
    kind: RecordingKind = RecordingKind.video,
) -> HttpResponse:
    """Upload voice (3 minutes, 16 MB) or video (1 minute, 80 MB); it is encoded anew, soon. Posts take its name."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"recording:{actor.member_id}", limit=12, window_seconds=600, at=at)
    return answer(_recording(keep_recording(file, kind=kind, member_id=actor.member_id, at=at)), 201)


@router.get("/recordings/{name}")
def get_recording(request: HttpRequest, name: str) -> HttpResponse:
    """How far a recording of mine is: waiting, ready, failed."""
    return answer(
        _recording(Recording.objects.get(name=name[:24], uploaded_by_id=actor_of(request).member_id))
    )


def _recording(one: Recording) -> dict[str, Any]:
    return {"name": one.name, "kind": one.kind, "state": one.state, "seconds": one.seconds}


@router.get("/posts/{post_id}", auth=optional_bearer)
def get_post(request: HttpRequest, post_id: str, after: str = "") -> HttpResponse:
    """One post with its comments, or a question with its answers."""
    actor = actor_of(request)
    found = post_face(number(post_id), actor=actor)
    if found is None:
        raise Post.DoesNotExist
    standing: Standing = standing_of(found.community_id, actor=actor)
    said, following = comments_of(
        found, actor=actor, is_leading=standing.is_leading, after=parameter("after", after)
    )
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
    product_id = number(body.product_id or "")
    made = posts.write_comment(post=found, text=body.text, product_id=product_id, actor=actor, at=at)
    return answer({"id": str(made.pk), "state": made.state}, 201)


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


@router.post("/posts/{post_id}/tips")
def post_tip(request: HttpRequest, post_id: str, body: TipIn) -> HttpResponse:
    """Give the author points of mine."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"tip:{actor.member_id}", limit=30, window_seconds=60, at=at)
    found = Post.objects.visible_to(actor).get(pk=number(post_id))
    made = tip(post=found, points=body.points, actor=actor, at=at)
    return answer({"id": str(made.pk), "points": made.points}, 201)
