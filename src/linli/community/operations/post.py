"""Members write posts, ask, comment, answer, like and keep. What holds a word of the list waits for a person's look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from linli.catalog.models import Product
from linli.channels.operations import Told, tell_members
from linli.community.models import (
    Comment,
    Community,
    Line,
    Membership,
    MembershipState,
    Post,
    PostProduct,
    PostState,
    Word,
)
from linli.community.models.community import LEADING
from linli.community.operations.circle import check_circle
from linli.community.operations.expert import check_expert
from linli.community.operations.join import lock_community
from linli.community.operations.mention import mentioned_in, told_mentioned
from linli.community.rules.text import (
    MOST_CARDS,
    MOST_COMMENT,
    MOST_IMAGES,
    MOST_POST,
    MOST_TOPIC,
    fault_of_text,
    held_for,
)
from linli.core import sql
from linli.core.actor import Actor
from linli.core.clock import shop_day
from linli.core.live import tell
from linli.core.pictures import is_kept
from linli.core.recordings import recording_of
from linli.core.refusal import Refusal


@dataclass(frozen=True)
class PostDraft:
    """What somebody would say."""

    line: str
    text: str
    topic: str = ""
    images: tuple[str, ...] = ()
    product_ids: tuple[int, ...] = ()
    recording: str = ""
    circle_id: int = 0
    asked_id: int = 0


def write_post(*, community: Community, draft: PostDraft, actor: Actor, at: datetime) -> Post:
    """A post or question. Raises Refusal: join_first, writing_paused, leaders_write, text_needed, too_long,
    too_many_images, bad_picture, too_many_cards, not_for_sale, bad_recording, picture_needed, goods_needed, circle_first, no_such_expert."""
    with transaction.atomic():
        lock_community(community.pk)
        membership = writer_in(community.pk, actor=actor, at=at)
        if community.is_led_talk and draft.line != Line.question and membership.role not in LEADING:
            raise Refusal("leaders_write")
        check_circle(draft.circle_id, community.pk, actor=actor)
        check_expert(draft.asked_id, community.pk, line=draft.line)
        post = Post(
            community=community,
            author_id=actor.member_id,
            line=Line(draft.line) if draft.line in Line.values else draft.line,
            circle_id=draft.circle_id or None,
            asked_id=draft.asked_id or None,
            created_at=at,
        )
        _say(post, draft)
        if post.state == PostState.shown:
            count_posts(community.pk, 1)
            tell_members(heard_of(post), at=at)
        _touch(membership, at)
    return post


def edit_post(*, post: Post, draft: PostDraft, actor: Actor, at: datetime) -> Post:
    """Its author says it better: words, pictures, goods; what kind it is, and where it stands, stays. A word of the list lets it wait
    again; who is newly mentioned hears of it. Raises Refusal like write_post, and post_gone."""
    with transaction.atomic():
        lock_community(post.community_id)
        locked = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
        if locked.author_id != actor.member_id:
            raise Refusal("forbidden")
        if locked.state not in (PostState.shown, PostState.held):
            raise Refusal("post_gone")
        writer_in(locked.community_id, actor=actor, at=at)
        was_shown, known = locked.state == PostState.shown, list(locked.mentioned)
        # What waits for a look goes on waiting: only a person ends that.
        locked.edited_at = at
        _say(locked, replace(draft, line=locked.line), is_waiting=not was_shown)
        if was_shown and locked.state == PostState.held:
            count_posts(locked.community_id, -1)
        elif was_shown:
            tell_members(heard_of(locked, known), at=at)
            tell([f"post:{locked.pk}", f"community:{locked.community_id}"])
    return locked


def _say(post: Post, draft: PostDraft, *, is_waiting: bool = False) -> None:
    """Fill a post with what its author would say, and store it with its goods cards. Raises Refusal."""
    products = _checked(draft, post)
    word = _held_for(draft.text + draft.topic)
    post.topic, post.text, post.images = draft.topic.strip(), draft.text.strip(), list(draft.images)
    post.mentioned = mentioned_in(post.text, post.community_id, author_id=post.author_id)
    if word or not is_waiting:
        post.state, post.why = (PostState.held, word) if word else (PostState.shown, "")
    post.save()
    PostProduct.objects.filter(post=post).delete()
    PostProduct.objects.bulk_create(
        PostProduct(post=post, product_id=product_id, position=n) for n, product_id in enumerate(products)
    )


def heard_of(post: Post, known: Sequence[int] = ()) -> list[Told]:
    """Who hears of a post that is shown: those it mentions and who do not know yet, and the expert whom it asks."""
    told = told_mentioned(post, known)
    if post.asked_id and post.asked_id != post.author_id:
        told.append(
            Told(post.asked_id, "expert_asked", str(post.pk), f"/posts/{post.pk}", {"text": post.text[:20]})
        )
    return told


def writer_in(community_id: int, *, actor: Actor, at: datetime) -> Membership:
    """The membership by which somebody may say or give something now. Raises Refusal: join_first, writing_paused."""
    membership = Membership.objects.filter(
        community_id=community_id,
        community__closed_at=None,
        member_id=actor.member_id,
        state=MembershipState.active,
    ).first()
    if membership is None:
        raise Refusal("join_first")
    if membership.paused_until and membership.paused_until > at:
        raise Refusal("writing_paused")
    return membership


def _checked(draft: PostDraft, post: Post) -> list[int]:
    """The products of the goods cards, each once; the post gets its recording. Raises Refusal."""
    if draft.line not in Line.values:
        raise Refusal("unreadable")
    if fault := fault_of_text(draft.text, most=MOST_POST):
        raise Refusal(fault)
    if len(draft.topic.strip()) > MOST_TOPIC:
        raise Refusal("too_long")
    if len(draft.images) > MOST_IMAGES:
        raise Refusal("too_many_images")
    if not all(is_kept(name) for name in draft.images):
        raise Refusal("bad_picture")
    recording = recording_of(draft.recording, member_id=post.author_id) if draft.recording else None
    if draft.recording and recording is None:
        raise Refusal("bad_recording")
    post.recording = recording
    products = list(dict.fromkeys(draft.product_ids))
    if len(products) > MOST_CARDS:
        raise Refusal("too_many_cards")
    if draft.line == Line.show and not draft.images and not (recording and recording.kind == "video"):
        raise Refusal("picture_needed")
    if draft.line == Line.show and not products:
        raise Refusal("goods_needed")
    shown = set(post.products.values_list("product_id", flat=True)) if post.pk else set()
    _all_on_sale([one for one in products if one not in shown])
    return products


def _all_on_sale(product_ids: Sequence[int]) -> None:
    found = Product.objects.filter(pk__in=product_ids, state="on_sale").count() if product_ids else 0
    if found != len(product_ids):
        raise Refusal("not_for_sale")


def _held_for(text: str) -> str:
    return held_for(text, Word.objects.values_list("text", flat=True))


def count_posts(community_id: int, change: int) -> None:
    """A post is shown (or not any more): its community counts it, and open pages hear of it."""
    sql.rows(
        "update community_community set post_count = post_count + %s where id = %s", (change, community_id)
    )
    tell([f"community:{community_id}"])


def _touch(membership: Membership, at: datetime) -> None:
    Membership.objects.filter(pk=membership.pk).update(seen_at=at, ladder=0)


def touch(*, membership: Membership, at: datetime) -> None:
    """A member reads: the ladder of silence begins anew. Written once a day at most."""
    if membership.seen_at is None or membership.ladder or shop_day(membership.seen_at) != shop_day(at):
        _touch(membership, at)


def delete_post(*, post: Post, actor: Actor) -> None:
    """An author takes a post back; leaders hide, they do not delete. Raises Refusal: forbidden."""
    with transaction.atomic():
        lock_community(post.community_id)
        locked = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
        if locked.author_id != actor.member_id:
            raise Refusal("forbidden")
        was_shown = locked.state == PostState.shown
        Post.objects.filter(pk=locked.pk).update(state=PostState.deleted)
        if was_shown:
            count_posts(locked.community_id, -1)


def write_comment(*, post: Post, text: str, product_id: int, actor: Actor, at: datetime) -> Comment:
    """A comment, or an answer to a question. Raises Refusal: join_first, writing_paused, text_needed, too_long,
    not_for_sale, post_gone."""
    with transaction.atomic():
        if fault := fault_of_text(text, most=MOST_COMMENT):
            raise Refusal(fault)
        _all_on_sale([product_id] if product_id else [])
        locked = _shown(post)
        membership = writer_in(post.community_id, actor=actor, at=at)
        word = _held_for(text)
        comment = Comment.objects.create(
            post=locked,
            author_id=actor.member_id,
            text=text.strip(),
            mentioned=mentioned_in(text, post.community_id, author_id=actor.member_id),
            product_id=product_id or None,
            state=PostState.held if word else PostState.shown,
            why=word,
            created_at=at,
        )
        if not word:
            count_comments(locked, comment, 1)
            if locked.author_id != actor.member_id:
                code = "question_answered" if locked.line == Line.question else "post_commented"
                tell_members([_about(locked, code, at)], at=at)
            tell_members(told_mentioned(comment, [locked.author_id]), at=at)
        _touch(membership, at)
    return comment


def _shown(post: Post) -> Post:
    locked = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if locked.state != PostState.shown:
        raise Refusal("post_gone")
    return locked


def _about(post: Post, code: str, at: datetime) -> Told:
    """At most one message a day about one post."""
    return Told(
        post.author_id, code, f"{post.pk}:{shop_day(at)}", f"/posts/{post.pk}", {"text": post.text[:20]}
    )


def count_comments(post: Post, comment: Comment, change: int) -> None:
    """A comment is shown (or not any more): its post counts it, and open pages hear of it. The author's own weigh nothing."""
    weight = 0 if comment.author_id == post.author_id else 2
    sql.rows(
        "update community_post set comment_count = comment_count + %(n)s, score = score + %(weight)s * %(n)s where id = %(id)s",
        {"n": change, "weight": weight, "id": post.pk},
    )
    tell([f"post:{post.pk}"])


