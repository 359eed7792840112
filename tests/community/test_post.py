"""What is said: who may say it, who may read it, and that the counts are right."""

from datetime import datetime
from typing import Any

import pytest

from factories.community import acting, join, make_community, make_post, membership, neighbour
from factories.shop import make_member, make_sku, received_order, request
from linli.channels.models import InboxMessage
from linli.community.models import Comment, Community, Post
from linli.community.operations.community import appoint, close_community
from linli.community.operations.join import leave
from linli.community.operations.post import (
    PostDraft,
    accept_answer,
    delete_comment,
    delete_post,
    like,
    save,
    write_comment,
    write_post,
)
from linli.community.operations.words import add_words
from linli.community.queries.feed import comments_of, feed, post_face, public_words, saved_posts
from linli.community.rules.text import held_for
from linli.core.actor import GUEST, SYSTEM
from linli.core.refusal import Refusal
from linli.trade.queries.verified_buyer import bought_products, verified_buyers

pytestmark = [pytest.mark.capability("C7"), pytest.mark.usefixtures("holds")]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"text": " \n "}, "text_needed"),
        ({"text": "x" * 2001}, "too_long"),
        ({"topic": "x" * 21}, "too_long"),
        ({"images": tuple("abcdefghij")}, "too_many_images"),
        ({"images": ("0" * 24 + ".webp",)}, "bad_picture"),
        ({"text": "\u200b \u00ad"}, "text_needed"),
        ({"text": "\u3164\u115f \u0345"}, "text_needed"),
        ({"product_ids": tuple(range(1, 8))}, "too_many_cards"),
        ({"product_ids": (99_999,)}, "not_for_sale"),
        ({"line": "shouting"}, "unreadable"),
    ],
)
def test_what_cannot_be_said_leaves_nothing(at: datetime, draft: dict, code: str) -> None:
    community = make_community(at)
    member = neighbour(community, at)
    with pytest.raises(Refusal, match=code):
        make_post(community, member, at, **draft)
    assert (Post.objects.count(), Community.objects.get().post_count) == (0, 0)


def test_who_may_write(at: datetime) -> None:
    leader = make_member(at)
    light, benefit = make_community(at, leader), make_community(at, leader, type="benefit")
    member, stranger = neighbour(light, at), make_member(at)
    join(benefit, member, at)
    with pytest.raises(Refusal, match="join_first"):
        make_post(light, stranger, at)
    with pytest.raises(Refusal, match="leaders_write"):
        make_post(benefit, member, at)
    offer = make_post(benefit, leader, at)
    make_post(benefit, member, at, line="question")
    write_comment(post=offer, text="买了", product_id=0, actor=acting(member), at=at)
    with pytest.raises(Refusal, match="join_first"):
        write_comment(post=offer, text="路过", product_id=0, actor=acting(stranger), at=at)
    leave(membership=membership(light, member))
    with pytest.raises(Refusal, match="join_first"):
        make_post(light, member, at)


def test_a_heavy_community_is_read_by_its_members_only(at: datetime) -> None:
    heavy, light = make_community(at, type="heavy"), make_community(at)
    inside, outside = neighbour(heavy, at), make_member(at)
    join(light, inside, at)
    secret, public = make_post(heavy, inside, at), make_post(light, inside, at)

    def seen(actor: Any) -> set[int]:
        """By the statement of the feed, which is the door of the posts (visible_to) for what is shown: of all, and of these two."""
        found = {post.id for post in feed(actor=actor).posts}
        both = feed(actor=actor, community_ids=[heavy.pk, light.pk]).posts
        door = Post.objects.visible_to(actor).filter(state="shown").values_list("pk", flat=True)
        assert found == {post.id for post in both} == set(door)
        return found

    assert seen(GUEST) == {public.pk} == seen(acting(outside))
    assert seen(acting(inside)) == {public.pk, secret.pk} == seen(SYSTEM)
    assert post_face(secret.pk, actor=acting(outside)) is None
    friend = neighbour(heavy, at)
    assert seen(acting(friend)) == {public.pk, secret.pk}
    leave(membership=membership(heavy, friend))
    assert seen(acting(friend)) == {public.pk}
    leave(membership=membership(heavy, inside))
    assert seen(acting(inside)) == {public.pk}, "who has left reads nothing there, but may take back"
    assert list(Post.objects.written_by(acting(inside)).order_by("pk")) == [secret, public]
    delete_post(post=secret, actor=acting(inside))
    close_community(community=light, actor=SYSTEM, at=at)
    assert seen(acting(inside)) == set()
    with pytest.raises(Refusal, match="join_first"):
        write_comment(post=public, text="还在吗", product_id=0, actor=acting(inside), at=at)


