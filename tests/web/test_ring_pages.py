"""The pages of the rings, as a member near a group, its leader, and the operator use them."""

import re
from datetime import datetime

import pytest
from django.test import Client

from community.test_ring import make_group
from factories.community import make_community
from factories.shop import make_member, make_owner, make_sku
from linli.channels.models import RegionalAccount
from linli.channels.operations import found_accounts
from linli.community.models import Community, OuterGroup, OuterTask, RingMove
from linli.community.operations.outer_group import register_group
from linli.community.operations.outer_task import issue_tasks
from linli.community.rules.ring import OuterGroupDraft
from linli.core.actor import SYSTEM, Actor, Role
from linli.distribution.models import Touch
from linli.members.operations.profile import grant_role
from linli.web.console.rings import PAGE
from web.reading import flat
from web.test_campaign_pages import text
from web.test_network_pages import client_of

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("C1")]


def test_finding_a_group_and_going_there(at: datetime) -> None:
    group, client = make_group(at), client_of(make_member(at))
    assert "西湖团购群" in text(client, "/near?region=330000") and "西湖团购群" not in text(
        client, "/near?region=440000"
    )
    assert "西湖团购群" in text(Client(), "/near")
    for _ in range(2):
        assert client.post(f"/near/{group.pk}")["Location"] == f"/near/{group.pk}"
    assert RingMove.objects.get().to_ring == "outer"
    assert 'href="https://work.weixin.qq.com/gm/abc"' in text(client, f"/near/{group.pk}")
    OuterGroup.objects.filter(pk=group.pk).update(member_count=500)
    full = text(client, f"/near/{group.pk}")
    assert "This group is full." in full and "work.weixin" not in full
    assert client.get("/near/999999").status_code == 404


def test_a_leader_registers_counts_and_posts(at: datetime) -> None:
    owner, sku = make_owner(at), make_sku(at)
    client = client_of(owner.member)
    form = {
        "platform": "wechat",
        "name": "滨江群",
        "type": "light",
        "region": "330000",
        "capacity": "501",
        "member_count": "20",
    }
    wrong = client.post("/outer", form)
    assert wrong.status_code == 422 and 'value="滨江群"' in wrong.content.decode()
    assert client.post("/outer", form | {"capacity": "500"}).status_code == 302
    group = OuterGroup.objects.get()
    assert "waits for the operator" in text(client, "/outer")
    assert client.get(f"/near/{group.pk}").status_code == 404
    client.post(f"/outer/{group.pk}", {"member_count": "33"})
    assert OuterGroup.objects.get().member_count == 33
    client.post(f"/outer/{group.pk}", {"member_count": "600"})
    assert (
        "A group has 0 members up to its capacity." in text(client, "/outer")
        and OuterGroup.objects.get().member_count == 33
    )
    stranger = client_of(make_member(at))
    assert stranger.post(f"/outer/{group.pk}", {"member_count": "1"}).status_code == 404
    [task] = issue_tasks(groups=[group], product=sku.product, words="今晚开团", hours=24, actor=SYSTEM, at=at)
    assert f"/t/{task.code}" in text(client, "/outer")
    assert stranger.post(f"/outer/tasks/{task.pk}").status_code == 404
    client.post(f"/outer/tasks/{task.pk}")
    assert OuterTask.objects.get().confirmed_at
    friend = make_member(at)
    answer = client_of(friend).get(f"/t/{task.code}")
    assert (answer.status_code, answer["Location"]) == (302, f"/p/{sku.product_id}")
    assert Touch.objects.get(member=friend).owner_id == owner.pk
    assert "1 came by it" in text(client, "/outer")
    client.post(f"/outer/{group.pk}", {"action": "close"})
    assert OuterGroup.objects.get().closed_at