def delete_comment(*, comment: Comment, actor: Actor) -> None:
    """An author takes a comment back. Raises Refusal: forbidden."""
    with transaction.atomic():
        post = Post.objects.select_for_update(no_key=True).get(pk=comment.post_id)
        locked = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
        if locked.author_id != actor.member_id:
            raise Refusal("forbidden")
        was_shown = locked.state == PostState.shown
        Comment.objects.filter(pk=locked.pk).update(state=PostState.deleted)
        if was_shown:
            Post.objects.filter(pk=locked.post_id, accepted_id=locked.pk).update(accepted=None)
            count_comments(post, locked, -1)


def accept_answer(*, comment: Comment, actor: Actor, at: datetime) -> None:
    """Who asked says which answer helped; another one may be accepted later. Raises Refusal: forbidden, post_gone."""
    with transaction.atomic():
        locked = _shown(comment.post)
        if locked.line != Line.question or locked.author_id != actor.member_id:
            raise Refusal("forbidden")
        comment = Comment.objects.get(pk=comment.pk)  # as it is under the lock of its post
        if comment.state != PostState.shown:
            raise Refusal("post_gone")
        if comment.author_id == actor.member_id:
            raise Refusal("own_answer")
        Post.objects.filter(pk=locked.pk).update(accepted=comment)
        told = Told(comment.author_id, "answer_accepted", str(comment.pk), f"/posts/{locked.pk}", {"text": locked.text[:20]})  # fmt: skip
        tell_members([told], at=at)
        tell([f"post:{locked.pk}"])


