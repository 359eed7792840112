"""A pilot, its clones, and what becomes of later changes."""

from dataclasses import replace
from datetime import datetime

import pytest

from factories.community import DRAFT, make_community, neighbour
from factories.shop import make_member
from linli.community.models import Community
from linli.community.operations.community import BadCommunity, change_community
from linli.community.operations.template import changes_of, clone_community, decide_change
from linli.community.rules.template import PARTS
from linli.core.actor import SYSTEM
from linli.core.refusal import Refusal

pytestmark = [pytest.mark.capability("C6"), pytest.mark.usefixtures("holds")]


def clone(template: Community, at: datetime, name: str = "上海妈妈圈", region: str = "310115") -> Community:
    return clone_community(
        template=template, name=name, region=region, leader_id=make_member(at).pk, actor=SYSTEM, at=at
    )


def change(community: Community, at: datetime, **values: object) -> None:
    change_community(community=community, draft=replace(DRAFT, **values), actor=SYSTEM, at=at)


def waiting(community: Community) -> set[str]:
    return {one.part for one in changes_of(Community.objects.select_related("template").get(pk=community.pk))}


def test_a_clone_has_the_rules_and_not_the_people(at: datetime) -> None:
    pilot = make_community(at, make_member(at), entry_kind="question", entry_question="早餐谁做？")
    neighbour(make_community(at), at)
    made = clone(pilot, at)
    assert (made.template_id, made.rules, made.entry_question, made.region, made.member_count) == (
        pilot.pk, "说真话", "早餐谁做？", "310115", 1,
    )  # fmt: skip
    assert made.invitation_code != pilot.invitation_code and waiting(made) == set()


def test_fifty_clones_take_or_keep_each_change(at: datetime) -> None:
    pilot = make_community(at)
    clones = [clone(pilot, at, f"群{n}") for n in range(50)]
    change(
        pilot, at, rules="说真话，不刷屏", daily_intake=20, entry_kind="question", entry_question="为什么来？"
    )
    assert [waiting(one) for one in clones] == [{"rules", "daily_intake", "entry"}] * 50
    for n, one in enumerate(clones):
        for part in ("rules", "daily_intake", "entry"):
            decide_change(community=one, part=part, take=n % 2 == 0, actor=SYSTEM, at=at)
    assert [waiting(one) for one in clones] == [set()] * 50
    taken = Community.objects.get(pk=clones[0].pk)
    kept = Community.objects.get(pk=clones[1].pk)
    assert (taken.rules, taken.daily_intake, taken.entry_kind, taken.entry_question) == (
        "说真话，不刷屏",
        20,
        "question",
        "为什么来？",
    )
    assert (kept.rules, kept.daily_intake, kept.entry_kind) == ("说真话", 50, "open")
    with pytest.raises(Refusal, match="already_decided"):
        decide_change(community=kept, part="rules", take=True, actor=SYSTEM, at=at)
    change(pilot, at, rules="第三版", daily_intake=20, entry_kind="question", entry_question="为什么来？")
    assert (waiting(taken), waiting(kept)) == ({"rules"}, {"rules"}), (
        "what was kept apart is asked again when it changes again"
    )


def test_what_a_clone_has_already_is_no_change(at: datetime) -> None:
    pilot = make_community(at)
    made = clone(pilot, at)
    change_community(
        community=made, draft=replace(DRAFT, region="310115", rules="同样的新规矩"), actor=SYSTEM, at=at
    )
    change(pilot, at, rules="同样的新规矩")
    assert waiting(made) == set()


def test_a_capacity_below_the_members_of_a_clone_is_not_taken(at: datetime) -> None:
    pilot = make_community(at)
    made = clone(pilot, at)
    for _ in range(4):
        neighbour(made, at)
    change(pilot, at, capacity=3)
    with pytest.raises(BadCommunity):
        decide_change(community=made, part="capacity", take=True, actor=SYSTEM, at=at)
    assert waiting(made) == {"capacity"}
    decide_change(community=made, part="capacity", take=False, actor=SYSTEM, at=at)
    assert (waiting(made), Community.objects.get(pk=made.pk).capacity) == (set(), 100)


def test_the_parts_cover_what_people_set() -> None:
    assert {field for fields in PARTS.values() for field in fields} == {
        "intro", "rules", "tags", "capacity", "daily_intake", "entry_kind", "entry_question", "entry_product_id", "entry_spend_fen",
        "entry_fee_fen",
    }  # fmt: skip
