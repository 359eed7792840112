"""Tips and red packets in points: sums are exact, nothing is taken twice, what nobody takes comes back, giving makes nothing young."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.community import acting, join, make_community, make_post, neighbour
from factories.shop import completed_order, make_member, make_sku, request
from linli.campaigns.models import PointGrant, RedPacket, Referral
from linli.campaigns.operations.packet import expire_packets, send_packet, take_share, tip
from linli.campaigns.operations.points import Granted, expire_points, grant_points
from linli.campaigns.operations.referral import note_referral, referral_code
from linli.campaigns.queries.packet import tips_of
from linli.campaigns.queries.points import points_lines, points_of
from linli.campaigns.rules.bargain import seal
from linli.campaigns.rules.packet import KINDS, fault_of_packet, shares_of
from linli.channels.models import InboxMessage
from linli.community.models import Community
from linli.core import events
from linli.core.refusal import Refusal
from linli.members.models import Member
from linli.members.operations.profile import remember_device

pytestmark = [pytest.mark.capability("C12"), pytest.mark.usefixtures("holds")]


def rich(community: Community, at: datetime, points: int = 1000) -> Member:
    member = neighbour(community, at)
    grant_points([Granted(member.pk, "purchase", f"gift:{member.pk}", points)], at=at)
    return member


def held(*members: Member, at: datetime) -> list[int]:
    found = points_of([member.pk for member in members], at=at)
    return [found[member.pk] for member in members]


@given(
    st.integers(1, 200),
    st.integers(0, 2000),
    st.sampled_from(KINDS),
    st.text("0123456789abcdef", min_size=32, max_size=32),
)
def test_shares_sum_exactly_and_none_is_empty(count: int, more: int, kind: str, seed: str) -> None:
    shares = shares_of(count + more, count, kind, seed)
    assert (sum(shares), len(shares), min(shares) >= 1) == (count + more, count, True)
    assert shares == shares_of(count + more, count, kind, seed), "the seed alone decides"
    if kind == "equal":
        assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ((9, 1, "equal", ""), "packet_points"), ((20_001, 1, "equal", ""), "packet_points"), ((10, 0, "equal", ""), "packet_shares"),
        ((100, 201, "random", ""), "packet_shares"), ((10, 11, "random", ""), "packet_shares"), ((10, 3, "equal", ""), "packet_equal"),
        ((10, 3, "random", ""), ""), ((10, 5, "equal", ""), ""), ((10, 5, "big", ""), "unreadable"), ((10, 5, "equal", "x" * 41), "too_long"),
    ],
)  # fmt: skip
def test_what_a_packet_cannot_be(values: tuple[int, int, str, str], code: str) -> None:
    assert fault_of_packet(*values) == code


def test_a_packet_is_taken_once_each_and_ends_with_its_last_share(at: datetime) -> None:
    community = make_community(at)
    sender = rich(community, at)
    takers = [neighbour(community, at) for _ in range(4)]
    packet = send_packet(
        community=community, points=300, count=3, kind="random", words="过节", actor=acting(sender), at=at
    )
    assert held(sender, at=at) == [700]
    late = neighbour(community, at + timedelta(minutes=1))
    for actor, code in (
        (acting(sender), "own_packet"),
        (acting(late), "joined_later"),
        (acting(make_member(at)), "join_first"),
    ):
        with pytest.raises(Refusal, match=code):
            take_share(packet=packet, actor=actor, at=at)
    taken = [take_share(packet=packet, actor=acting(one), at=at).points for one in takers[:3]]
    assert taken == packet.shares and sum(taken) == 300
    assert take_share(packet=packet, actor=acting(takers[0]), at=at).points == taken[0], (
        "a second time gives the same"
    )
    with pytest.raises(Refusal, match="packet_empty"):
        take_share(packet=packet, actor=acting(takers[3]), at=at)
    assert held(*takers, at=at) == [*taken, 0]
    packet.refresh_from_db()
    assert (packet.left_points, packet.ended_at, seal(packet.seed, packet.shares)) == (0, at, packet.seal)
    assert expire_packets(at=at + timedelta(days=2)) == 0


def test_what_nobody_takes_comes_back(at: datetime) -> None:
    community = make_community(at)
    sender, taker = rich(community, at), neighbour(community, at)
    packet = send_packet(
        community=community, points=100, count=4, kind="equal", words="", actor=acting(sender), at=at
    )
    take_share(packet=packet, actor=acting(taker), at=at)
    assert expire_packets(at=at + timedelta(hours=23)) == 0
    over = at + timedelta(hours=24)
    with pytest.raises(Refusal, match="packet_over"):
        take_share(packet=packet, actor=acting(neighbour(community, at - timedelta(days=1))), at=over)
    assert expire_packets(at=over) == 1 and expire_packets(at=over) == 0
    assert held(sender, taker, at=over) == [975, 25]
    assert InboxMessage.objects.get(code="packet_back").values == {"points": 75}
    kinds = {line["kind"]: line["count"] for line in points_lines(sender.pk)}
    assert kinds == {"purchase": 1000, "packet_sent": -100, "packet_back": 75}


def test_nobody_gives_what_they_do_not_have(at: datetime) -> None:
    community = make_community(at)
    poor, author = rich(community, at, 50), neighbour(community, at)
    post = make_post(community, author, at)
    with pytest.raises(Refusal, match="points_short"):
        send_packet(
            community=community, points=60, count=2, kind="equal", words="", actor=acting(poor), at=at
        )
    with pytest.raises(Refusal, match="points_short"):
        tip(post=post, points=51, actor=acting(poor), at=at)
    assert (RedPacket.objects.count(), held(poor, author, at=at)) == (0, [50, 0])
    with pytest.raises(Refusal, match="join_first"):
        send_packet(
            community=make_community(at),
            points=10,
            count=1,
            kind="equal",
            words="",
            actor=acting(poor),
            at=at,
        )


def test_tips_go_to_the_author_within_limits(at: datetime) -> None:
    community = make_community(at)
    giver, author = rich(community, at, 3000), neighbour(community, at)
    post = make_post(community, author, at)
    for points, actor, code in ((0, giver, "tip_range"), (501, giver, "tip_range"), (5, author, "own_words")):
        with pytest.raises(Refusal, match=code):
            tip(post=post, points=points, actor=acting(actor), at=at)
    for _ in range(4):
        tip(post=post, points=500, actor=acting(giver), at=at)
    with pytest.raises(Refusal, match="tip_day"):
        tip(post=post, points=1, actor=acting(giver), at=at)
    assert held(giver, author, at=at) == [1000, 2000]
    tipped = tips_of(post.pk)
    assert (tipped.points, tipped.givers) == (2000, 1)
    assert InboxMessage.objects.filter(code="tipped").count() == 1, "once a day for one post"


def test_giving_does_not_make_points_young(at: datetime) -> None:
    community = make_community(at)
    giver, author = rich(community, at), neighbour(community, at)
    tip(post=make_post(community, author, at), points=10, actor=acting(giver), at=at + timedelta(days=300))
    assert PointGrant.objects.get(kind="tip").expires_at == PointGrant.objects.get(kind="purchase").expires_at
    assert expire_points(at=at + timedelta(days=366)) == 2


@pytest.mark.capability("D5")
def test_two_friends_are_rewarded_for_an_order_that_is_kept(at: datetime) -> None:
    inviter, friend, stranger = make_member(at), make_member(at), make_member(at)
    code = referral_code(inviter.pk)
    assert code == referral_code(inviter.pk)
    assert note_referral(code=code, invitee_id=friend.pk, at=at) and not note_referral(
        code=code, invitee_id=friend.pk, at=at
    )
    assert not note_referral(code=code, invitee_id=inviter.pk, at=at) and not note_referral(
        code="NOSUCH", invitee_id=stranger.pk, at=at
    )
    sku, cheap = make_sku(at, price_fen=10_000), make_sku(at, price_fen=500)
    later = at + timedelta(days=8)
    completed_order(at, request(friend, (cheap, 1)), later)
    events.deliver_all()
    assert held(inviter, at=later) == [0], "¥5 are not ¥10"
    for _ in range(2):
        completed_order(at, request(friend, (sku, 1)), later)
        events.deliver_all()
    rewards = dict(PointGrant.objects.exclude(kind="purchase").values_list("kind", "count"))
    assert rewards == {"referral": 500, "referred": 500}


@pytest.mark.capability("D5")
def test_nobody_brings_themself_by_another_phone(at: datetime) -> None:
    inviter, second = make_member(at), make_member(at)
    for member in (inviter, second):
        remember_device(member=member, device="one browser", at=at)
    assert not note_referral(code=referral_code(inviter.pk), invitee_id=second.pk, at=at)
    assert Referral.objects.count() == 0


@pytest.mark.capability("D5")
def test_who_brings_too_many_gets_nothing_more(at: datetime, monkeypatch: Any) -> None:
    inviter, sku = make_member(at), make_sku(at, price_fen=10_000)
    grant_points([Granted(inviter.pk, "referral", f"member:{n}", 1) for n in range(20)], at=at)
    friend = make_member(at)
    note_referral(code=referral_code(inviter.pk), invitee_id=friend.pk, at=at)
    completed_order(at, request(friend, (sku, 1)), at + timedelta(days=8))
    events.deliver_all()
    assert not PointGrant.objects.filter(kind="referred").exists()


def test_a_member_who_left_takes_nothing(at: datetime) -> None:
    community = make_community(at)
    sender, taker = rich(community, at), make_member(at)
    join(community, taker, at)
    packet = send_packet(
        community=community, points=10, count=1, kind="equal", words="", actor=acting(sender), at=at
    )
    community.memberships.filter(member=taker).update(state="left")
    Community.objects.filter(pk=community.pk).update(member_count=1)
    with pytest.raises(Refusal, match="join_first"):
        take_share(packet=packet, actor=acting(taker), at=at)