def test_a_word_lets_a_post_wait_for_a_look(at: datetime) -> None:
    add_words(texts=["稳赚", " 刷 单 "], actor=SYSTEM, at=at)
    leader = make_member(at)
    community = make_community(at, leader)
    author, reader = neighbour(community, at), neighbour(community, at)
    held = make_post(community, author, at, text="这个 稳 赚 的")
    assert (held.state, held.why, Community.objects.get().post_count) == ("held", "稳赚", 0)
    for actor, sees in (
        (acting(reader), False),
        (acting(author), True),
        (acting(leader), True),
        (GUEST, False),
    ):
        assert (post_face(held.pk, actor=actor) is not None) is sees
    assert feed(actor=acting(leader)).posts == []
    said = make_post(community, author, at)
    answer = write_comment(post=said, text="一起刷单", product_id=0, actor=acting(reader), at=at)
    assert answer.state == "held"
    face = post_face(said.pk, actor=acting(author))
    assert face and face.comment_count == 0
    assert comments_of(face, actor=acting(author)) == ([], 0)
    assert comments_of(face, actor=acting(reader)) == ([answer], 0)
    assert comments_of(face, actor=acting(leader), is_leading=True) == ([answer], 0)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("稳赚不赔", "稳赚"),
        ("稳 赚", "稳赚"),
        ("稳.赚", "稳赚"),
        ("稳\u200b赚", "稳赚"),
        ("稳\u3164赚", "稳赚"),
        ("稳\u0345赚", "稳赚"),
        ("ＷｅＣｈａｔ", "wechat"),
        ("Ｗ", ""),
        ("WeChat me", "wechat"),
        ("好吃", ""),
        ("", ""),
    ],
)
def test_words_are_found_whatever_their_case_and_spacing(text: str, word: str) -> None:
    assert held_for(text, ["稳赚", "wechat"]) == word


def test_likes_and_stars_count_once_and_order_the_best(at: datetime) -> None:
    community = make_community(at)
    people = [neighbour(community, at) for _ in range(3)]
    first, second, third = (make_post(community, people[0], at) for _ in range(3))
    for person in people:
        like(post=first, actor=acting(person), is_liked=True)
        like(post=first, actor=acting(person), is_liked=True)
    save(post=second, actor=acting(people[1]), is_saved=True, at=at)
    write_comment(post=second, text="真的", product_id=0, actor=acting(people[2]), at=at)
    like(post=third, actor=acting(people[1]), is_liked=True)
    like(post=third, actor=acting(people[1]), is_liked=False)
    best = feed(actor=acting(people[1]), sort="best").posts
    assert [(post.id, post.like_count, post.save_count, post.comment_count) for post in best] == [
        (second.pk, 0, 1, 1), (first.pk, 3, 0, 0), (third.pk, 0, 0, 0),
    ]  # fmt: skip
    assert [(post.is_liked, post.is_saved) for post in best] == [(False, True), (True, False), (False, False)]
    assert [post.id for post in saved_posts(actor=acting(people[1])).posts] == [second.pk]
    like(post=third, actor=acting(people[0]), is_liked=True)
    write_comment(post=third, text="顶", product_id=0, actor=acting(people[0]), at=at)
    assert Post.objects.get(pk=third.pk).score == 0, "an author's own marks and words weigh nothing"
    save(post=second, actor=acting(people[1]), is_saved=False, at=at)
    assert saved_posts(actor=acting(people[1])).posts == []


@pytest.mark.parametrize("sort", ["new", "best"])
def test_pages_of_a_feed_hold_everything_once(at: datetime, sort: str) -> None:
    community = make_community(at)
    author, reader = neighbour(community, at), neighbour(community, at)
    made = [make_post(community, author, at).pk for _ in range(45)]
    for post in Post.objects.filter(pk__in=made[::3]):
        like(post=post, actor=acting(reader), is_liked=True)
    seen, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        page = feed(actor=GUEST, community_ids=[community.pk], sort=sort, cursor=cursor)
        seen += [post.id for post in page.posts]
        cursor, pages = page.next, pages + 1
    assert (sorted(seen), pages) == (made, 3)
    assert seen == sorted(made, key=lambda pk: (-(pk in made[::3]) if sort == "best" else 0, -pk))


def test_a_feed_costs_the_same_for_one_and_for_many(at: datetime, django_assert_num_queries: Any) -> None:
    community, sku = make_community(at), make_sku(at)
    author = neighbour(community, at)
    make_post(community, author, at, product_ids=(sku.product_id,))
    for _ in range(2):
        with django_assert_num_queries(1):
            feed(actor=acting(author), community_ids=[community.pk])
        make_post(community, author, at, product_ids=(sku.product_id,))
        make_post(community, neighbour(community, at), at)


