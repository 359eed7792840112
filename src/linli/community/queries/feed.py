"""What is said, as pages and the API show it: the author, the goods cards, what the reader did with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from linli.community.models import Comment, Line, Post, PostState
from linli.core import sql
from linli.core.actor import GUEST, Actor

PAGE = 20
COMMENTS = 100


@dataclass(frozen=True)
class Card:
    """A goods card."""

    product_id: int
    title: str
    image: str
    price_fen: int
    is_on_sale: bool


@dataclass
class PostFace:
    """A post as the reader sees it."""

    id: int
    community_id: int
    community_name: str
    author_id: int
    author_name: str
    author_avatar: str
    line: str
    topic: str
    text: str
    images: list[str]
    state: str
    why: str
    comment_count: int
    like_count: int
    save_count: int
    is_pinned: bool
    accepted_id: int | None
    created_at: datetime
    cards: list[Card] = field(default_factory=list)
    recording_id: int | None = None
    recording_name: str | None = None
    recording_kind: str | None = None
    recording_state: str | None = None
    recording_seconds: int | None = None
    circle_id: int | None = None
    circle_name: str | None = None
    asked_name: str | None = None
    edited_at: datetime | None = None
    mentioned: list[int] = field(default_factory=list)
    is_liked: bool = False
    is_saved: bool = False
    is_verified: bool = False


@dataclass(frozen=True)
class Feed:
    """A page of posts, and where the next begins ("" at the end)."""

    posts: list[PostFace]
    next: str


def feed(
    *, actor: Actor, community_ids: Sequence[int] = (), line: str = "", topic: str = "", circle_id: int = 0, sort: str = "new",
    cursor: str = "",
) -> Feed:  # fmt: skip
    """What the actor may read, the newest first or (sort "best") the best first; of some communities, or of all for none."""
    found = Post.objects.visible_to(actor).filter(state=PostState.shown)
    if community_ids:
        found = found.filter(community_id__in=community_ids)
    if line in Line.values:
        found = found.filter(line=line)
    if topic:
        found = found.filter(topic=topic)
    if circle_id:
        found = found.filter(circle_id=circle_id)
    return _page(found, actor, sort, cursor)


def saved_posts(*, actor: Actor, cursor: str = "") -> Feed:
    """What a member keeps."""
    return _page(
        Post.objects.visible_to(actor).filter(saves__member_id=actor.member_id), actor, "new", cursor
    )


def posts_by_id(ids: Sequence[int], *, actor: Actor) -> list[PostFace]:
    """Posts that the actor may read, in this order."""
    found = {one.id: one for one in _faces(Post.objects.visible_to(actor).filter(pk__in=ids), actor)}
    return [found[one] for one in ids if one in found]


def public_words(*, product_id: int = 0, limit: int = 3) -> list[dict[str, Any]]:
    """What everybody may read: the newest, or the best that buyers tell of a product. Who, where, what; one statement."""
    found = Post.objects.visible_to(GUEST).filter(state=PostState.shown)
    if product_id:
        found = found.filter(line__in=(Line.buying, Line.show), products__product_id=product_id).order_by(
            "-score", "-id"
        )
    rows = found.values(
        "id", "author_id", "line", "text", "images", community_name=F("community__name"), author_name=F("author__name"),
        author_avatar=F("author__avatar"),
    )[:limit]  # fmt: skip
    return [dict(row) for row in rows]


def post_face(post_id: int, *, actor: Actor) -> PostFace | None:
    """One post; None for what the actor may not read."""
    found = _faces(Post.objects.visible_to(actor).filter(pk=post_id), actor)
    return found[0] if found else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _page(found: QuerySet[Post], actor: Actor, sort: str, cursor: str) -> Feed:
    score, _, last = cursor.partition("-")
    is_best = sort == "best"
    if is_best:
        if _is_number(score) and _is_number(last):
            found = found.filter(Q(score__lt=int(score)) | Q(score=int(score), id__lt=int(last)))
    elif _is_number(cursor):
        found = found.filter(id__lt=int(cursor))
    rows = list(
        _with_names(found.order_by("-score", "-id") if is_best else found.order_by("-id"))[: PAGE + 1]
    )
    last_row = rows[PAGE - 1] if len(rows) > PAGE else None
    following = ""
    if last_row:
        following = f"{last_row['score']}-{last_row['id']}" if is_best else str(last_row["id"])
    return Feed(_decorated(rows[:PAGE], actor), following)


def _faces(found: QuerySet[Post], actor: Actor) -> list[PostFace]:
    return _decorated(list(_with_names(found)), actor)


def _with_names(found: QuerySet[Post]) -> Any:
    return found.values(
        "id", "community_id", "author_id", "line", "topic", "text", "images", "state", "why", "comment_count", "like_count",
        "save_count", "is_pinned", "accepted_id", "created_at", "score", "circle_id", "recording_id", "edited_at", "mentioned",
        community_name=F("community__name"), author_name=F("author__name"), author_avatar=F("author__avatar"),
        recording_name=F("recording__name"), recording_kind=F("recording__kind"), recording_state=F("recording__state"),
        recording_seconds=F("recording__seconds"), circle_name=F("circle__name"), asked_name=F("asked__name"),
    )  # fmt: skip


def _decorated(rows: Sequence[dict[str, Any]], actor: Actor) -> list[PostFace]:
    faces = [PostFace(**{key: value for key, value in row.items() if key != "score"}) for row in rows]
    ids = [face.id for face in faces]
    if not ids:
        return []
    by_id = {face.id: face for face in faces}
    for row in sql.rows(
        """select c.post_id, p.id, p.title, p.images->>0 as image, p.price_fen, p.state = 'on_sale' as is_on_sale
             from community_postproduct c join catalog_product p on p.id = c.product_id
            where c.post_id = any(%s::bigint[]) order by c.post_id, c.position""",
        (ids,),
    ):
        by_id[row.post_id].cards.append(
            Card(row.id, row.title, row.image or "", row.price_fen, row.is_on_sale)
        )
    if actor.member_id:
        for row in sql.rows(
            """select p.id, exists (select 1 from community_postlike l where l.post_id = p.id and l.member_id = %(me)s) as is_liked,
                      exists (select 1 from community_postsave s where s.post_id = p.id and s.member_id = %(me)s) as is_saved
                 from unnest(%(ids)s::bigint[]) p(id)""",
            {"ids": ids, "me": actor.member_id},
        ):
            by_id[row.id].is_liked, by_id[row.id].is_saved = row.is_liked, row.is_saved
    return faces


def readable_comments(post_id: int, *, actor: Actor, is_leading: bool = False) -> QuerySet[Comment]:
    """The comments of a post that whoever reads the post may read: shown ones, one's own, and for leaders all."""
    found = Comment.objects.filter(post_id=post_id).exclude(state=PostState.deleted)
    if is_leading:
        return found
    return found.filter(Q(state=PostState.shown) | Q(author_id=actor.member_id or None))


def comments_of(
    post: PostFace, *, actor: Actor, is_leading: bool = False, after: int = 0
) -> tuple[list[Comment], int]:
    """A page of comments, the oldest first, an accepted answer before all; and after which the next begins (0: none)."""
    found = readable_comments(post.id, actor=actor, is_leading=is_leading).select_related("author", "product")
    rows = list(found.filter(pk__gt=after).exclude(pk=post.accepted_id or 0)[: COMMENTS + 1])
    following = rows[COMMENTS - 1].pk if len(rows) > COMMENTS else 0
    best = list(found.filter(pk=post.accepted_id)) if post.accepted_id and not after else []
    return best + rows[:COMMENTS], following
