"""Circles, experts, recordings, playbooks and the fee of the way in, on pages."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories.community import make_community, make_post, membership, neighbour
from factories.recording import picture, sent, video, voice
from factories.shop import make_member, make_sku, pay, received_order, request
from linli.channels.models import InboxMessage
from linli.community.models import Circle, Community, Expert, Playbook, PlaybookRun, PlaybookTask, Post
from linli.community.operations.playbook import bring_tasks, ready_playbook
from linli.community.queries.playbook import tasks_of
from linli.core.models import Recording
from linli.core.recordings import encode_recordings
from linli.payments.models import Charge
from linli.trade.models import EntryFee
from web.reading import flat
from web.test_community_pages import NASTY, operator, text
from web.test_network_pages import client_of

pytestmark = pytest.mark.usefixtures("holds")


def guest() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.mark.capability("C4")
def test_paying_to_come_in_and_going_again(at: datetime) -> None:
    community = make_community(at, make_member(at), entry_kind="fee", entry_fee_fen=1990)
    member = make_member(at)
    client, door = client_of(member), f"/c/{community.pk}"
    assert "Pay and join" in text(client, door) and "19.90" in text(client, door)
    wrong = flat(client.post(f"{door}/fee", {"fee_fen": "1"}, follow=True))
    assert "price has changed" in wrong or "The price" in wrong
    assert not Charge.objects.exists()
    asked = client.post(f"{door}/fee", {"fee_fen": "1990"})
    charge = Charge.objects.get()
    assert asked.url == f"/sandbox/charges/{charge.charge_no}"
    assert f'href="{door}?paid=1"' in text(client, asked.url), "the cashier leads back"
    assert f'data-poll="{door}/fee" data-state=""' in text(client, f"{door}?paid=1"), (
        "and the page waits by itself"
    )
    assert client.get(f"{door}/fee").json() == {"state": ""}
    pay(charge.charge_no, at)
    assert membership(community, member).state == "active"
    assert client.get(f"{door}/fee").json() == {"state": "active"}
    asked_once_more = flat(client.post(f"{door}/leave"))
    assert "You have ¥19.90 back" in asked_once_more and membership(community, member).state == "active"
    assert "Your ¥19.90 are on their way back" in flat(
        client.post(f"{door}/leave", {"sure": "yes"}, follow=True)
    )
    assert membership(community, member).state == "left"
    assert guest().post(f"{door}/fee", {"fee_fen": "1990"}).status_code == 302
    assert EntryFee.objects.count() == 1


@pytest.mark.capability("C4")
def test_the_leader_sets_a_fee(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    client, desk = client_of(leader), f"/c/{community.pk}/desk?tab=settings"
    form = {"name": "群", "capacity": "10", "daily_intake": "5", "entry_kind": "fee", "entry_fee": "0"}
    refused = client.post(desk, form)
    assert refused.status_code == 422 and "A fee is" in flat(refused)
    client.post(desk, form | {"entry_fee": "19.9"})
    community.refresh_from_db()
    assert (community.entry_kind, community.entry_fee_fen) == ("fee", 1990)
    assert 'value="19.90"' in text(client, desk)


@pytest.mark.capability("C4")
def test_who_is_not_taken_in_reads_why(at: datetime) -> None:
    leader, asking = make_member(at), make_member(at)
    community = make_community(at, leader, entry_kind="question", entry_question="早餐谁做？")
    client_of(asking).post(f"/c/{community.pk}/enter", {"answer": "加微信"})
    about = f"/c/{community.pk}/desk/asking/{membership(community, asking).pk}"
    client_of(leader).post(about, {"accept": "no"})
    assert membership(community, asking).state == "asked", "not without saying why"
    client_of(leader).post(about, {"accept": "no", "reason": NASTY})
    shown = text(client_of(asking), f"/c/{community.pk}")
    assert "Not last time:" in shown and "<script>alert" not in shown


@pytest.mark.capability("C7")
def test_circles_from_opening_to_closing(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    member, stranger = neighbour(community, at), make_member(at)
    path = f"/c/{community.pk}/circles"
    boss, client = client_of(leader), client_of(member)
    kept = boss.post(path, {"name": "长" * 13, "intro": "留着我"})
    assert kept.status_code == 422 and "留着我" in flat(kept)
    assert client.post(path, {"name": "我的"}).status_code == 403
    boss.post(path, {"name": NASTY[:12], "intro": "一起做面包"})
    circle = Circle.objects.get()
    assert "<script>" not in text(client, path).replace('<script type="module"', "")
    went = client.post(f"{path}/change", {"circle": circle.pk, "action": "join"})
    assert went.url == f"/c/{community.pk}?circle={circle.pk}"
    assert client.post(f"{path}/change", {"circle": circle.pk, "action": "close"}).status_code == 403
    client_of(stranger).post(f"{path}/change", {"circle": circle.pk, "action": "join"})
    assert circle.members.count() == 2, "a stranger is told to join the community first"
    client.post(f"/c/{community.pk}/write", {"line": "buying", "text": "发在圈里", "circle": circle.pk})
    assert "发在圈里" in text(client, f"/c/{community.pk}?circle={circle.pk}")
    client.post(f"{path}/change", {"circle": circle.pk, "action": "leave"})
    boss.post(f"{path}/change", {"circle": circle.pk, "action": "close"})
    circle.refresh_from_db()
    assert circle.closed_at is not None and circle.members.count() == 1


@pytest.mark.capability("C8")
def test_an_expert_is_named_asked_and_ended_on_the_pages(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    expert, asker = neighbour(community, at, "王医生"), neighbour(community, at)
    path = f"/c/{community.pk}/desk/people/{membership(community, expert).pk}"
    form = {"action": "expert", "subject": "辅食", "from": "0", "to": "24", "weekday": ["1", "7"]}
    assert client_of(asker).post(path, form).status_code == 404
    refused = client_of(leader).post(path, form | {"to": "0"})
    kept = flat(refused)
    assert refused.status_code == 422 and 'value="辅食"' in kept and 'value="7" checked' in kept
    assert "No expert any more" not in kept and not Expert.objects.exists()
    client_of(leader).post(path, form)
    assert list(Expert.objects.values_list("subject", "weekdays", "to_minute")) == [("辅食", [1, 7], 1440)]
    client = client_of(asker)
    assert "王医生 · 辅食" in text(client, f"/c/{community.pk}/write?line=question")
    client.post(f"/c/{community.pk}/write", {"line": "question", "text": "几个月加盐？", "asked": expert.pk})
    question = Post.objects.get()
    assert question.asked_id == expert.pk
    client_of(expert).post(f"/posts/{question.pk}/comment", {"text": "一岁后"})
    assert "Expert · 辅食" in text(client, f"/posts/{question.pk}") and "asks 王医生" in text(
        client, f"/posts/{question.pk}"
    )
    client_of(leader).post(path, {"action": "end"})
    assert "王医生 · 辅食" not in text(client, f"/c/{community.pk}/write?line=question")
    client_of(leader).post(path, {"action": "host"})
    assert Community.objects.get().host_id is None, "who does not lead does not welcome"


@pytest.mark.capability("C7")
def test_a_recording_goes_up_first_or_with_the_form(at: datetime) -> None:
    community = make_community(at)
    client = client_of(neighbour(community, at))
    other = client_of(neighbour(community, at))
    answer = client.post("/recordings", {"sound": sent(voice(), "v.webm", "audio/webm")})
    assert answer.status_code == 201 and answer.json()["kind"] == "voice"
    refused = client.post("/recordings", {"sound": sent(b"no", "v.mp4")})
    assert refused.status_code == 422 and "not a voice or video" in refused.json()["message"]
    assert client.post("/recordings", {}).status_code == 422
    stolen = other.post(
        f"/c/{community.pk}/write", {"line": "buying", "text": "偷来的", "recording": answer.json()["name"]}
    )
    assert stolen.status_code == 422 and "偷来的" in flat(stolen)
    client.post(
        f"/c/{community.pk}/write", {"line": "buying", "text": "听我说", "recording": answer.json()["name"]}
    )
    kept = client.post(f"/c/{community.pk}/write", {"line": "buying", "text": " ", "sound": sent(video())})
    film = Recording.objects.get(kind="video")
    assert kept.status_code == 422 and film.name in flat(kept), "not sent again"
    client.post(f"/c/{community.pk}/write", {"line": "buying", "text": "看我的", "recording": film.name})
    post = Post.objects.get(text="看我的")
    assert "being prepared" in text(client, f"/posts/{post.pk}")
    encode_recordings(at=at)
    assert f'poster="/media/{film.name}.webp"' in text(client, f"/posts/{post.pk}?part=player")
    shown = text(client, f"/c/{community.pk}")
    assert f"/media/{film.name}.webp" in shown and "Voice 0:01" in shown
    whole = client.get(f"/media/{film.name}.mp4")
    part = client.get(f"/media/{film.name}.mp4", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part["Content-Range"] == f"bytes 10-19/{len(whole.content)}"
    size = len(whole.content)
    for asked, status, content in (
        ("bytes=-5", 206, whole.content[-5:]),
        (f"bytes={size - 3}-", 206, whole.content[-3:]),
        (f"bytes=5-{size * 9}", 206, whole.content[5:]),
        ("bytes=19-10", 416, b""),
        ("bytes=999999999-", 416, b""),
        ("chunks=1-2", 200, whole.content),
        ("bytes=1-2,5-6", 200, whole.content),
        ("bytes=-", 200, whole.content),
    ):
        answer = client.get(f"/media/{film.name}.mp4", headers={"Range": asked})
        assert (answer.status_code, answer.content) == (status, content), asked
    assert (
        client.get(f"/media/{film.name}.mp4", headers={"Range": "bytes=99999999-"})["Content-Range"]
        == f"bytes */{size}"
    )
    assert client.head(f"/media/{film.name}.mp4").status_code == 200
    assert client.get(f"/media/../uploads/{film.name}").status_code == 404
    assert not any((Path(settings.MEDIA_ROOT).parent / "uploads").glob(f"{film.name}*"))


@pytest.mark.capability("C7")
def test_a_post_is_said_better_on_the_page(at: datetime) -> None:
    community, sku = make_community(at), make_sku(at)
    author = neighbour(community, at)
    client = client_of(author)
    client.post(
        f"/c/{community.pk}/write",
        {"line": "buying", "text": "好吃", "pictures": [picture(), picture()], "product": sku.product_id},
    )
    post = Post.objects.get()
    first, second = post.images
    form = text(client, f"/posts/{post.pk}/edit")
    assert "好吃" in form and first in form and "changed" in form
    refused = client.post(f"/posts/{post.pk}/edit", {"text": "x" * 2001, "image": [second]})
    assert refused.status_code == 422 and second in flat(refused)
    client.post(f"/posts/{post.pk}/edit", {"text": "更好吃", "image": [second], "line": "question"})
    post.refresh_from_db()
    assert (post.text, post.images, post.line, post.products.count()) == ("更好吃", [second], "buying", 0)
    assert " · changed" in text(client, f"/posts/{post.pk}")
    assert (
        client_of(neighbour(community, at)).post(f"/posts/{post.pk}/edit", {"text": "改别人的"}).status_code
        == 404
    )


@pytest.mark.capability("C7")
def test_names_are_offered_and_stand_out(at: datetime) -> None:
    community = make_community(at)
    author, friend, stranger = (
        neighbour(community, at, "阿青"),
        neighbour(community, at, NASTY[:24]),
        make_member(at),
    )
    client = client_of(author)
    assert client.get(f"/c/{community.pk}/names?q=<scr").json() == {"names": [NASTY[:24]]}
    assert client_of(stranger).get(f"/c/{community.pk}/names?q=阿").json() == {"names": []}
    assert client.get(f"/c/{community.pk}/names?q=").json() == {"names": []}
    client.post(f"/c/{community.pk}/write", {"line": "buying", "text": f"@{NASTY[:24]} 你好 <b>粗</b>"})
    post = Post.objects.get()
    assert post.mentioned == [friend.pk]
    shown = text(client, f"/posts/{post.pk}")
    assert '<b class="named">@&lt;script&gt;' in shown and "<b>粗</b>" not in shown


@pytest.mark.capability("C7")
def test_what_was_bought_is_shown_off(at: datetime) -> None:
    sku = make_sku(at)
    buyer = make_member(at)
    order = received_order(at, request(buyer, (sku, 1)))
    client = client_of(buyer)
    assert f"/show?product={sku.product_id}" in text(client, f"/orders/{order.order_no}")
    assert "Join a community first" in text(client, f"/show?product={sku.product_id}")
    community = make_community(at)
    client.post(f"/c/{community.pk}/enter")
    went = client.get(f"/show?product={sku.product_id}")
    assert went.url == f"/c/{community.pk}/write?line=show&product={sku.product_id}"
    assert f'value="{sku.product_id}" checked' in text(client, went.url)
    refused = client.post(went.url, {"line": "show", "text": "到了", "product": sku.product_id})
    assert refused.status_code == 422 and "takes a picture" in flat(refused)
    client.post(went.url, {"line": "show", "text": "到了", "product": sku.product_id, "pictures": picture()})
    image = Post.objects.get().images[0]
    assert image in text(guest(), f"/c/{community.pk}?tab=show")
    assert image in text(guest(), f"/p/{sku.product_id}")


@pytest.mark.capability("C6")
def test_a_playbook_from_the_operator_to_the_leaders_phone(at: datetime) -> None:
    boss, leader = client_of(operator(at)), make_member(at)
    assert "建群第一周" in text(boss, "/ops/playbooks")
    taken = vars(ready_playbook("festival"))
    form = {name: taken[name] for name in ("code", "title", "trigger", "document")}
    refused = boss.post("/ops/playbooks", form | {"document": "+0 09:00 好\n+x 9 坏"})
    assert refused.status_code == 422 and "Line 2: " in flat(refused) and "+x 9 坏" in flat(refused)
    assert not Playbook.objects.exists()
    boss.post("/ops/playbooks", form | {"is_started": "yes", "type": ["light", "loud"]})
    assert Playbook.objects.get().types == ["light"]
    community = make_community(at, leader)
    helper, member = neighbour(community, at), neighbour(community, at)
    client, desk = client_of(leader), f"/c/{community.pk}/desk"
    day = tasks_of(community, at=at)["today"]
    for wrong in ("", "gestern", str(day - timedelta(days=1))):
        assert (
            "cannot be"
            in client.post(
                f"{desk}/tasks", {"playbook": "festival", "day": wrong}, follow=True
            ).content.decode()
        )
    client.post(f"{desk}/tasks", {"playbook": "festival", "day": str(day + timedelta(days=1))})
    bring_tasks(at=at + timedelta(days=2))
    task = PlaybookTask.objects.first()
    assert task is not None
    shown = text(client, f"{desk}?tab=tasks")
    assert task.title in shown
    assert client_of(member).post(f"{desk}/tasks/{task.pk}", {"note": "我做"}).status_code == 404
    other = make_community(at, helper)
    assert client_of(helper).post(f"/c/{other.pk}/desk/tasks/{task.pk}").status_code == 404, (
        "of another community"
    )
    client.post(f"{desk}/tasks/{task.pk}", {"note": "回了三位"})
    task.refresh_from_db()
    assert (task.note, task.done_by_id) == ("回了三位", leader.pk)
    assert "回了三位" in text(client, f"{desk}?tab=tasks")
    run = PlaybookRun.objects.get()
    assert client_of(helper).post(f"/c/{other.pk}/desk/runs/{run.pk}/stop").status_code == 404
    assert "Its open tasks are gone" in flat(client.post(f"{desk}/runs/{run.pk}/stop", follow=True))
    assert not PlaybookTask.objects.filter(done_at=None).exists()


@pytest.mark.capability("C7")
def test_the_page_asks_as_often_for_one_post_as_for_three(at: datetime) -> None:
    community, sku = make_community(at), make_sku(at)
    author, reader = neighbour(community, at), neighbour(community, at)
    client, counts = client_of(reader), []
    for more in (1, 2):
        for _ in range(more):
            make_post(community, author, at, f"@{reader.name} 你好", product_ids=(sku.product_id,))
        client.get(f"/c/{community.pk}")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/c/{community.pk}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.capability("C7")
def test_a_name_that_several_have_tells_its_writer_that_nobody_heard(at: datetime) -> None:
    """It reached nobody, and nobody said so (inputs 40)."""
    community = make_community(at)
    author, twins = neighbour(community, at, "阿青"), [neighbour(community, at, "小李") for _ in range(2)]
    post = make_post(community, author, at)
    said = "Several members share the name “小李”, so nobody was notified."
    client = client_of(author)
    answer = client.post(f"/posts/{post.pk}/comment", {"text": "@小李 看看"}, follow=True)
    assert said in flat(answer)
    written = client.post(
        f"/c/{community.pk}/write", {"line": "buying", "text": "@小李 和 @小李 都来"}, follow=True
    )
    assert flat(written).count(said) == 1
    assert InboxMessage.objects.filter(member__in=twins, code="mentioned").count() == 0
