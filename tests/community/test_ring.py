"""The three rings: groups elsewhere as their leaders count them, tasks that a person confirms, moves that are counted at a tap."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from factories.shop import make_member, make_owner, make_sku, paid_order, request
from linli.channels.models import InboxMessage, RegionalAccount
from linli.channels.operations import count_followers, found_accounts
from linli.community.models import OuterGroup, OuterTask, Ring, RingMove
from linli.community.operations.outer_group import (
    BadOuterGroup,
    approve_group,
    click_group,
    close_group,
    count_group,
    register_group,
    remind_of_pictures,
)
from linli.community.operations.outer_task import confirm_task, issue_tasks, open_task, remind_of_tasks
from linli.community.operations.ring import count_move
from linli.community.queries.ring import joinable_groups, ring_sums
from linli.community.rules.ring import OuterGroupDraft
from linli.core.actor import SYSTEM, Actor
from linli.core.refusal import Refusal
from linli.insight.queries.share_result import ShareResult, share_results
from linli.members.models import Member

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("C1")]
HANGZHOU = "330100"


def make_group(at: datetime, leader: Member | None = None, **values: Any) -> OuterGroup:
    draft = {
        "platform": "wechat", "name": "西湖团购群", "type": "benefit", "region": HANGZHOU, "capacity": 500, "member_count": 480,
        "join_url": "https://work.weixin.qq.com/gm/abc", **values,
    }  # fmt: skip
    leader = leader or make_member(at)
    return register_group(draft=OuterGroupDraft(**draft), leader_id=leader.pk, actor=SYSTEM, at=at)


def names(region: str, at: datetime) -> list[str]:
    return [one.name for one in joinable_groups(region, at=at)]


def test_what_a_member_registers_waits_for_the_operator(at: datetime) -> None:
    member = make_member(at)
    mine = Actor(member_id=member.pk)
    draft = OuterGroupDraft(
        "wechat", "官方福利群", "benefit", HANGZHOU, 500, 400, join_url="https://a.example/x"
    )
    group = register_group(draft=draft, leader_id=member.pk, actor=mine, at=at)
    assert names(HANGZHOU, at) == [] and ring_sums(days=1, at=at).outer_people == 0
    for _ in range(4):
        register_group(draft=draft, leader_id=member.pk, actor=mine, at=at)
    with pytest.raises(BadOuterGroup) as refused:
        register_group(draft=draft, leader_id=member.pk, actor=mine, at=at)
    assert refused.value.faults == {"name": "outer_waiting"}
    approve_group(group=group, actor=SYSTEM, at=at)
    assert names(HANGZHOU, at) == ["官方福利群"] and ring_sums(days=1, at=at).outer_people == 400


def test_when_a_group_is_full_the_next_of_its_series_opens(at: datetime) -> None:
    first = make_group(at, name="一群")
    make_group(at, name="三群", position=2)
    make_group(at, name="二群", position=1)
    make_group(at, name="学习群", type="light")
    assert sorted(names(HANGZHOU, at)) == ["一群", "学习群"]
    count_group(group=first, member_count=500, actor=SYSTEM, at=at)
    assert sorted(names(HANGZHOU, at)) == ["二群", "学习群"]
    count_group(group=first, member_count=499, actor=SYSTEM, at=at)
    close_group(group=first, actor=SYSTEM, at=at)
    close_group(group=first, actor=SYSTEM, at=at)
    assert sorted(names(HANGZHOU, at)) == ["二群", "学习群"], "somebody left, but it is closed"
    with pytest.raises(Refusal, match="outer_closed"):
        count_group(group=first, member_count=1, actor=SYSTEM, at=at)


def test_a_code_runs_out_and_a_fresh_one_holds(at: datetime) -> None:
    group = make_group(at, join_url="")
    assert names("", at) == [], "no way in"
    count_group(group=group, member_count=100, qr="a" * 24 + ".webp", actor=SYSTEM, at=at)
    assert names("", at + timedelta(days=6)) == ["西湖团购群"]
    assert names("", at + timedelta(days=7)) == [], "WeChat's codes hold for seven days"
    qq = make_group(at, platform="qq", name="QQ 群", join_url="")
    count_group(group=qq, member_count=1, qr="b" * 24 + ".webp", actor=SYSTEM, at=at)
    assert names("", at + timedelta(days=8)) == ["QQ 群"]


def test_a_region_is_its_surroundings_and_its_parts(at: datetime) -> None:
    for region, name in (
        ("330000", "全省"),
        ("330100", "杭州"),
        ("330108", "滨江"),
        ("330200", "宁波"),
        ("440100", "广州"),
    ):
        make_group(at, region=region, name=name)
    assert sorted(names("330108", at)) == ["全省", "杭州", "滨江"]
    assert sorted(names("330000", at)) == ["全省", "宁波", "杭州", "滨江"]
    assert len(names("", at)) == 5


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"platform": "fax"}, {"platform", "capacity"}), ({"name": " "}, {"name"}), ({"type": "x"}, {"type"}), ({"region": "999999"}, {"region"}),
        ({"capacity": 501}, {"capacity"}), ({"platform": "qq", "capacity": 2000}, set()), ({"member_count": 501}, {"member_count"}),
        ({"join_url": "http://x.example/"}, {"join_url"}), ({"join_url": "javascript:alert(1)"}, {"join_url"}),
        ({"join_url": "https://a@evil.example"}, {"join_url"}), ({"join_url": "https://evil.example\\@work.weixin.qq.com"}, {"join_url"}),
        ({"join_url": "https://work.weixin.qq.com/\"onmouseover=x"}, {"join_url"}), ({"join_url": "https://localhost/x"}, {"join_url"}), ({"position": 1000}, {"position"}),
    ],
)  # fmt: skip
def test_what_a_group_cannot_be(at: datetime, values: dict[str, Any], fields: set[str]) -> None:
    if not fields:
        assert make_group(at, **values).pk
        return
    with pytest.raises(BadOuterGroup) as refused:
        make_group(at, **values)
    assert set(refused.value.faults) == fields and not OuterGroup.objects.exists()


def test_a_move_is_counted_once_a_day_for_each_visitor(at: datetime) -> None:
    group = make_group(at)
    for visitor in ("a", "a", "b"):
        click_group(group=group, visitor=visitor, at=at)
    click_group(group=group, visitor="a", at=at + timedelta(days=1))
    assert count_move(
        Ring.middle, Ring.inner, region="330000", reference="account:330000", visitor="a", at=at
    )
    sums = ring_sums(region="330000", days=3, at=at + timedelta(days=1))
    assert sums.moves == {("inner", "outer"): 3, ("middle", "inner"): 1}
    assert [(day["inward"], day["outward"]) for day in sums.by_day] == [(0, 0), (1, 2), (0, 1)]
    assert ring_sums(region="440000", days=3, at=at).moves == {}
    assert (sums.outer_groups, sums.outer_people) == (1, 480)


def test_a_task_is_confirmed_by_a_person_and_measured_by_its_link(at: datetime) -> None:
    owner, plain, sku = make_owner(at), make_member(at), make_sku(at)
    groups = [make_group(at, owner.member), make_group(at, plain, position=1)]
    tasks = issue_tasks(groups=groups, product=sku.product, words="今晚开团", hours=24, actor=SYSTEM, at=at)
    assert [bool(task.share_code) for task in tasks] == [True, False], "who has no shop sells nothing by it"
    assert set(InboxMessage.objects.filter(code="task_issued").values_list("member_id", flat=True)) == {
        owner.pk,
        plain.pk,
    }
    assert remind_of_tasks(at=at) == 2 and remind_of_tasks(at=at) == 0
    confirm_task(task=tasks[0], at=at)
    confirm_task(task=tasks[0], at=at + timedelta(hours=1))
    assert OuterTask.objects.get(pk=tasks[0].pk).confirmed_at == at
    for visitor in ("a", "a", "b"):
        open_task(task=tasks[0], visitor=visitor, at=at)
    assert (
        OuterTask.objects.get(pk=tasks[0].pk).click_count
        == 2
        == RingMove.objects.filter(to_ring="inner").count()
    )
    order = paid_order(at, request(make_member(at), (sku, 1), share_code=tasks[0].share_code))
    assert share_results([tasks[0].share_code, ""]) == {
        tasks[0].share_code: ShareResult(0, 1, order.total_fen)
    }
    assert order.seller_id == owner.pk


@pytest.mark.parametrize(("words", "hours", "code"), [(" ", 24, "text_needed"), ("长" * 301, 24, "too_long"), ("好", 0, "out_of_range"), ("好", 337, "out_of_range")])  # fmt: skip
def test_what_is_no_task(at: datetime, words: str, hours: int, code: str) -> None:
    good, sku = make_group(at), make_sku(at)
    with pytest.raises(Refusal, match=code):
        issue_tasks(groups=[good], product=sku.product, words=words, hours=hours, actor=SYSTEM, at=at)
    closed = make_group(at, name="关")
    close_group(group=closed, actor=SYSTEM, at=at)
    with pytest.raises(Refusal, match="outer_closed"):
        issue_tasks(
            groups=[good, OuterGroup.objects.get(pk=closed.pk)],
            product=sku.product,
            words="好",
            hours=24,
            actor=SYSTEM,
            at=at,
        )
    assert not OuterTask.objects.exists(), "all of them or none"


def test_twenty_six_accounts_to_start(at: datetime) -> None:
    assert (found_accounts(actor=SYSTEM, at=at), found_accounts(actor=SYSTEM, at=at)) == (26, 0)
    account = RegionalAccount.objects.get(region="330000")
    count_followers(account=account, name="邻里浙江", wechat="linli_zj", followers=1200, actor=SYSTEM, at=at)
    assert ring_sums(region="330000", days=1, at=at).middle_people == 1200
    assert ring_sums(days=1, at=at).middle_accounts == 26


def test_a_picture_that_is_about_to_end_is_said_once(at: datetime) -> None:
    leader = make_member(at)
    group = make_group(at, leader)
    count_group(group=group, member_count=480, qr="a.webp", actor=SYSTEM, at=at)
    assert remind_of_pictures(at=at + timedelta(days=6) - timedelta(seconds=1)) == 0
    assert remind_of_pictures(at=at + timedelta(days=6)) == 1
    assert remind_of_pictures(at=at + timedelta(days=6)) == 0
    told = InboxMessage.objects.get(code="outer_picture")
    assert (told.member_id, told.values) == (leader.pk, {"name": group.name})
    count_group(group=group, member_count=480, qr="b.webp", actor=SYSTEM, at=at + timedelta(days=6))
    assert remind_of_pictures(at=at + timedelta(days=12)) == 1, "the new picture ends too"
    close_group(group=group, actor=SYSTEM, at=at)
    count = InboxMessage.objects.filter(code="outer_picture").count()
    OuterGroup.objects.update(qr_reminded_at=None)
    assert remind_of_pictures(at=at + timedelta(days=12)) == 0 and count == 2
