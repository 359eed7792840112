"""Routing: whom a community fits, one place of each type, room and line, a second run that moves only who must move."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from factories.community import join, make_community
from factories.shop import make_member, make_owner, make_sku, paid_order, request
from linli.community.models import Community, RoutedPlace
from linli.community.operations.community import close_community
from linli.community.operations.routing import RuleDraft, decline_place, drop_rule, write_rule
from linli.community.queries.community import proposed_to
from linli.core.actor import SYSTEM, Actor
from linli.core.refusal import Refusal
from linli.members.models import Address, Member, Trait
from linli.members.operations.profile import save_address, say_traits
from linli.trade.operations.routing import route_members

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("C2")]


def resident(at: datetime, region: str = "330108", occupation: str = "", interests: tuple[str, ...] = (), member: Member | None = None) -> Member:  # fmt: skip
    member = member or make_member(at)
    save_address(
        actor=Actor(member_id=member.pk),
        name="林邻",
        phone="13800138000",
        region=region,
        detail="清波街道 1 号",
    )
    say_traits(member_id=member.pk, occupation=occupation, interests=interests)
    return member


def fitting(at: datetime, name: str, *, rule: dict[str, Any] | None = None, **values: Any) -> Community:
    community = make_community(at, name=name, **values)
    write_rule(community=community, draft=RuleDraft(**(rule or {})), actor=SYSTEM, at=at)
    return community


def places(member: Member) -> dict[str, str]:
    return dict(RoutedPlace.objects.filter(member=member).values_list("community__name", "state"))


def test_who_goes_where_and_why(at: datetime) -> None:
    fitting(at, "杭州妈妈", region="330100", rule={"occupations": ["parent"], "interests": ["母婴"]})
    fitting(at, "全国福利", region="", type="benefit")
    fitting(at, "店主会", region="", type="heavy", rule={"identities": ["owner"]})
    fitting(at, "杭州随便", region="330100")
    fitting(at, "上海", region="310000")
    mother = resident(at, occupation="parent", interests=("母婴", "下厨"))
    plain, far, homeless = resident(at), resident(at, "510104"), make_member(at)
    owner = resident(at, "310115", member=make_owner(at).member)
    assert route_members(at=at, is_dry=False).proposed == 8
    assert places(mother) == {"杭州妈妈": "proposed", "全国福利": "proposed"}
    assert places(plain) == {"杭州随便": "proposed", "全国福利": "proposed"}
    assert places(far) == {"全国福利": "proposed"} and places(homeless) == {}
    assert places(owner) == {"上海": "proposed", "全国福利": "proposed", "店主会": "proposed"}
    why = RoutedPlace.objects.get(member=mother, community__name="杭州妈妈").why
    assert why == ["region", "occupation", "interest"]
    assert [one.community.name for one in proposed_to(mother.pk)] == ["全国福利", "杭州妈妈"]


def test_a_dry_run_says_it_and_changes_nothing(at: datetime) -> None:
    fitting(at, "滨江")
    resident(at)
    routed = route_members(at=at, is_dry=True)
    assert (routed.proposed, routed.waiting, routed.sample[0][1:]) == (
        1,
        0,
        ("滨江", ("region",), "proposed"),
    )
    assert routed.by_community[0][1:] == ("滨江", 1, 0) and not RoutedPlace.objects.exists()


def test_there_is_as_much_room_as_there_is_and_the_rest_waits(at: datetime) -> None:
    community = fitting(at, "小群", capacity=3)
    inside = resident(at)
    join(community, inside, at)
    others = [resident(at) for _ in range(4)]
    routed = route_members(at=at, is_dry=False)
    assert (routed.proposed, routed.waiting) == (2, 2) and places(inside) == {}
    assert [places(one)["小群"] for one in others] == ["proposed", "proposed", "waiting", "waiting"]
    decline_place(place=RoutedPlace.objects.get(member=others[0]))
    assert route_members(at=at, is_dry=False).proposed == 1
    assert [places(one)["小群"] for one in others] == ["declined", "proposed", "proposed", "waiting"]


def test_who_finds_the_best_one_full_goes_to_the_next_and_the_line_moves_first(at: datetime) -> None:
    first = fitting(at, "一群", capacity=2, rule={"priority": 9})
    second = fitting(at, "二群", capacity=2)
    people = [resident(at) for _ in range(5)]
    assert route_members(at=at, is_dry=False).waiting == 1
    assert [places(one) for one in people] == [
        {"一群": "proposed"},
        {"一群": "proposed"},
        {"二群": "proposed"},
        {"二群": "proposed"},
        {"一群": "waiting"},
    ]
    late = resident(at)
    Community.objects.filter(pk=first.pk).update(capacity=3)
    route_members(at=at, is_dry=False)
    assert (places(people[4]), places(late)) == ({"一群": "proposed"}, {"一群": "waiting"}), (
        "who waited comes first"
    )
    Community.objects.filter(pk=second.pk).update(capacity=3)
    assert route_members(at=at, is_dry=False).proposed == 1
    assert places(late) == {"二群": "proposed"}, "nobody waits while another that fits has room"


def test_a_second_run_moves_only_who_must_move(at: datetime) -> None:
    here, there = fitting(at, "滨江", region="330108"), fitting(at, "上海", region="310000")
    stays, moves, joins = (resident(at) for _ in range(3))
    route_members(at=at, is_dry=False)
    before = set(RoutedPlace.objects.values_list("pk", flat=True))
    again = route_members(at=at + timedelta(hours=1), is_dry=False)
    assert (again.left, again.proposed, again.waiting) == (0, 0, 0)
    assert set(RoutedPlace.objects.values_list("pk", flat=True)) == before
    better = fitting(at, "滨江更合适", region="330108", rule={"priority": 9})
    route_members(at=at, is_dry=False)
    assert set(RoutedPlace.objects.values_list("pk", flat=True)) == before, "a place that still fits stays"
    Address.objects.filter(member=moves).update(region="310115")
    join(here, joins, at)
    routed = route_members(at=at, is_dry=False)
    assert (routed.left, places(stays), places(moves), places(joins)) == (
        2,
        {"滨江": "proposed"},
        {"上海": "proposed"},
        {"滨江更合适": "proposed"},
    )
    close_community(community=there, actor=SYSTEM, at=at)
    drop_rule(community=better, actor=SYSTEM, at=at)
    drop_rule(community=better, actor=SYSTEM, at=at)
    route_members(at=at, is_dry=False)
    assert (places(stays), places(moves), places(joins)) == ({"滨江": "proposed"}, {}, {})


def test_who_has_bought_and_who_has_not(at: datetime) -> None:
    fitting(at, "老客", rule={"identities": ["buyer"]})
    fitting(at, "新人", rule={"identities": ["newcomer"]})
    buyer, newcomer = resident(at), resident(at)
    paid_order(at, request(buyer, (make_sku(at), 1)))
    route_members(at=at, is_dry=False)
    assert (places(buyer), places(newcomer)) == ({"老客": "proposed"}, {"新人": "proposed"})


@pytest.mark.parametrize("draft", [RuleDraft(occupations=["astronaut"]), RuleDraft(identities=["vip"]), RuleDraft(interests=["长" * 13]), RuleDraft(priority=100)])  # fmt: skip
def test_what_is_no_rule(at: datetime, draft: RuleDraft) -> None:
    with pytest.raises(Refusal, match="unreadable"):
        write_rule(community=make_community(at), draft=draft, actor=SYSTEM, at=at)


def test_what_people_say_of_themselves(at: datetime) -> None:
    member = make_member(at)
    say_traits(
        member_id=member.pk,
        occupation="teacher",
        interests=["茶", "茶", " ", "长" * 13, "一", "二", "三", "四", "五", "六"],
    )
    said = sorted(Trait.objects.values_list("kind", "value"))
    assert said == sorted([("occupation", "teacher"), *(("interest", one) for one in "茶一二三四五")])
    with pytest.raises(Refusal) as refused:
        say_traits(member_id=member.pk, occupation="astronaut", interests=[])
    assert refused.value.details == {"field": "occupation"} and Trait.objects.count() == len(said)
    say_traits(member_id=member.pk, occupation="", interests=[])
    assert not Trait.objects.exists()
