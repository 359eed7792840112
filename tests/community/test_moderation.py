"""Reports, decisions with reasons, graded sanctions with appeal, and the ladder of silence."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.community import acting, join, make_community, make_post, membership, neighbour
from factories.shop import make_member
from linli.channels.models import InboxMessage
from linli.community.models import Community, Report, Sanction
from linli.community.operations.community import appoint
from linli.community.operations.join import come_back, leave
from linli.community.operations.moderation import (
    answer_appeal,
    appeal,
    decide_comment,
    decide_post,
    report,
    sanction,
)
from linli.community.operations.post import touch, write_comment
from linli.community.operations.silence import step_down_the_silent
from linli.community.operations.words import add_words
from linli.community.queries.desk import open_appeals, to_look_at
from linli.community.queries.feed import feed, post_face
from linli.community.rules.ladder import STEPS, step_due
from linli.community.types import Joined
from linli.core.actor import GUEST, SYSTEM, Actor, Role
from linli.core.models import AuditEntry
from linli.core.refusal import Refusal
from linli.members.models import Member

pytestmark = pytest.mark.usefixtures("holds")
OPERATOR = Actor(member_id=900_001, roles=frozenset({Role.operator}))


@pytest.mark.capability("C7")
def test_a_report_is_looked_at_and_its_author_hears_why(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    author, first, second = (neighbour(community, at) for _ in range(3))
    post = make_post(community, author, at)
    comment = write_comment(post=post, text="假的", product_id=0, actor=acting(first), at=at)
    report(post=post, comment=None, reason="像是抄的", actor=acting(first), at=at)
    report(post=post, comment=None, reason="广告", actor=acting(second), at=at)
    report(post=post, comment=comment, reason="骂人", actor=acting(second), at=at)
    with pytest.raises(Refusal, match="reported_before"):
        report(post=post, comment=None, reason="又来", actor=acting(first), at=at)
    with pytest.raises(Refusal, match="reason_needed"):
        report(post=post, comment=None, reason=" ", actor=acting(leader), at=at)
    looks = {one["comment_id"]: (one["reports"], one["reasons"]) for one in to_look_at([community.pk])}
    assert looks == {None: (2, "像是抄的 · 广告"), comment.pk: (1, "骂人")}
    with pytest.raises(Refusal, match="reason_needed"):
        decide_post(post=post, show=False, reason="", actor=acting(leader), at=at)
    decide_comment(comment=comment, show=True, reason="", actor=acting(leader), at=at)
    decide_post(post=post, show=False, reason="图不是自己拍的", actor=acting(leader), at=at)
    assert to_look_at([community.pk]) == [] and Report.objects.filter(decided_at=None).count() == 0
    assert feed(actor=GUEST).posts == [] and Community.objects.get().post_count == 0
    mine = post_face(post.pk, actor=acting(author))
    assert mine and (mine.state, mine.why) == ("hidden", "图不是自己拍的")
    assert post_face(post.pk, actor=acting(first)) is None
    told = InboxMessage.objects.get(code="post_hidden")
    assert (told.member_id, told.values["why"]) == (author.pk, "图不是自己拍的")
    decide_post(post=post, show=True, reason="", actor=OPERATOR, at=at)
    assert len(feed(actor=GUEST).posts) == 1
    acts = (
        AuditEntry.objects.filter(subject=f"post:{post.pk}").order_by("pk").values_list("actor_id", "action")
    )
    assert list(acts) == [(leader.pk, "post_hidden"), (OPERATOR.member_id, "post_shown")]


@pytest.mark.capability("C7")
def test_what_was_held_is_shown_after_a_look(at: datetime) -> None:
    add_words(texts=["稳赚"], actor=SYSTEM, at=at)
    community = make_community(at)
    author, friend = neighbour(community, at), neighbour(community, at)
    held = make_post(community, author, at, text="不是稳赚")
    assert [(one["post_id"], one["why"]) for one in to_look_at([community.pk])] == [(held.pk, "稳赚")]
    decide_post(post=held, show=True, reason="", actor=OPERATOR, at=at)
    comment = write_comment(post=held, text="也不稳赚", product_id=0, actor=acting(friend), at=at)
    decide_comment(comment=comment, show=True, reason="", actor=OPERATOR, at=at)
    face = post_face(held.pk, actor=GUEST)
    assert face and (face.state, face.comment_count) == ("shown", 1)
    decide_comment(comment=comment, show=False, reason="跑题", actor=OPERATOR, at=at)
    face = post_face(held.pk, actor=GUEST)
    assert face and face.comment_count == 0


@pytest.mark.capability("C4")
def test_graded_sanctions_and_their_appeal(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    member = neighbour(community, at)
    judge = acting(leader)

    def decide(kind: str, days: int = 3) -> Sanction:
        return sanction(
            membership=membership(community, member), kind=kind, reason="说明", days=days, actor=judge, at=at
        )

    decide("hint")
    make_post(community, member, at)
    decide("pause")
    with pytest.raises(Refusal, match="writing_paused"):
        make_post(community, member, at)
    make_post(community, member, at + timedelta(days=3))
    decide("rest")
    with pytest.raises(Refusal, match="resting_until"):
        come_back(membership=membership(community, member), at=at)
    come_back(membership=membership(community, member), at=at + timedelta(days=4))
    last = decide("leave")
    assert (membership(community, member).state, Community.objects.get().member_count) == ("removed", 1)
    assert join(community, member, at) == Refusal("removed_before")
    appeal(sanction=last, words="不是我发的", at=at)
    with pytest.raises(Refusal, match="appealed_before"):
        appeal(sanction=last, words="再说一次", at=at)
    assert open_appeals(actor=judge, community_ids=[community.pk]) == []
    assert open_appeals(actor=OPERATOR, community_ids=[community.pk]) == [last]
    with pytest.raises(Refusal, match="same_judge"):
        answer_appeal(sanction=last, lift=True, answer="好", actor=judge, at=at)
    answer_appeal(sanction=last, lift=True, answer="查过，是别人", actor=OPERATOR, at=at)
    with pytest.raises(Refusal, match="already_decided"):
        answer_appeal(sanction=last, lift=False, answer="反悔", actor=OPERATOR, at=at)
    assert (membership(community, member).state, Community.objects.get().member_count) == ("active", 2)
    told = InboxMessage.objects.filter(member_id=member.pk).order_by("pk").values_list("code", flat=True)
    assert list(told) == [
        "community_hosted", "sanction_hint", "sanction_pause", "sanction_rest", "sanction_leave", "appeal_lifted",
    ]  # fmt: skip


@pytest.mark.capability("C4")
@pytest.mark.parametrize(
    ("values", "code"),
    [({"reason": " "}, "reason_needed"), ({"kind": "ban"}, "unreadable"), ({"kind": "pause", "days": 0}, "bad_days"), ({"kind": "rest", "days": 91}, "bad_days")],
)  # fmt: skip
def test_what_no_sanction_can_be(at: datetime, values: dict, code: str) -> None:
    community = make_community(at)
    about = membership(community, neighbour(community, at))
    with pytest.raises(Refusal, match=code):
        sanction(
            membership=about, actor=OPERATOR, at=at, **{"kind": "hint", "reason": "说明", "days": 1, **values}
        )
    assert Sanction.objects.count() == 0


@pytest.mark.capability("C4")
def test_about_a_leader_only_the_operator_decides(at: datetime) -> None:
    leader, second = make_member(at), make_member(at)
    community = make_community(at, leader)
    join(community, second, at)
    about = membership(community, leader)
    with pytest.raises(Refusal, match="not_about_leaders"):
        sanction(membership=about, kind="hint", reason="说明", days=0, actor=acting(second), at=at)
    sanction(membership=about, kind="hint", reason="说明", days=0, actor=OPERATOR, at=at)


@given(st.integers(0, 400), st.integers(0, 4))
def test_steps_of_silence_come_one_at_a_time_and_never_early(days: int, taken: int) -> None:
    step = step_due(days, taken)
    assert step in (0, taken + 1) and (not step or days >= STEPS[step - 1])


@pytest.mark.capability("C5")
def test_the_silent_are_told_twice_rest_and_leave_last(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    silent, reader = neighbour(community, at), neighbour(community, at)
    seen = []
    for day in range(0, 125, 5):
        now = at + timedelta(days=day)
        if day and day % 20 == 0:
            touch(membership=membership(community, reader), at=now)
        while step_down_the_silent(at=now):
            seen.append((day, membership(community, silent).state))
    assert seen == [(30, "active"), (45, "active"), (60, "resting"), (120, "left")]
    codes = InboxMessage.objects.filter(member_id=silent.pk, code__startswith="silent").order_by("pk")
    assert [one.code for one in codes] == ["silent_notice", "silent_reminder", "silent_rest", "silent_left"]
    assert not InboxMessage.objects.filter(code__startswith="silent").exclude(member_id=silent.pk).exists()
    assert membership(community, reader).state == "active" and membership(community, leader).state == "active"
    assert Community.objects.get().member_count == 2
    assert join(community, silent, at + timedelta(days=130)) == Joined("active"), "the way back is open"


@pytest.mark.capability("C5")
def test_one_tap_brings_back_who_rests(at: datetime) -> None:
    community = make_community(at)
    member = neighbour(community, at)
    for day in (30, 45, 60):
        step_down_the_silent(at=at + timedelta(days=day))
    assert membership(community, member).state == "resting"
    come_back(membership=membership(community, member), at=at + timedelta(days=61))
    assert (membership(community, member).state, membership(community, member).ladder) == ("active", 0)
    assert step_down_the_silent(at=at + timedelta(days=62)) == 0


@pytest.mark.capability("C4")
def test_lifting_one_decision_leaves_the_others(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    member, helper = neighbour(community, at), neighbour(community, at)
    appoint(community=community, member_id=helper.pk, role="operator", actor=SYSTEM, at=at)

    def decide(about: Member, kind: str, days: int = 0) -> Sanction:
        made = sanction(
            membership=membership(community, about),
            kind=kind,
            reason="说明",
            days=days,
            actor=acting(leader),
            at=at,
        )
        appeal(sanction=made, words="不对", at=at)
        return made

    def lift(made: Sanction, judge: Actor = OPERATOR) -> None:
        answer_appeal(sanction=made, lift=True, answer="好", actor=judge, at=at)

    hint, long, short = decide(member, "hint"), decide(member, "pause", 90), decide(member, "pause", 1)
    assert membership(community, member).paused_until == at + timedelta(days=90), (
        "the milder one does not shorten the harder"
    )
    lift(hint)
    assert membership(community, member).paused_until == at + timedelta(days=90)
    lift(long)
    assert membership(community, member).paused_until == at + timedelta(days=1)
    gone = decide(member, "leave")
    lift(short)
    assert membership(community, member).state == "removed", "only what was lifted is undone"
    lift(gone)
    assert (membership(community, member).state, membership(community, member).paused_until) == (
        "active",
        None,
    )
    own = decide(helper, "pause", 30)
    with pytest.raises(Refusal, match="same_judge"):
        lift(own, acting(helper))
    assert open_appeals(actor=acting(helper), community_ids=[community.pk]) == []


@pytest.mark.capability("C4")
def test_going_first_ends_no_decision(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader, daily_intake=10)
    rests, flees = neighbour(community, at), neighbour(community, at)
    about = membership(community, rests)
    sanction(membership=about, kind="rest", reason="说明", days=90, actor=acting(leader), at=at)
    leave(membership=membership(community, rests))
    assert join(community, rests, at) == Refusal("resting_until")
    assert join(community, rests, at + timedelta(days=91)) == Joined("active")
    leave(membership=membership(community, flees))
    sanction(
        membership=membership(community, flees),
        kind="leave",
        reason="广告",
        days=0,
        actor=acting(leader),
        at=at,
    )
    assert join(community, flees, at) == Refusal("removed_before")
    community.refresh_from_db()
    assert community.member_count == 2


@pytest.mark.capability("C5")
def test_who_rests_by_a_decision_is_not_taken_down_the_ladder(at: datetime) -> None:
    community = make_community(at)
    member = neighbour(community, at)
    about = membership(community, member)
    sanction(membership=about, kind="rest", reason="说明", days=90, actor=OPERATOR, at=at)
    assert step_down_the_silent(at=at + timedelta(days=89)) == 0
    assert step_down_the_silent(at=at + timedelta(days=90)) == 1


@pytest.mark.capability("C7")
def test_nobody_finds_their_own_words_fine(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    post = make_post(community, leader, at)
    report(post=post, comment=None, reason="广告", actor=acting(neighbour(community, at)), at=at)
    with pytest.raises(Refusal, match="own_words"):
        decide_post(post=post, show=True, reason="", actor=acting(leader), at=at)
    assert len(to_look_at([community.pk])) == 1
    decide_post(post=post, show=False, reason="我撤下", actor=acting(leader), at=at)