def test_the_operator_sees_the_flow_and_asks_leaders(at: datetime) -> None:
    operator, sku, group = make_member(at), make_sku(at), make_group(at)
    grant_role(member=operator, role=Role.operator, actor=SYSTEM, at=at)
    client = client_of(operator)
    assert "Begin with 26 regions" in text(client, "/ops/rings?list=accounts")
    client.post("/ops/rings/accounts", {"action": "found"})
    assert "邻里·浙江省" in text(client, "/ops/rings?list=accounts&region=330000")
    client.post(
        "/ops/rings/tasks", {"group": [group.pk], "product": sku.product_id, "words": "好货", "hours": "24"}
    )
    assert OuterTask.objects.get().words == "好货" and "好货" not in text(
        client_of(make_member(at)), "/outer"
    )
    OuterGroup.objects.update(approved_at=None)
    assert 'form="approval"' in text(client, "/ops/rings")
    assert client_of(make_member(at)).post("/ops/rings/approval", {"approve": group.pk}).status_code == 403
    client.post("/ops/rings/approval", {"approve": group.pk})
    assert "Newcomers are led to “西湖团购群” from now on." in text(client, "/ops/rings")
    assert OuterGroup.objects.get().approved_at
    nobody = client.post("/ops/rings/tasks", {"product": sku.product_id, "words": "留着我"})
    assert nobody.status_code == 422 and "留着我" in flat(nobody)
    wrong = {"group": [group.pk], "product": sku.product_id, "words": "还在", "hours": "999"}
    refused = client.post("/ops/rings/tasks", wrong)
    assert refused.status_code == 422 and "还在" in flat(refused) and f'value="{group.pk}"' in flat(refused)
    assert 'value="999"' in flat(refused) and OuterTask.objects.count() == 1
    assert "好货" not in text(client, "/ops/rings") and sku.product.title in text(
        client, "/ops/rings?list=posted"
    )
    for _ in range(PAGE):
        make_group(at)
    assert "1 / 2" in text(client, "/ops/rings") and "2 / 2" in text(client, "/ops/rings?page=2")
    last = re.findall(r'name="group" value="(\d+)"', text(client, "/ops/rings?page=2"))
    kept = flat(client.post("/ops/rings/tasks?region=&page=2", wrong | {"group": last}))
    assert len(last) == 1 and "2 / 2" in kept and re.search(rf'value="{last[0]}" [^>]* checked', kept)


@pytest.mark.capability("C3")
def test_an_agent_runs_a_region_and_no_other(at: datetime) -> None:
    agent, leader, sku = make_member(at), make_member(at), make_sku(at)
    grant_role(member=agent, role=Role.agent, scope="330000", actor=SYSTEM, at=at)
    mine = make_group(at, leader, name="西湖群")
    theirs = make_group(at, leader, name="上海群", region="310115")
    waiting = register_group(
        draft=OuterGroupDraft(
            "wechat", "等看群", "benefit", "330100", 500, 9, join_url="https://a.example/x"
        ),
        leader_id=leader.pk,
        actor=Actor(member_id=leader.pk),
        at=at,
    )
    elsewhere = register_group(
        draft=OuterGroupDraft(
            "wechat", "沪上等", "benefit", "310115", 500, 9, join_url="https://a.example/x"
        ),
        leader_id=leader.pk,
        actor=Actor(member_id=leader.pk),
        at=at,
    )
    found_accounts(actor=SYSTEM, at=at)
    make_community(at, name="杭州的", region="330100")
    make_community(at, name="上海的", region="310115")
    client = client_of(agent)
    rings = text(client, "/agent/rings")
    assert "西湖群" in rings and "上海群" not in rings and "/ops/" not in rings
    assert "上海群" not in text(client, "/agent/rings?region=310115"), "an address does not widen the region"
    shown = text(client, "/agent")
    assert "杭州的" in shown and "上海的" not in shown and "/desk" not in shown
    sums = text(client, "/agent/profits?region=310115")
    assert "杭州的" in sums and "上海的" not in sums and "平台所得" not in sums, (
        "the own region, nobody's margin"
    )
    assert client.get("/ops/profits").status_code == 403
    client.post("/agent/rings/approval", {"approve": waiting.pk})
    assert client.post("/agent/rings/approval", {"approve": elsewhere.pk}).status_code == 404
    assert set(OuterGroup.objects.filter(approved_at=None)) == {elsewhere}
    task = {"product": sku.product_id, "group": [mine.pk, theirs.pk], "words": "来看", "hours": "24"}
    client.post("/agent/rings/tasks", task)
    assert [one.group_id for one in OuterTask.objects.all()] == [mine.pk]
    here, there = (RegionalAccount.objects.get(region=code) for code in ("330000", "310000"))
    count = {"name": "邻里·浙江", "wechat": "zj", "followers": "120"}
    client.post("/agent/rings/accounts", count | {"account": here.pk})
    assert client.post("/agent/rings/accounts", count | {"account": there.pk}).status_code == 404
    assert client.post("/agent/rings/accounts", {"action": "found"}).status_code == 403
    assert list(
        RegionalAccount.objects.exclude(follower_count=0).values_list("region", "follower_count")
    ) == [("330000", 120)]
    form = {"name": "温州的", "type": "light", "capacity": "10", "daily_intake": "5", "entry_kind": "open"}
    for region in ("310115", "", "99"):
        assert client.post("/agent", form | {"region": region}).status_code == 422
    client.post("/agent", form | {"region": "330300"})
    assert set(Community.objects.values_list("name", flat=True)) == {"杭州的", "上海的", "温州的"}
    nowhere = make_member(at)
    grant_role(member=nowhere, role=Role.agent, scope="", actor=SYSTEM, at=at)
    assert client_of(nowhere).get("/agent").status_code == 403
