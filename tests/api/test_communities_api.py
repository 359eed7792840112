"""Communities by the API, as a script uses it."""

from datetime import datetime, timedelta

import pytest

from api.test_api import Caller
from community.test_routing import resident
from factories.community import acting, make_community, make_post, neighbour
from factories.shop import make_member, make_sku, pay, received_order, request
from linli.community.models import Community
from linli.community.operations.playbook import bring_tasks
from linli.core.actor import SYSTEM, Role
from linli.core.clock import shop_day
from linli.members.models import Member
from linli.members.operations.profile import grant_role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("holds")]
BODY = {
    "name": "滨江妈妈圈", "type": "light", "region": "330108", "capacity": 10, "daily_intake": 1, "entry": {"kind": "open"}, "rules": "说真话",
    "tags": ["母婴"],
}  # fmt: skip


@pytest.fixture
def operator(at: datetime) -> Caller:
    member = make_member(at)
    grant_role(member=member, role=Role.operator, actor=SYSTEM, at=at)
    return Caller(member, at)


def agent_of(region: str, at: datetime) -> Member:
    member = make_member(at)
    grant_role(member=member, role=Role.agent, scope=region, actor=SYSTEM, at=at)
    return member


@pytest.mark.capability("C3")
@pytest.mark.capability("C4")
def test_a_community_by_the_contract(at: datetime, operator: Caller) -> None:
    made = operator.ask("post", "/communities", BODY, key="k", status=201)
    assert operator.ask("post", "/communities", BODY, key="k", status=201) == made
    path = f"/communities/{made['id']}"
    first, second = Caller(make_member(at), at), Caller(make_member(at), at)
    assert first.ask("post", f"{path}/memberships", {}, status=201) == {"state": "joined"}
    assert second.ask("post", f"{path}/memberships", {}, status=201) == {"state": "queued", "place": 1}
    assert second.ask("post", f"{path}/memberships", {}, status=201) == {"state": "queued", "place": 1}
    shown = second.ask("get", path, status=200)
    assert (shown["my_state"], shown["member_count"], shown["intake_left_today"]) == ("queued", 1, 0)
    assert second.ask("delete", f"{path}/memberships/me", status=200) == {"state": "left"}
    assert Caller(None, at).ask("get", path, status=200)["my_state"] == ""
    Caller(None, at).ask("post", f"{path}/memberships", {}, status=401)
    first.ask("post", "/communities/999999/memberships", {}, status=404)


@pytest.mark.capability("C3")
def test_who_founds_and_what_is_refused(at: datetime, operator: Caller) -> None:
    Caller(make_member(at), at).ask("post", "/communities", BODY, status=403)
    hangzhou = Caller(agent_of("330100", at), at)
    hangzhou.ask("post", "/communities", BODY, status=201)
    hangzhou.ask("post", "/communities", BODY | {"region": "310115"}, status=403)
    hangzhou.ask("post", "/communities", BODY | {"region": ""}, status=403)
    refused = operator.ask("post", "/communities", BODY | {"capacity": 1, "name": ""}, status=422)
    assert set(refused["error"]["details"]["fields"]) == {"capacity", "name"}
    operator.ask("post", "/communities", BODY | {"type": "loud"}, status=400)
    assert Community.objects.count() == 1


@pytest.mark.capability("C3")
def test_communities_are_found_by_region_with_its_surroundings(at: datetime) -> None:
    for name, region in (
        ("区", "330108"),
        ("市", "330100"),
        ("省", "330000"),
        ("别区", "330106"),
        ("上海", "310115"),
        ("各地", ""),
    ):
        make_community(at, name=name, region=region)
    guest = Caller(None, at)

    def names(query: str) -> set[str]:
        return {one["name"] for one in guest.ask("get", f"/communities?{query}", status=200)["items"]}

    assert names("region=330108") == {"区", "市", "省", "各地"}
    assert names("region=330100") == {"区", "市", "省", "别区", "各地"}
    assert names("region=310000") == {"上海", "各地"}
    assert names("tag=母婴") == {"区", "市", "省", "别区", "上海", "各地"} and names("tag=没有") == set()