@pytest.mark.capability("C8")
def test_a_question_its_answers_and_the_one_that_helped(at: datetime) -> None:
    community, sku = make_community(at), make_sku(at)
    asker, first, second = (neighbour(community, at) for _ in range(3))
    question = make_post(community, asker, at, line="question", text="一岁能吃吗？")
    one = write_comment(post=question, text="能", product_id=0, actor=acting(first), at=at)
    two = write_comment(post=question, text="看这个", product_id=sku.product_id, actor=acting(second), at=at)
    own = write_comment(post=question, text="谢谢", product_id=0, actor=acting(asker), at=at)
    for actor, comment, code in ((acting(first), one, "forbidden"), (acting(asker), own, "own_answer")):
        with pytest.raises(Refusal, match=code):
            accept_answer(comment=comment, actor=actor, at=at)
    accept_answer(comment=two, actor=acting(asker), at=at)
    face = post_face(question.pk, actor=GUEST)
    assert face and [comment.pk for comment in comments_of(face, actor=GUEST)[0]] == [two.pk, one.pk, own.pk]
    told = (
        InboxMessage.objects.exclude(code="community_welcome")
        .values_list("member_id", "code")
        .order_by("code")
    )
    assert list(told) == [(second.pk, "answer_accepted"), (asker.pk, "question_answered")], (
        "once a day, not per answer"
    )
    delete_comment(comment=two, actor=acting(second))
    face = post_face(question.pk, actor=GUEST)
    assert face and (face.accepted_id, face.comment_count) == (None, 2)


def test_one_takes_back_ones_own_and_nobody_elses(at: datetime) -> None:
    community = make_community(at)
    author, other = neighbour(community, at), neighbour(community, at)
    post = make_post(community, author, at)
    comment = write_comment(post=post, text="嗯", product_id=0, actor=acting(other), at=at)
    with pytest.raises(Refusal, match="forbidden"):
        delete_post(post=post, actor=acting(other))
    with pytest.raises(Refusal, match="forbidden"):
        delete_comment(comment=comment, actor=acting(author))
    delete_post(post=post, actor=acting(author))
    assert (post_face(post.pk, actor=acting(author)), Community.objects.get().post_count) == (None, 0)
    with pytest.raises(Refusal, match="post_gone"):
        write_comment(post=post, text="还在吗", product_id=0, actor=acting(other), at=at)
    with pytest.raises(Refusal, match="post_gone"):
        like(post=post, actor=acting(other), is_liked=True)
    assert Comment.objects.count() == 1


@pytest.mark.capability("C10")
def test_only_who_has_received_and_keeps_it_is_a_verified_buyer(at: datetime) -> None:
    community, sku, other = make_community(at), make_sku(at), make_sku(at)
    buyer, talker = neighbour(community, at), neighbour(community, at)
    order = received_order(at, request(buyer, (sku, 1)))
    pairs = {(member.pk, one.product_id) for member in (buyer, talker) for one in (sku, other)}
    assert verified_buyers(pairs) == {(buyer.pk, sku.product_id)}
    assert (bought_products(buyer.pk), bought_products(talker.pk)) == ([sku.product_id], [])
    make_post(community, buyer, at, product_ids=(sku.product_id,))
    make_post(community, talker, at, line="question", product_ids=(sku.product_id,))
    assert [one["author_id"] for one in public_words(product_id=sku.product_id)] == [buyer.pk]
    order.lines.update(refunded_fen=19_900, refunded_quantity=1)
    assert verified_buyers(pairs) == set()
    order.lines.update(refunded_fen=0, refunded_quantity=0)  # as it was: the books are checked after the test


def test_comments_come_in_pages_with_the_accepted_one_first(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.community.queries.feed.COMMENTS", 2)
    community = make_community(at)
    asker, helper = neighbour(community, at), neighbour(community, at)
    question = make_post(community, asker, at, line="question")
    said = [
        write_comment(post=question, text=str(n), product_id=0, actor=acting(helper), at=at) for n in range(5)
    ]
    accept_answer(comment=said[4], actor=acting(asker), at=at)
    face = post_face(question.pk, actor=GUEST)
    assert face
    first, following = comments_of(face, actor=GUEST)
    assert (first, following) == ([said[4], said[0], said[1]], said[1].pk)
    assert comments_of(face, actor=GUEST, after=following) == ([said[2], said[3]], 0)


def test_a_second_level_operator_writes_in_a_community_of_offers(at: datetime) -> None:
    community = make_community(at, type="benefit")
    member = neighbour(community, at)
    appoint(community=community, member_id=member.pk, role="operator", actor=SYSTEM, at=at)
    assert make_post(community, member, at).state == "shown"
    appoint(community=community, member_id=member.pk, role="member", actor=SYSTEM, at=at)
    with pytest.raises(Refusal, match="leaders_write"):
        write_post(community=community, draft=PostDraft("buying", "还能发吗"), actor=acting(member), at=at)
    assert membership(community, member).seen_at == at