def like(*, post: Post, actor: Actor, is_liked: bool) -> None:
    """Like, or take it back; twice is once. Raises Refusal: post_gone."""
    _mark("like", post, actor, is_liked, None)


def save(*, post: Post, actor: Actor, is_saved: bool, at: datetime) -> None:
    """Keep a post to read again, or let it go; twice is once. Raises Refusal: post_gone."""
    _mark("save", post, actor, is_saved, at)


def _mark(kind: str, post: Post, actor: Actor, is_on: bool, at: datetime | None) -> None:
    """The row and its count change together, under the lock of the post. One's own mark weighs nothing."""
    with transaction.atomic():
        locked = _shown(post)
        ids = {"post": post.pk, "member": actor.member_id, "at": at}
        if kind == "like":
            done = sql.rows(_LIKE if is_on else _UNLIKE, ids)
            columns, weight = "like_count", 1
        else:
            done = sql.rows(_SAVE if is_on else _LET_GO, ids)
            columns, weight = "save_count", 3
        if done:
            change = 1 if is_on else -1
            weight *= locked.author_id != actor.member_id
            Post.objects.filter(pk=post.pk).update(
                **{columns: getattr(locked, columns) + change}, score=locked.score + weight * change
            )


_LIKE = "insert into community_postlike (post_id, member_id) values (%(post)s, %(member)s) on conflict do nothing returning id"
_UNLIKE = "delete from community_postlike where post_id = %(post)s and member_id = %(member)s returning id"
_SAVE = """insert into community_postsave (post_id, member_id, saved_at) values (%(post)s, %(member)s, %(at)s)
           on conflict do nothing returning id"""
_LET_GO = "delete from community_postsave where post_id = %(post)s and member_id = %(member)s returning id"
