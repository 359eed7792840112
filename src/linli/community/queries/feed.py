"""What is said, as pages and the API show it: the author, the goods cards, what the reader did with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from linli.community.models import Comment, Line, Post, PostState
from linli.core import sql
from linli.core.actor import Actor
from linli.core.typed import BadCursor

PAGE = 20
CARDS_AT = 18  # of the columns of a face
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
    cards: list[Card]
    recording_id: int | None
    recording_name: str | None
    recording_kind: str | None
    recording_state: str | None
    recording_seconds: int | None
    circle_id: int | None
    circle_name: str | None
    asked_name: str | None
    edited_at: datetime | None
    mentioned: list[int]
    is_liked: bool
    is_saved: bool
    is_verified: bool = False


@dataclass(frozen=True)
class Feed:
    """A page of posts, and where the next begins ("" at the end)."""

    posts: list[PostFace]
    next: str


# What is shown is read of communities that are open, by everybody or, in heavy ones, by active members; the operator reads all. It is
# Post.visible_to for what is shown, asked once for a community instead of for each post; a test holds them equal.
_READABLE = """k.closed_at is null and (k.type <> 'heavy' or exists (
                 select 1 from community_membership m where m.community_id = k.id and m.member_id = %(me)s and m.state = 'active'))"""
_OF_THESE = """
    select p.id, p.score from unnest(%(communities)s::bigint[]) c(id) join community_community k on k.id = c.id and {readable}
     cross join lateral (select p.id, p.score from community_post p where p.community_id = k.id and {wanted} order by {order} limit {limit}) p
     order by {order} limit {limit}"""
_OF_ALL = """
    select p.id, p.score from community_post p join community_community k on k.id = p.community_id and {readable}
     where {wanted} order by {order} limit {limit}"""
_GIVEN = "select id from unnest(%(posts)s::bigint[]) p(id)"
# One statement for faces: names, recording, circle, goods cards, and what the reader did with it.
_FACES = """
with page as ({page})
select p.id, p.community_id, k.name as community_name, p.author_id, a.name as author_name, a.avatar as author_avatar, p.line, p.topic,
       p.text, p.images, p.state, p.why, p.comment_count, p.like_count, p.save_count, p.is_pinned, p.accepted_id, p.created_at,
       (select json_agg(json_build_array(d.id, d.title, coalesce(d.images->>0, ''), d.price_fen, d.state = 'on_sale') order by g.position)
          from community_postproduct g join catalog_product d on d.id = g.product_id where g.post_id = p.id) as cards,
       p.recording_id, r.name as recording_name, r.kind as recording_kind, r.state as recording_state, r.seconds as recording_seconds,
       p.circle_id, i.name as circle_name, e.name as asked_name, p.edited_at, p.mentioned,
       exists (select 1 from community_postlike l where l.post_id = p.id and l.member_id = %(me)s) as is_liked,
       exists (select 1 from community_postsave s where s.post_id = p.id and s.member_id = %(me)s) as is_saved, p.score
  from page join community_post p on p.id = page.id join community_community k on k.id = p.community_id
  join members_member a on a.id = p.author_id left join core_recording r on r.id = p.recording_id
  left join community_circle i on i.id = p.circle_id left join members_member e on e.id = p.asked_id
 order by {order}"""
_NEWEST, _BEST = "p.id desc", "p.score desc, p.id desc"


def feed(
    *, actor: Actor, community_ids: Sequence[int] = (), line: str = "", topic: str = "", circle_id: int = 0, sort: str = "new",
    cursor: str = "",
) -> Feed:  # fmt: skip
    """What the actor may read, the newest first or (sort "best") the best first; of some communities, or of all for none."""
    wanted = ["p.state = 'shown'"]
    if line in Line.values:
        wanted.append("p.line = %(line)s")
    if topic:
        wanted.append("p.topic = %(topic)s")
    if circle_id:
        wanted.append("p.circle_id = %(circle)s")
    score, _, last = cursor.partition("-")
    is_best = sort == "best"
    if is_best and _is_number(score) and _is_number(last):
        wanted.append("(p.score, p.id) < (%(score)s, %(last)s)")
    elif not is_best and _is_number(cursor):
        score, last = "0", cursor
        wanted.append("p.id < %(last)s")
    elif cursor:
        raise BadCursor(cursor[:40])
    else:
        score, last = "0", "0"
    order = _BEST if is_best else _NEWEST
    page = (_OF_THESE if community_ids else _OF_ALL).format(
        readable="true" if actor.is_operator else _READABLE,
        wanted=" and ".join(wanted),
        order=order,
        limit=PAGE + 1,
    )
    rows = sql.rows(
        _FACES.format(page=page, order=order),  # type: ignore[arg-type] # made of the fragments above
        {
            "me": actor.member_id, "communities": list(community_ids), "line": line, "topic": topic, "circle": circle_id,
            "score": int(score), "last": int(last),
        },
    )  # fmt: skip
    following = ""
    if len(rows) > PAGE:
        row = rows[PAGE - 1]
        following = f"{row.score}-{row.id}" if is_best else str(row.id)
    return Feed([_face(row) for row in rows[:PAGE]], following)


def saved_posts(*, actor: Actor, cursor: str = "") -> Feed:
    """What a member keeps, the newest first."""
    found = Post.objects.visible_to(actor).filter(saves__member_id=actor.member_id)
    if cursor and not _is_number(cursor):
        raise BadCursor(cursor[:40])
    if cursor:
        found = found.filter(pk__lt=int(cursor))
    ids = list(found.order_by("-pk").values_list("pk", flat=True)[: PAGE + 1])
    return Feed(_faces(ids[:PAGE], actor), str(ids[PAGE - 1]) if len(ids) > PAGE else "")


def posts_by_id(ids: Sequence[int], *, actor: Actor) -> list[PostFace]:
    """Posts that the actor may read, in this order."""
    seen = Post.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True)
    found = {one.id: one for one in _faces(list(seen), actor)}
    return [found[one] for one in ids if one in found]


def post_face(post_id: int, *, actor: Actor) -> PostFace | None:
    """One post; None for what the actor may not read."""
    found = posts_by_id([post_id], actor=actor)
    return found[0] if found else None


def _faces(ids: Sequence[int], actor: Actor) -> list[PostFace]:
    """The faces of posts, the newest first; no statement for none."""
    if not ids:
        return []
    statement = _FACES.format(page=_GIVEN, order=_NEWEST)
    return [_face(row) for row in sql.rows(statement, {"posts": list(ids), "me": actor.member_id})]  # type: ignore[arg-type]


def _face(row: Any) -> PostFace:
    *values, _ = row
    values[CARDS_AT] = [Card(*card) for card in row.cards or ()]
    return PostFace(*values)


# What everybody may read: _READABLE for nobody, shown.
_PUBLIC = """select p.id, p.author_id, p.line, p.text, p.images::text[] as images, k.name as community_name, a.name as author_name, a.avatar as author_avatar
  from {posts} join community_community k on k.id = p.community_id and k.closed_at is null and k.type <> 'heavy'
  join members_member a on a.id = p.author_id where p.state = 'shown' {chosen} limit %(limit)s"""
_NEWEST_WORDS = _PUBLIC.format(posts="community_post p", chosen="order by p.id desc")
_TOLD_WORDS = _PUBLIC.format(
    posts="community_postproduct g join community_post p on p.id = g.post_id",
    chosen="and g.product_id = %(product)s and p.line in ('buying', 'show') order by p.score desc, p.id desc",
)


def public_words(*, product_id: int = 0, limit: int = 3) -> list[dict[str, Any]]:
    """What everybody may read: the newest, or the best that buyers tell of a product. Who, where, what; one statement."""
    statement = _TOLD_WORDS if product_id else _NEWEST_WORDS
    return sql.dicts(statement, {"product": product_id, "limit": limit})


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


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