@pytest.mark.capability("C7")
@pytest.mark.capability("C8")
def test_posts_and_questions_by_the_contract(at: datetime) -> None:
    community, sku = make_community(at), make_sku(at)
    author, reader = neighbour(community, at), neighbour(community, at)
    received_order(at, request(author, (sku, 1)))
    mine, theirs, guest = Caller(author, at), Caller(reader, at), Caller(None, at)
    path = f"/communities/{community.pk}"
    body = {"line": "buying", "text": "孩子爱吃", "product_ids": [str(sku.product_id)], "topic": "晒单"}
    post = mine.ask("post", f"{path}/posts", body, key="p1", status=201)
    assert mine.ask("post", f"{path}/posts", body, key="p1", status=201) == post
    assert post["verified_buyer"] is True and post["goods"][0]["product_id"] == str(sku.product_id)
    theirs.ask("post", f"/posts/{post['id']}/comments", {"text": "同款"}, status=201)
    theirs.ask("post", f"/posts/{post['id']}/likes", {}, status=200)
    [shown] = guest.ask("get", f"{path}/posts", status=200)["items"]
    assert (shown["comments"], shown["likes"], shown["verified_buyer"]) == (1, 1, True)
    question = theirs.ask("post", f"{path}/questions", {"text": "一岁能吃吗？"}, status=201)
    answer = mine.ask("post", f"/questions/{question['id']}/answers", {"text": "先少量"}, status=201)
    mine.ask("post", f"/answers/{answer['id']}/accept", {}, status=403)
    theirs.ask("post", f"/answers/{answer['id']}/accept", {}, status=200)
    assert [one["id"] for one in guest.ask("get", f"{path}/questions", status=200)["items"]] == [
        question["id"]
    ]
    told = guest.ask("get", f"/posts/{question['id']}", status=200)
    assert (told["accepted_id"], [one["text"] for one in told["said"]]) == (answer["id"], ["先少量"])
    theirs.ask("post", f"/posts/{post['id']}/reports", {"reason": "不对"}, status=201)
    theirs.ask("post", f"/posts/{post['id']}/reports", {"reason": "不对"}, status=409)
    theirs.ask("delete", f"/posts/{post['id']}", status=404)
    mine.ask("delete", f"/posts/{post['id']}", status=200)
    mine.ask("post", f"{path}/posts", body | {"text": " "}, status=422)
    mine.ask("post", f"{path}/posts", body | {"images": ["../x"]}, status=400)
    mine.ask("post", "/pictures", status=400)


@pytest.mark.capability("C3")
def test_what_a_heavy_community_says_reaches_no_stranger(at: datetime) -> None:
    community = make_community(at, type="heavy")
    author = neighbour(community, at)
    secret = make_post(community, author, at)
    assert acting(author).member_id
    for caller in (Caller(None, at), Caller(make_member(at), at)):
        assert caller.ask("get", f"/communities/{community.pk}/posts", status=200)["items"] == []
        caller.ask("get", f"/posts/{secret.pk}", status=404)
    stranger = Caller(make_member(at), at)
    for path, body in (
        (f"/posts/{secret.pk}/comments", {"text": "嗨"}),
        (f"/posts/{secret.pk}/likes", {}),
        (f"/posts/{secret.pk}/saves", {}),
        (f"/posts/{secret.pk}/reports", {"reason": "x"}),
    ):
        stranger.ask("post", path, body, status=404)


@pytest.mark.capability("C1")
def test_the_rings_by_the_contract(at: datetime, operator: Caller) -> None:
    head = make_member(at)
    leader, member = Caller(head, at), Caller(make_member(at), at)
    provinces = member.ask("get", "/regions", status=200)["items"]
    assert {"code": "330000", "name": "浙江省"} in provinces
    cities = member.ask("get", "/regions?parent=330000", status=200)["items"]
    assert {"code": "330100", "name": "杭州市"} in cities
    assert {"code": "330108", "name": "滨江区"} in member.ask("get", "/regions?parent=330100", status=200)[
        "items"
    ]
    assert member.ask("get", "/regions?parent=999999", status=400)["error"]["code"] == "bad_parameter"
    body = {
        "platform": "wechat",
        "name": "群",
        "type": "benefit",
        "region": "330100",
        "capacity": 3,
        "join_url": "https://a.example/x",
    }
    bad = leader.ask("post", "/outer-groups", body | {"capacity": 900}, status=422)
    assert "capacity" in bad["error"]["details"]["fields"]
    made = leader.ask("post", "/outer-groups", body, key="g", status=201)
    assert made == leader.ask("post", "/outer-groups", body, key="g", status=201) and made["state"] == "asked"
    member.ask("post", "/outer-groups", body | {"leader_id": str(head.pk)}, status=403)
    path = f"/outer-groups/{made['id']}"
    member.ask("post", f"{path}/clicks", status=404)
    assert member.ask("get", "/outer-groups", status=200)["items"] == []
    leader.ask("post", f"{path}/approval", status=403)
    assert operator.ask("post", f"{path}/approval", status=200)["state"] == "open"
    assert [one["id"] for one in member.ask("get", "/outer-groups?region=330108", status=200)["items"]] == [
        made["id"]
    ]
    assert member.ask("post", f"{path}/clicks", status=201)["join_url"] == "https://a.example/x"
    member.ask("post", f"{path}/counts", {"member_count": 1}, status=404)
    leader.ask("post", f"{path}/counts", {"member_count": 4}, status=422)
    assert leader.ask("post", f"{path}/counts", {"member_count": 3}, status=201)["state"] == "full"
    assert member.ask("get", "/outer-groups", status=200)["items"] == []
    task = {
        "group_ids": [made["id"]],
        "product_id": str(make_sku(at).product_id),
        "words": "今晚",
        "hours": 5,
    }
    member.ask("post", "/outer-tasks", task, status=403)
    [issued] = operator.ask("post", "/outer-tasks", task, status=201)["items"]
    member.ask("post", f"/outer-tasks/{issued['code']}/confirmation", status=404)
    assert leader.ask("post", f"/outer-tasks/{issued['code']}/confirmation", status=200)["confirmed_at"]
    assert member.ask("get", "/outer-tasks", status=200)["items"] == []
    assert operator.ask("get", "/ops/rings", status=200)["moves"] == [
        {"from": "inner", "to": "outer", "count": 1}
    ]
    assert leader.ask("post", f"{path}/close", status=200)["state"] == "closed"
    member.ask("post", f"{path}/clicks", status=404)


