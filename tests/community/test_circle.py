"""Circles, experts, mentions, what is shown off, and words that are said better."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.community import acting, make_community, make_post, membership, neighbour
from factories.recording import picture
from factories.shop import make_member, make_sku
from linli.channels.models import InboxMessage
from linli.community.models import Circle, Community, Expert, Post
from linli.community.operations.circle import close_circle, join_circle, leave_circle, open_circle
from linli.community.operations.expert import end_expert, name_expert
from linli.community.operations.join import leave
from linli.community.operations.moderation import decide_comment, decide_post
from linli.community.operations.post import PostDraft, edit_post, write_comment
from linli.community.operations.words import add_words
from linli.community.queries.circle import circles_of, experts_of, names_like, subjects_of
from linli.community.queries.feed import feed, post_face
from linli.community.rules.expert import is_in
from linli.community.rules.mention import mentioned, possible_names
from linli.core.actor import SYSTEM
from linli.core.pictures import keep_picture
from linli.core.refusal import Refusal
from linli.members.models import Member

pytestmark = [pytest.mark.capability("C7"), pytest.mark.usefixtures("holds")]


def told(member: Member) -> list[str]:
    found = InboxMessage.objects.filter(member_id=member.pk).exclude(code__startswith="community_")
    return list(found.order_by("pk").values_list("code", flat=True))


def circle_in(community: Community, by: Member, at: datetime, name: str = "烘焙") -> Circle:
    return open_circle(community=community, name=name, intro="", actor=acting(by), at=at)


def test_a_circle_is_read_by_all_and_written_by_those_in_it(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    baker, reader, stranger = neighbour(community, at), neighbour(community, at), make_member(at)
    circle = circle_in(community, leader, at, " 烘焙  新手 ")
    assert circle.name == "烘焙 新手"
    with pytest.raises(Refusal, match="join_first"):
        join_circle(circle=circle, actor=acting(stranger), at=at)
    join_circle(circle=circle, actor=acting(baker), at=at)
    join_circle(circle=circle, actor=acting(baker), at=at)
    with pytest.raises(Refusal, match="circle_first"):
        make_post(community, reader, at, circle_id=circle.pk)
    inside, outside = make_post(community, baker, at, circle_id=circle.pk), make_post(community, baker, at)
    assert [
        one.id for one in feed(actor=acting(reader), community_ids=[community.pk], circle_id=circle.pk).posts
    ] == [inside.pk]
    assert {one.id for one in feed(actor=acting(reader), community_ids=[community.pk]).posts} == {
        inside.pk,
        outside.pk,
    }
    [face] = circles_of(community.pk, member_id=baker.pk)
    assert (face.member_count, face.post_count, face.is_mine) == (2, 1, True)
    assert circles_of(community.pk, member_id=reader.pk)[0].is_mine is False
    leave(membership=membership(community, baker))
    assert circles_of(community.pk, member_id=leader.pk)[0].member_count == 1, (
        "who left the community is counted out"
    )
    leave_circle(circle=circle, actor=acting(leader))
    assert circles_of(community.pk, member_id=leader.pk)[0].member_count == 0
    close_circle(circle=circle, actor=acting(leader), at=at)
    assert circles_of(community.pk, member_id=leader.pk) == []
    circle.refresh_from_db()
    for refused in (
        lambda: join_circle(circle=circle, actor=acting(reader), at=at),
        lambda: make_post(community, reader, at, circle_id=circle.pk),
    ):
        with pytest.raises(Refusal, match="circle_over"):
            refused()


def test_what_no_circle_can_be(at: datetime) -> None:
    leader = make_member(at)
    community, other = make_community(at, leader), make_community(at, leader)
    for name, intro in (("", ""), ("长" * 13, ""), ("好", "x" * 61)):
        with pytest.raises(Refusal, match="circle_name"):
            open_circle(community=community, name=name, intro=intro, actor=acting(leader), at=at)
    elsewhere = circle_in(other, leader, at)
    with pytest.raises(Refusal, match="circle_over"):
        make_post(community, leader, at, circle_id=elsewhere.pk)
    circle_in(community, leader, at)
    with pytest.raises(Refusal, match="circle_known"):
        circle_in(community, leader, at)
    for n in range(19):
        circle_in(community, leader, at, f"圈{n}")
    with pytest.raises(Refusal, match="too_many_circles"):
        circle_in(community, leader, at, "再一个")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("谢谢 @小芳", [1]),
        ("谢谢@小芳的推荐", [1]),
        ("＠小芳 你好", [1]),
        ("@小芳芳", [2]),
        ("@小芳 @小芳", [1]),
        ("@小王", []),
        ("小芳@", []),
        ("@同名", []),
        ("a@b.com", []),
        ("@Li Lei 在吗 @小芳芳", [5, 2]),
    ],
)
def test_whose_names_a_text_says(text: str, ids: list[int]) -> None:
    known = {"小芳": [1], "小芳芳": [2], "同名": [3, 4], "Li Lei": [5]}
    assert mentioned(text, known) == ids
    assert {name for name, who in known.items() if {*who} & {*ids}} <= possible_names(text)


@given(
    st.text(max_size=80),
    st.dictionaries(
        st.text(min_size=1, max_size=24), st.lists(st.integers(1, 9), min_size=1, max_size=2), max_size=5
    ),
)
def test_nobody_is_mentioned_whose_name_does_not_stand_there(text: str, known: dict[str, list[int]]) -> None:
    found = mentioned(text, known)
    plain = text.replace("＠", "@")
    assert len(found) == len(set(found)) <= 5
    assert all(any(who == [one] and f"@{name}" in plain for name, who in known.items()) for one in found)


def test_who_is_mentioned_hears_of_it_once_and_only_inside(at: datetime) -> None:
    community = make_community(at, make_member(at))
    author, friend = neighbour(community, at, "阿青"), neighbour(community, at, "小芳")
    stranger = make_member(at, "路人甲")
    post = make_post(community, author, at, "@小芳 @路人甲 @阿青 看看这个")
    assert post.mentioned == [friend.pk]
    assert (told(friend), told(stranger), told(author)) == (["mentioned"], [], [])
    write_comment(post=post, text="@阿青 收到，@小芳 也来", product_id=0, actor=acting(friend), at=at)
    assert told(author) == ["post_commented"], "the author hears of the comment already"
    edit_post(post=post, draft=PostDraft("buying", "@小芳 改好了"), actor=acting(author), at=at)
    assert told(friend) == ["mentioned"]


def test_what_waits_for_a_look_tells_nobody_until_it_is_shown(at: datetime) -> None:
    add_words(texts=["稳赚"], actor=SYSTEM, at=at)
    leader = make_member(at)
    community = make_community(at, leader)
    author, friend = neighbour(community, at), neighbour(community, at, "小芳")
    name_expert(
        community=community,
        member_id=friend.pk,
        subject="理财",
        weekdays=[],
        from_minute=0,
        to_minute=1440,
        actor=SYSTEM,
        at=at,
    )
    post = make_post(community, author, at, "稳赚 @小芳", line="question", asked_id=friend.pk)
    said = write_comment(
        post=make_post(community, author, at), text="稳赚 @小芳", product_id=0, actor=acting(author), at=at
    )
    assert told(friend) == ["expert_named"]
    decide_post(post=post, show=True, reason="", actor=acting(leader), at=at)
    decide_comment(comment=said, show=True, reason="", actor=acting(leader), at=at)
    assert told(friend) == ["expert_named", "mentioned", "expert_asked", "mentioned"]


@pytest.mark.capability("C8")
def test_an_expert_is_asked_and_known_by_it(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    expert, asker, stranger = neighbour(community, at, "王医生"), neighbour(community, at), make_member(at)
    values = {
        "community": community,
        "weekdays": [1, 2, 3],
        "from_minute": 1140,
        "to_minute": 1260,
        "actor": acting(leader),
        "at": at,
    }
    with pytest.raises(Refusal, match="join_first"):
        name_expert(member_id=stranger.pk, subject="辅食", **values)
    for wrong in (
        {"subject": ""},
        {"subject": "长" * 21},
        {"weekdays": [8]},
        {"to_minute": 1141},
        {"from_minute": -60},
        {"to_minute": 1500},
    ):
        with pytest.raises(Refusal, match="expert_hours"):
            name_expert(**({"member_id": expert.pk, "subject": "辅食"} | values | wrong))
    with pytest.raises(Refusal, match="no_such_expert"):
        make_post(community, asker, at, line="question", asked_id=expert.pk)
    made = name_expert(member_id=expert.pk, subject=" 辅食 ", **values)
    assert name_expert(member_id=expert.pk, subject="辅食与过敏", **values).pk == made.pk
    with pytest.raises(Refusal, match="no_such_expert"):
        make_post(community, asker, at, line="buying", asked_id=expert.pk)
    question = make_post(community, asker, at, line="question", asked_id=expert.pk)
    assert told(expert) == ["expert_named", "expert_asked"]
    face = post_face(question.pk, actor=acting(asker))
    assert face and face.asked_name == "王医生"
    wednesday = datetime(2026, 11, 25, 12, tzinfo=UTC)  # 20:00 in Shanghai
    assert [one.is_in for one in experts_of(community.pk, at=wednesday)] == [True]
    assert [one.is_in for one in experts_of(community.pk, at=wednesday + timedelta(hours=1))] == [False]
    assert [one.is_in for one in experts_of(community.pk, at=wednesday + timedelta(days=1))] == [False]
    assert subjects_of(community.pk, [expert.pk, asker.pk]) == {expert.pk: "辅食与过敏"}
    end_expert(expert=Expert.objects.get(), actor=SYSTEM, at=at)
    assert experts_of(community.pk, at=at) == []
    name_expert(member_id=expert.pk, subject="又来", **values)
    leave(membership=membership(community, expert))
    assert experts_of(community.pk, at=at) == [], "who is not inside cannot be asked"


def test_when_an_expert_looks_in() -> None:
    monday = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    assert is_in([1], 1140, 1200, local=monday)
    assert is_in([], 1140, 1200, local=monday)
    assert not is_in([2], 1140, 1200, local=monday)
    assert not is_in([1], 1140, 1200, local=monday - timedelta(minutes=1))
    assert not is_in([1], 1140, 1200, local=monday + timedelta(hours=1))


def test_what_is_shown_off_has_a_picture_and_goods(at: datetime) -> None:
    community = make_community(at)
    author, sku = neighbour(community, at), make_sku(at)
    with pytest.raises(Refusal, match="picture_needed"):
        make_post(community, author, at, line="show", product_ids=(sku.product_id,))
    image = keep_picture(picture(), member_id=author.pk, at=at)
    with pytest.raises(Refusal, match="goods_needed"):
        make_post(community, author, at, line="show", images=(image,))
    shown = make_post(community, author, at, line="show", images=(image,), product_ids=(sku.product_id,))
    make_post(community, author, at)
    assert [
        one.id for one in feed(actor=acting(author), community_ids=[community.pk], line="show").posts
    ] == [shown.pk]


def test_words_are_said_better_by_their_author_only(at: datetime) -> None:
    add_words(texts=["稳赚"], actor=SYSTEM, at=at)
    leader = make_member(at)
    community = make_community(at, leader)
    author, other = neighbour(community, at), neighbour(community, at)
    sku = make_sku(at)
    post = make_post(community, author, at, "好吃", topic="早餐", product_ids=(sku.product_id,))
    with pytest.raises(Refusal, match="forbidden"):
        edit_post(post=post, draft=PostDraft("buying", "改"), actor=acting(leader), at=at)
    with pytest.raises(Refusal, match="text_needed"):
        edit_post(post=post, draft=PostDraft("buying", " "), actor=acting(author), at=at)
    better = edit_post(
        post=post, draft=PostDraft("selling", "更好吃", topic="晚餐"), actor=acting(author), at=at
    )
    assert (better.text, better.topic, better.line, better.edited_at, better.products.count()) == (
        "更好吃",
        "晚餐",
        "buying",
        at,
        0,
    )
    held = edit_post(post=post, draft=PostDraft("buying", "稳赚不赔"), actor=acting(author), at=at)
    at += timedelta(minutes=1)
    assert (held.state, held.why, Community.objects.get().post_count) == ("held", "稳赚", 0)
    waits = edit_post(post=post, draft=PostDraft("buying", "不说了"), actor=acting(author), at=at)
    assert waits.state == "held", "a person ends the waiting, not the author"
    with pytest.raises(Refusal, match="post_changed"):
        decide_post(post=held, show=True, reason="", actor=acting(leader), at=at)
    decide_post(post=waits, show=True, reason="", actor=acting(leader), at=at)
    decide_post(post=post, show=False, reason="广告", actor=acting(leader), at=at)
    with pytest.raises(Refusal, match="post_gone"):
        edit_post(post=post, draft=PostDraft("buying", "再改"), actor=acting(author), at=at)
    leave(membership=membership(community, other))
    mine = make_post(community, author, at)
    leave(membership=membership(community, author))
    with pytest.raises(Refusal, match="join_first"):
        edit_post(post=mine, draft=PostDraft("buying", "走了还改"), actor=acting(author), at=at)


def test_goods_that_are_not_sold_any_more_stay_where_they_are_shown(at: datetime) -> None:
    community = make_community(at)
    author, old, other = neighbour(community, at), make_sku(at), make_sku(at)
    post = make_post(community, author, at, product_ids=(old.product_id,))
    for sku in (old, other):
        sku.product.state = "off_sale"
        sku.product.save()
    edit_post(
        post=post,
        draft=PostDraft("buying", "还是好吃", product_ids=(old.product_id,)),
        actor=acting(author),
        at=at,
    )
    with pytest.raises(Refusal, match="not_for_sale"):
        edit_post(
            post=post,
            draft=PostDraft("buying", "好", product_ids=(other.product_id,)),
            actor=acting(author),
            at=at,
        )
    assert list(Post.objects.get().products.values_list("product_id", flat=True)) == [old.product_id]


def test_names_are_offered_by_their_beginning(at: datetime) -> None:
    community = make_community(at, make_member(at, "小群主"))
    neighbour(community, at, "小芳")
    gone = neighbour(community, at, "小李")
    make_member(at, "小外人")
    leave(membership=membership(community, gone))
    assert set(names_like(community.pk, "小")) == {"小群主", "小芳"}
    assert names_like(community.pk, "%") == []
