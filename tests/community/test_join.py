"""The way in: who comes in, who waits, who is asked; never past the capacity nor the day's intake."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.community import join, make_community, membership, neighbour
from factories.shop import make_member, make_sku, received_order, request
from linli.channels.models import InboxMessage
from linli.community.models import Community
from linli.community.operations.community import BadCommunity, appoint, change_community
from linli.community.operations.join import (
    admit_queued,
    come_back,
    decide_application,
    join_communities,
    leave,
)
from linli.community.rules.community import CommunityDraft, faults_of
from linli.community.rules.intake import Door, decide
from linli.community.types import JoinAsked, Joined
from linli.core.actor import SYSTEM
from linli.core.refusal import Refusal
from linli.trade.operations.enter_community import enter_communities

pytestmark = [pytest.mark.capability("C4"), pytest.mark.usefixtures("holds")]
DRAFT = CommunityDraft("社群", "light", capacity=10, daily_intake=5)


def door(**values: Any) -> Door:
    return Door(**{"entry_kind": "open", "invitation_code": "ABCD", "capacity": 10, "daily_intake": 5, "member_count": 0, "joined_today": 0, "queued": 0, **values})  # fmt: skip


@pytest.mark.parametrize(
    ("values", "asked", "state", "outcome"),
    [
        ({}, {}, "", Joined("active")),
        ({}, {}, "left", Joined("active")),
        ({}, {}, "refused", Joined("active")),
        ({}, {}, "active", Joined("active")),
        ({}, {}, "queued", Joined("queued")),
        ({}, {}, "removed", Refusal("removed_before")),
        ({"is_closed": True}, {}, "", Refusal("no_such_community")),
        ({"member_count": 10}, {}, "", Joined("queued", 1)),
        ({"joined_today": 5}, {}, "", Joined("queued", 1)),
        ({"queued": 3}, {}, "", Joined("queued", 4)),
        ({"entry_kind": "invitation"}, {}, "", Refusal("invitation_needed")),
        ({"entry_kind": "invitation"}, {"invitation": "abcd"}, "", Joined("active")),
        ({"entry_kind": "purchase"}, {}, "", Refusal("purchase_needed")),
        ({"entry_kind": "purchase"}, {"has_bought": True}, "", Joined("active")),
        ({"entry_kind": "fee"}, {}, "", Refusal("fee_needed")),
        ({"entry_kind": "fee"}, {"has_paid": True}, "", Joined("active")),
        ({"entry_kind": "question"}, {"answer": "  "}, "", Refusal("answer_needed")),
        ({"entry_kind": "question"}, {"answer": "我做"}, "", Joined("asked")),
    ],
)
def test_the_way_in(values: dict, asked: dict, state: str, outcome: Joined | Refusal) -> None:
    assert decide(door(**values), JoinAsked(1, 2, **asked), state) == outcome


@given(st.integers(1, 8), st.integers(1, 8), st.lists(st.integers(1, 12), max_size=30))
def test_whatever_comes_the_door_lets_in_the_first_that_fit(
    capacity: int, intake: int, people: list[int]
) -> None:
    found = door(capacity=capacity, daily_intake=intake)
    states: dict[int, str] = {}
    arrived: list[int] = []
    for person in people:
        outcome = decide(found, JoinAsked(1, person), states.get(person, ""))
        assert isinstance(outcome, Joined)
        if person not in states:
            arrived.append(person)
        states[person] = outcome.state
    inside = [person for person in arrived if states[person] == "active"]
    assert inside == arrived[: min(capacity, intake)]
    assert found.member_count == len(inside) and found.queued == len(arrived) - len(inside)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, set()),
        ({"name": ""}, {"name"}),
        ({"name": "长" * 25}, {"name"}),
        ({"type": "loud"}, {"type"}),
        ({"capacity": 1}, {"capacity"}),
        ({"daily_intake": 0}, {"daily_intake"}),
        ({"region": "999999"}, {"region"}),
        ({"tags": ("a",) * 7}, {"tags"}),
        ({"rules": "x" * 2001}, {"rules"}),
        ({"entry_kind": "question"}, {"entry_question"}),
        ({"entry_kind": "purchase"}, {"entry_spend"}),
        ({"entry_kind": "fee"}, {"entry_fee"}),
        ({"entry_kind": "fee", "entry_fee_fen": 1_000_001}, {"entry_fee"}),
        ({"entry_kind": "toll"}, {"entry_kind"}),
    ],
)
def test_what_a_community_cannot_be(values: dict, fields: set[str]) -> None:
    assert set(faults_of(CommunityDraft(**{**DRAFT.__dict__, **values}), is_region=False)) == fields


def test_a_day_takes_its_intake_and_the_line_moves_the_next_day(at: datetime) -> None:
    community = make_community(at, daily_intake=2, capacity=4)
    people = [make_member(at) for _ in range(6)]
    asked = [JoinAsked(community.pk, person.pk) for person in people]
    first = [Joined("active"), Joined("active"), *(Joined("queued", n) for n in range(1, 5))]
    assert join_communities(asked, at=at) == first
    again = [Joined("active"), Joined("active"), *(Joined("queued", n) for n in range(1, 5))]
    assert join_communities(asked, at=at) == again, "asked twice is asked once"
    assert admit_queued(at=at) == 0, "the day is full"
    tomorrow = at + timedelta(days=1)
    assert join(community, make_member(at), tomorrow) == Joined("queued", 5), "nobody passes the line"
    assert admit_queued(at=tomorrow) == 1, "one community, of which two come in"
    states = [membership(community, person).state for person in people]
    assert states == ["active"] * 4 + ["queued"] * 2
    assert admit_queued(at=at + timedelta(days=2)) == 0, "the community is full"
    leave(membership=membership(community, people[0]))
    assert admit_queued(at=at + timedelta(days=2)) == 1
    assert membership(community, people[4]).state == "active"
    welcomed = InboxMessage.objects.filter(code="community_welcome").values_list("member_id", flat=True)
    assert sorted(welcomed) == sorted(person.pk for person in people[:5])


def test_one_batch_for_many_communities_takes_a_fixed_number_of_statements(
    at: datetime, django_assert_num_queries: Any
) -> None:
    communities = [make_community(at) for _ in range(3)]
    one, three = [make_member(at)], [make_member(at) for _ in range(3)]
    for people, places in ((one, communities[:1]), (three, communities)):
        asked = [JoinAsked(place.pk, person.pk) for person in people for place in places]
        with django_assert_num_queries(8):  # two of them savepoints
            assert set(enter_communities(asked, at=at)) == {Joined("active")}


def test_a_question_is_read_by_a_leader(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader, entry_kind="question", entry_question="早餐谁做？")
    yes, no = make_member(at), make_member(at)
    assert join(community, yes, at, answer="我做") == Joined("asked")
    assert join(community, no, at, answer="广告") == Joined("asked")
    assert InboxMessage.objects.get(code="community_asked").member_id == leader.pk
    assert decide_application(membership=membership(community, yes), accept=True, at=at) == "active"
    with pytest.raises(Refusal, match="reason_needed"):
        decide_application(membership=membership(community, no), accept=False, reason=" ", at=at)
    assert (
        decide_application(membership=membership(community, no), accept=False, reason="是广告", at=at)
        == "refused"
    )
    assert membership(community, no).why == "是广告"
    with pytest.raises(Refusal, match="already_decided"):
        decide_application(membership=membership(community, no), accept=True, at=at)
    assert Community.objects.get().member_count == 2
    assert InboxMessage.objects.filter(code="community_not_now").get().values["why"] == "是广告"
    assert join(community, no, at, answer="再试一次") == Joined("asked"), "one may ask again"


def test_a_purchase_opens_the_door_until_it_is_given_back(at: datetime) -> None:
    sku, other = make_sku(at, price_fen=10_000), make_sku(at, price_fen=10_000)
    by_product = make_community(at, entry_kind="purchase", entry_product_id=sku.product_id)
    by_sum = make_community(at, entry_kind="purchase", entry_spend_fen=20_000)
    buyer, looker = make_member(at), make_member(at)
    received_order(at, request(buyer, (sku, 1)))

    def enter(member_id: int, community: Community) -> Joined | Refusal:
        return enter_communities([JoinAsked(community.pk, member_id)], at=at)[0]

    assert enter(looker.pk, by_product) == Refusal("purchase_needed")
    assert enter(buyer.pk, by_product) == Joined("active")
    assert enter(buyer.pk, by_sum) == Refusal("purchase_needed"), "¥100 are not ¥200"
    received_order(at, request(buyer, (other, 1)))
    assert enter(buyer.pk, by_sum) == Joined("active")


def test_the_last_leader_hands_over_first(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    with pytest.raises(Refusal, match="last_leader"):
        leave(membership=membership(community, leader))
    second = neighbour(community, at)
    appoint(community=community, member_id=second.pk, role="leader", actor=SYSTEM, at=at)
    leave(membership=membership(community, leader))
    assert (membership(community, leader).state, membership(community, leader).role) == ("left", "member")
    assert Community.objects.get().member_count == 1


def test_places_are_counted_once_each(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader, daily_intake=1)
    first, second = make_member(at), make_member(at)
    assert join(community, first, at) == Joined("active"), "who founds it takes nobody's place"
    leave(membership=membership(community, first))
    assert join(community, first, at) == Joined("queued", 1), "a place of today is not given twice"
    leave(membership=membership(community, first))
    assert join(community, second, at) == Joined("queued", 1)
    with pytest.raises(Refusal, match="last_leader"):
        appoint(community=community, member_id=leader.pk, role="member", actor=SYSTEM, at=at)


def test_a_capacity_below_its_members_is_refused(at: datetime) -> None:
    community = make_community(at)
    for _ in range(3):
        neighbour(community, at)
    draft = CommunityDraft("改名", "light", capacity=2, daily_intake=1)
    with pytest.raises(BadCommunity) as refused:
        change_community(community=community, draft=draft, actor=SYSTEM, at=at)
    assert refused.value.faults == {"capacity": "capacity_below_members"}
    community.refresh_from_db()
    assert community.name == "滨江妈妈圈"


def test_coming_back_needs_a_rest(at: datetime) -> None:
    community = make_community(at)
    member = neighbour(community, at)
    come_back(membership=membership(community, member), at=at)
    assert membership(community, member).state == "active"