@pytest.mark.capability("C2")
def test_routing_by_the_api(at: datetime, operator: Caller) -> None:
    community, home = make_community(at, name="滨江圈"), resident(at)
    member, other = Caller(home, at), Caller(make_member(at), at)
    said = {"occupation": "teacher", "interests": ["茶"]}
    assert (
        member.ask("put", "/me/traits", said, status=200)
        == said
        == member.ask("get", "/me/traits", status=200)
    )
    path = f"/communities/{community.pk}/routing"
    member.ask("put", path, {}, status=403)
    operator.ask("put", path, {"occupations": ["astronaut"]}, status=422)
    assert operator.ask("put", path, {"occupations": ["teacher"]}, status=200)["occupations"] == ["teacher"]
    assert operator.ask("post", "/ops/routing", {}, status=200)["proposed"] == 1
    assert member.ask("get", "/me/places", status=200)["items"] == []
    member.ask("post", "/ops/routing", {"dry": False}, status=403)
    assert operator.ask("post", "/ops/routing", {"dry": False}, status=200)["proposed"] == 1
    [place] = member.ask("get", "/me/places", status=200)["items"]
    assert (place["name"], place["why"]) == ("滨江圈", ["region", "occupation"])
    other.ask("post", f"/me/places/{place['id']}/decline", status=404)
    assert member.ask("post", f"/me/places/{place['id']}/decline", status=200)["state"] == "declined"
    assert operator.ask("delete", path, status=200)


@pytest.mark.capability("C4")
def test_a_fee_by_the_api(at: datetime, operator: Caller) -> None:
    made = operator.ask("post", "/communities", BODY | {"entry": {"kind": "fee", "fee_fen": 990}}, status=201)
    path, caller = f"/communities/{made['id']}", Caller(make_member(at), at)
    assert caller.ask("get", path, status=200)["entry"]["fee_fen"] == 990
    assert caller.ask("post", f"{path}/memberships", {}, status=422)["error"]["code"] == "fee_needed"
    caller.ask("post", f"{path}/fees", {"fee_fen": 1, "gateway": "sandbox"}, status=409)
    caller.ask("post", f"{path}/fees", {"fee_fen": 990, "gateway": "no"}, status=422)
    Caller(None, at).ask("post", f"{path}/fees", {"fee_fen": 990, "gateway": "sandbox"}, status=401)
    asked = caller.ask("post", f"{path}/fees", {"fee_fen": 990, "gateway": "sandbox"}, status=201)
    pay(asked["charge_no"], at)
    assert caller.ask("get", path, status=200)["my_state"] == "joined"
    operator.ask("post", "/communities", BODY | {"entry": {"kind": "fee"}}, status=422)


@pytest.mark.capability("C7")
@pytest.mark.capability("C8")
def test_circles_and_experts_by_the_api(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    member, path = neighbour(community, at), f"/communities/{community.pk}"
    boss, mine, guest = Caller(leader, at), Caller(member, at), Caller(None, at)
    mine.ask("post", f"{path}/circles", {"name": "烘焙"}, status=404)
    circle = boss.ask("post", f"{path}/circles", {"name": "烘焙"}, key="c", status=201)
    assert boss.ask("post", f"{path}/circles", {"name": "烘焙"}, key="c", status=201) == circle
    body = {"line": "buying", "text": "好吃", "circle_id": circle["id"]}
    mine.ask("post", f"{path}/posts", body, status=422)
    mine.ask("put", f"/circles/{circle['id']}/memberships/me", {}, status=200)
    post = mine.ask("post", f"{path}/posts", body, status=201)
    assert post["circle_id"] == circle["id"]
    [shown] = guest.ask("get", f"{path}/circles", status=200)["items"]
    assert (shown["members"], shown["posts"], shown["mine"]) == (2, 1, False)
    better = mine.ask("put", f"/posts/{post['id']}", {"text": "更好吃"}, status=200)
    assert (better["text"], better["edited_at"] is not None) == ("更好吃", True)
    boss.ask("put", f"/posts/{post['id']}", {"text": "改别人的"}, status=404)
    expert = {"member_id": str(member.pk), "subject": "面包", "from_minute": 0, "to_minute": 1440}
    mine.ask("post", f"{path}/experts", expert, status=404)
    boss.ask("post", f"{path}/experts", expert, status=201)
    boss.ask("post", f"{path}/experts", expert | {"to_minute": 10}, status=422)
    [one] = guest.ask("get", f"{path}/experts", status=200)["items"]
    assert (one["subject"], one["in"]) == ("面包", True)
    question = boss.ask(
        "post", f"{path}/questions", {"text": "几度？", "expert_id": str(member.pk)}, status=201
    )
    assert question["line"] == "question"
    boss.ask("delete", f"{path}/experts/{member.pk}", status=200)
    mine.ask("delete", f"/circles/{circle['id']}/memberships/me", status=200)
    mine.ask("delete", f"/circles/{circle['id']}", status=404)
    boss.ask("delete", f"/circles/{circle['id']}", status=200)
    assert guest.ask("get", f"{path}/circles", status=200)["items"] == []


@pytest.mark.capability("C6")
def test_playbooks_by_the_api(at: datetime, operator: Caller) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    helper, stranger = neighbour(community, at), Caller(make_member(at), at)
    boss, path = Caller(leader, at), f"/communities/{community.pk}"
    body = {"code": "x", "title": "节日", "trigger": "by_hand", "document": "+0 00:00 开场", "started": True}
    boss.ask("post", "/playbooks", body, status=403)
    assert operator.ask("post", "/playbooks", body, status=201) == {"code": "x", "steps": 1}
    wrong = operator.ask("post", "/playbooks", body | {"document": "+0 9 开场"}, status=422)
    assert wrong["error"]["details"]["line"] == 1
    day = str(shop_day(at + timedelta(days=2)))
    stranger.ask("post", f"{path}/playbooks", {"playbook": "x", "day": day}, status=404)
    Caller(helper, at).ask("post", f"{path}/playbooks", {"playbook": "x", "day": day}, status=404)
    run = boss.ask("post", f"{path}/playbooks", {"playbook": "x", "day": day}, status=201)
    assert boss.ask("get", f"{path}/playbooks", status=200)["items"] == [run]
    for _ in range(2):
        boss.ask("post", f"{path}/playbooks/{run['id']}/stop", status=200)
    assert boss.ask("get", f"{path}/playbooks", status=200)["items"] == []
    assert run == {"id": run["id"], "playbook": "x", "day": day}
    stranger.ask("post", f"{path}/playbooks/{run['id']}/stop", status=404)
    boss.ask("post", f"{path}/playbooks", {"playbook": "x", "day": day}, status=201)
    boss.ask("post", f"{path}/playbooks", {"playbook": "x", "day": day}, status=409)
    bring_tasks(at=at + timedelta(days=3))
    [task] = boss.ask("get", f"{path}/tasks", status=200)["items"]
    stranger.ask("post", f"/tasks/{task['id']}/done", {}, status=404)
    boss.ask("post", f"/tasks/{task['id']}/done", {"note": "好"}, status=201)
    boss.ask("post", f"/tasks/{task['id']}/done", {}, status=409)
    assert [one["note"] for one in boss.ask("get", f"{path}/tasks?done=true", status=200)["items"]] == ["好"]
    assert [one["in_time"] for one in operator.ask("get", "/playbooks", status=200)["items"]] == [1]
    boss.ask("get", "/playbooks", status=403)
