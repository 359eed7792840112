"""Communities on pages, as members, leaders and the operator use them."""

import io
import re
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from factories.community import acting, join, make_community, make_course, make_post, membership, neighbour
from factories.shop import make_member, make_sku, received_order, request
from linli.campaigns.models import RedPacket, Referral
from linli.campaigns.operations.points import Granted, grant_points
from linli.campaigns.operations.referral import referral_code
from linli.channels.models import InboxMessage
from linli.community.models import Certificate, Comment, Community, Post, Sanction, Word
from linli.community.operations.post import write_comment
from linli.community.types import Joined
from linli.core.actor import SYSTEM, Role
from linli.members.models import Member
from linli.members.operations.profile import grant_role
from linli.web.live import topic_of
from web.reading import flat
from web.test_network_pages import client_of

pytestmark = pytest.mark.usefixtures("holds")
NASTY = '<script>alert(1)</script><img src=x onerror=alert(1)>" onmouseover="x'


def text(client: object, path: str, status: int = 200) -> str:
    answer = client.get(path)  # type: ignore[attr-defined]
    assert answer.status_code == status, path
    return flat(answer)


def operator(at: datetime) -> Member:
    member = make_member(at)
    grant_role(member=member, role=Role.operator, actor=SYSTEM, at=at)
    return member


@pytest.mark.capability("C4")
def test_coming_in_waiting_in_line_and_leaving(at: datetime) -> None:
    community = make_community(at, make_member(at, "群主"), daily_intake=1)
    first, second = client_of(make_member(at)), client_of(make_member(at))
    assert "1 more today" in text(first, f"/c/{community.pk}")
    assert "Welcome!" in flat(first.post(f"/c/{community.pk}/enter", follow=True))
    assert "full: there is a line" in text(second, f"/c/{community.pk}")
    assert "place 1" in flat(second.post(f"/c/{community.pk}/enter", follow=True))
    assert "Place 1." in text(second, f"/c/{community.pk}")
    second.post(f"/c/{community.pk}/leave")
    assert "Leave “" in flat(first.post(f"/c/{community.pk}/leave")), "asked once more"
    community.refresh_from_db()
    assert community.member_count == 2
    first.post(f"/c/{community.pk}/leave", {"sure": "yes"})
    community.refresh_from_db()
    assert community.member_count == 1


@pytest.mark.capability("C4")
def test_a_refused_way_in_says_why(at: datetime) -> None:
    for values, words in (
        ({"entry_kind": "question", "entry_question": "早餐谁做？"}, "Please answer this community"),
        ({"entry_kind": "invitation"}, "the code is not right"),
        ({"entry_kind": "purchase", "entry_spend_fen": 100}, "for people who have bought"),
    ):
        community = make_community(at, **values)
        client = client_of(make_member(at))
        assert words in flat(client.post(f"/c/{community.pk}/enter", {"answer": " "}, follow=True))
        assert community.memberships.count() == 0


@pytest.mark.capability("C4")
def test_an_invitation_code_is_tried_a_few_times_only(at: datetime) -> None:
    community = make_community(at, entry_kind="invitation")
    client = client_of(make_member(at))
    for _ in range(20):
        client.post(f"/c/{community.pk}/enter", {"code": "WRONG"})
    right = {"code": community.invitation_code}
    assert "Too many attempts" in flat(client.post(f"/c/{community.pk}/enter", right, follow=True))
    assert community.memberships.count() == 0


@pytest.mark.capability("C7")
def test_writing_with_pictures_and_goods_keeps_what_was_typed(at: datetime) -> None:
    community, sku = make_community(at), make_sku(at)
    member = neighbour(community, at)
    received_order(at, request(member, (sku, 1)))
    client = client_of(member)
    path = f"/c/{community.pk}/write"
    assert f'value="{sku.product_id}"' in text(client, path), "what was bought is offered as a card"
    buffer = io.BytesIO()
    Image.new("RGB", (1600, 900), "red").save(buffer, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    picture = SimpleUploadedFile("a.jpg", buffer.getvalue(), "image/jpeg")
    typed = {
        "line": "buying",
        "text": "孩子爱吃",
        "topic": "x" * 30,
        "product": [sku.product_id],
        "pictures": picture,
    }
    refused = client.post(path, typed)
    kept = flat(refused)
    assert refused.status_code == 422 and "That is too long" in kept and "孩子爱吃" in kept
    assert re.search(r'name="image" value="[0-9a-f]{24}\.webp"', kept), "the uploaded picture is not lost"
    image = re.findall(r'name="image" value="([^"]+)"', kept)
    made = client.post(path, typed | {"topic": "晒单", "image": image, "pictures": []}, follow=True)
    shown = flat(made)
    assert "has bought it" in shown and f"/media/{image[0]}" in shown and "孩子爱吃" in shown
    assert Post.objects.get().images == image


@pytest.mark.capability("C7")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("a.jpg", b"\xff\xd8\xff\xe0<?php echo 1;"),
        ("a.gif", b"GIF89a/*<script>*/"),
        ("a.png", b""),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_written(
    at: datetime, name: str, content: bytes
) -> None:
    community = make_community(at)
    client = client_of(neighbour(community, at))
    typed = {"line": "buying", "text": "看图", "pictures": SimpleUploadedFile(name, content)}
    answer = client.post(f"/c/{community.pk}/write", typed)
    assert answer.status_code == 422 and "看图" in flat(answer)
    assert Post.objects.count() == 0


@pytest.mark.capability("C7")
@pytest.mark.parametrize("cursor", ["%C2%B2", "%C2%B2-1", "-", "1-", "9" * 40, "%00"])
def test_a_strange_cursor_breaks_nothing(at: datetime, cursor: str) -> None:
    community = make_community(at)
    client = client_of(make_member(at))
    for path in (f"/c/{community.pk}?", f"/c/{community.pk}?tab=best&", "/communities?", "/saved?"):
        assert client.get(f"{path}cursor={cursor}").status_code in (200, 400)


@pytest.mark.capability("C7")
def test_live_pages_of_communities_need_the_key_of_the_page(at: datetime) -> None:
    community = make_community(at, type="heavy")
    page = text(client_of(neighbour(community, at)), f"/c/{community.pk}")
    path = re.findall(r'src="(/live/communities/[^"]+)"', page)[0]
    assert topic_of(path) == f"community:{community.pk}"
    assert (topic_of(path[:-1] + "g"), topic_of(path.rsplit("/", 1)[0])) == ("", "")
    assert topic_of("/live/groups/1") == "group:1"


@pytest.mark.capability("C7")
def test_a_name_of_a_picture_from_elsewhere_is_not_taken(at: datetime) -> None:
    community = make_community(at)
    client = client_of(neighbour(community, at))
    for name in ("../../etc/passwd", "https://evil/a.webp", "demo/p1.webp", "x" * 24 + ".webp"):
        client.post(f"/c/{community.pk}/write", {"line": "buying", "text": "看图", "image": [name]})
    assert [post.images for post in Post.objects.all()] == [[]] * 4


@pytest.mark.capability("C7")
def test_nothing_that_people_type_becomes_markup(at: datetime) -> None:
    leader = make_member(at, NASTY[:24])
    community = make_community(
        at, leader, name=NASTY[:24], intro=NASTY, rules=NASTY, announcement=NASTY, tags=("<b>x</b>",),
        entry_kind="question", entry_question=NASTY,
    )  # fmt: skip
    asking = make_member(at, NASTY[:24])
    assert join(community, asking, at, answer=NASTY) == Joined("asked")
    post = make_post(community, leader, at, text=NASTY, topic=NASTY[:20])
    write_comment(post=post, text=NASTY, product_id=0, actor=acting(leader), at=at)
    client, boss = client_of(leader), client_of(operator(at))
    client.post(f"/posts/{post.pk}/report", {"reason": NASTY})
    for path in (
        "",
        "/about",
        "/write",
        "/desk",
        "/desk?tab=asking",
        "/desk?tab=members",
        "/desk?tab=settings",
    ):
        shown = text(client, f"/c/{community.pk}{path}")
        assert (
            "<script>alert" not in shown and "<img src=x" not in shown and '" onmouseover="' not in shown
        ), path
    for path in (
        "/communities",
        f"/posts/{post.pk}",
        f"/c/{community.pk}?topic={NASTY[:20]}",
        "/ops/communities",
        "/ops/moderation",
    ):
        shown = text(boss, path)
        assert (
            "<script>alert" not in shown and "<img src=x" not in shown and '" onmouseover="' not in shown
        ), path


@pytest.mark.capability("C7")
def test_liking_keeping_and_taking_back_on_the_page(at: datetime) -> None:
    community = make_community(at)
    author, reader = neighbour(community, at), make_member(at)
    post = make_post(community, author, at)
    client = client_of(reader)
    went = client.post("/marks", {"mark": f"like:{post.pk}:yes", "next": f"/c/{community.pk}?tab=best"})
    assert went.url == f"/c/{community.pk}?tab=best#p{post.pk}"
    client.post("/marks", {"mark": f"save:{post.pk}:yes"})
    assert client.post("/marks", {"mark": "save:x:yes"}).status_code == 403
    assert client.post("/marks", {"mark": "save:999999:yes"}).status_code == 404
    post.refresh_from_db()
    assert (post.like_count, post.save_count) == (1, 1)
    assert "好吃，回购第三次" in text(client, "/saved")
    client.post("/marks", {"mark": f"save:{post.pk}:no"})
    assert "You keep nothing yet" in text(client, "/saved")
    client.post(f"/posts/{post.pk}/delete")
    assert "好吃" in text(client, f"/posts/{post.pk}"), "not theirs"
    client_of(author).post(f"/posts/{post.pk}/delete")
    assert client.get(f"/posts/{post.pk}").status_code == 404


@pytest.mark.capability("C8")
def test_a_question_is_answered_and_accepted_on_the_page(at: datetime) -> None:
    community = make_community(at)
    asker, helper, stranger = neighbour(community, at), neighbour(community, at), make_member(at)
    question = make_post(community, asker, at, line="question", text="一岁能吃吗？")
    client_of(helper).post(f"/posts/{question.pk}/comment", {"text": "先少量试三天"})
    refused = client_of(stranger).post(f"/posts/{question.pk}/comment", {"text": "路过"}, follow=True)
    assert "Join this community first" in flat(refused)
    answer = Comment.objects.get()
    assert "It helped" in text(client_of(asker), f"/posts/{question.pk}")
    assert "It helped" not in text(client_of(helper), f"/posts/{question.pk}")
    client_of(asker).post(f"/comments/{answer.pk}", {"action": "accept"})
    assert "it helped" in text(client_of(stranger), f"/posts/{question.pk}")


@pytest.mark.capability("C4")
def test_the_desk_of_a_leader(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader, entry_kind="question", entry_question="早餐谁做？")
    other = make_community(at, make_member(at))
    asking = make_member(at, "想进来")
    join(community, asking, at, answer="我做")
    client = client_of(leader)
    desk = f"/c/{community.pk}/desk"
    assert "我做" in text(client, f"{desk}?tab=asking")
    client.post(f"{desk}/asking/{membership(community, asking).pk}", {"accept": "yes"})
    about = membership(community, asking)
    assert about.state == "active"
    post = make_post(community, asking, at, text="来晚了")
    assert client.post(f"{desk}/look", {"post": post.pk, "action": "x", "reason": "y"}).status_code == 403
    client.post(f"{desk}/look", {"post": post.pk, "action": "hide", "reason": ""})
    post.refresh_from_db()
    assert post.state == "shown", "without a reason nothing is taken down"
    client.post(f"{desk}/look", {"post": post.pk, "action": "hide", "reason": "跑题"})
    assert "Taken down: 跑题" in text(client_of(asking), f"/posts/{post.pk}")
    client.post(f"{desk}/members/{about.pk}", {"kind": "pause", "reason": "冷静一下", "days": "2"})
    made = Sanction.objects.get()
    mine = client_of(asking)
    assert "冷静一下" in text(mine, "/messages") and "冷静一下" in text(mine, f"/sanctions/{made.pk}")
    mine.post(f"/sanctions/{made.pk}", {"words": "我没有"})
    assert "我没有" not in text(client, desk), "who decided does not answer the appeal"
    boss = client_of(operator(at))
    assert "我没有" in text(boss, "/ops/moderation")
    boss.post(f"{desk}/appeals/{made.pk}", {"lift": "yes", "answer": "误会"})
    assert "误会" in text(mine, f"/sanctions/{made.pk}")
    for path in ("look", f"asking/{about.pk}", f"members/{about.pk}", f"appeals/{made.pk}"):
        assert client.post(f"/c/{other.pk}/desk/{path}").status_code == 404, path
        assert mine.post(f"{desk}/{path}").status_code == 404, path


@pytest.mark.capability("C6")
def test_scoped_rights_of_second_level_operators(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    helper, member = neighbour(community, at), neighbour(community, at)
    desk = f"/c/{community.pk}/desk"
    client_of(leader).post(f"{desk}/members/{membership(community, helper).pk}", {"role": "operator"})
    assert membership(community, helper).role == "operator"
    client = client_of(helper)
    assert client.get(desk).status_code == 200
    give = {"role": "operator"}
    assert client.post(f"{desk}/members/{membership(community, member).pk}", give).status_code == 403
    leave_leader = {"kind": "leave", "reason": "夺权"}
    client.post(f"{desk}/members/{membership(community, leader).pk}", leave_leader)
    assert membership(community, leader).state == "active"
    assert client.get(f"{desk}?tab=settings").status_code == 403, "rules and type are the leader's"
    client_of(leader).post(f"{desk}/members/{membership(community, helper).pk}", {"role": "leader"})
    client_of(leader).post(f"/c/{community.pk}/leave", {"sure": "yes"})
    assert (membership(community, helper).role, membership(community, leader).state) == ("leader", "left"), (
        "handed over"
    )


@pytest.mark.capability("C3")
def test_the_operator_founds_changes_and_closes(at: datetime) -> None:
    leader = make_member(at)
    boss = client_of(operator(at))
    form = {
        "name": "老饕研究所", "type": "heavy", "capacity": "80", "daily_intake": "8", "region": "330100", "tags": "美食，测评",
        "entry_kind": "purchase", "entry_spend": "200", "leader": "13000000000", "picture": "i-star", "intro": "只聊吃过三次的",
    }  # fmt: skip
    refused = boss.post("/ops/communities", form)
    assert refused.status_code == 422 and "老饕研究所" in flat(refused)
    assert Community.objects.count() == 0
    refused = boss.post("/ops/communities", form | {"leader": leader.phone, "capacity": "很多"})
    shown = flat(refused)
    assert refused.status_code == 422 and 'value="很多"' in shown and "This has to be a whole number" in shown
    boss.post("/ops/communities", form | {"leader": leader.phone})
    made = Community.objects.get()
    assert (made.entry_spend_fen, made.tags, made.member_count) == (20_000, ["美食", "测评"], 1)
    settings = form | {"name": "改了名", "capacity": "1"}
    refused = boss.post(f"/c/{made.pk}/desk?tab=settings", settings)
    assert refused.status_code == 422 and 'value="改了名"' in flat(refused)
    boss.post(f"/c/{made.pk}/desk?tab=settings", settings | {"capacity": "90", "type": "light"})
    made.refresh_from_db()
    assert (made.name, made.capacity, made.type, made.picture) == (
        "改了名",
        90,
        "heavy",
        "demo/i-star.svg",
    ), "the type stays"
    boss.post(f"/ops/communities/{made.pk}/close")
    assert client_of(leader).get(f"/c/{made.pk}").status_code == 404
    boss.post("/ops/words", {"words": "稳赚\n刷单\n" + "长" * 21})
    assert [word.text for word in Word.objects.all()] == sorted(["刷单", "稳赚"])
    boss.post("/ops/words", {"drop": "刷单"})
    assert Word.objects.count() == 1


@pytest.mark.capability("C5")
def test_coming_back_with_one_tap(at: datetime) -> None:
    community = make_community(at)
    member = neighbour(community, at)
    community.memberships.update(state="resting", ladder=3)
    client = client_of(member)
    assert "Your place here rests" in text(client, f"/c/{community.pk}")
    client.post(f"/c/{community.pk}/back")
    assert membership(community, member).state == "active"
    membership_before = membership(community, member)
    community.memberships.update(seen_at=at - timedelta(days=40), ladder=1)
    text(client, f"/c/{community.pk}")
    assert (membership(community, member).ladder, membership_before.ladder) == (0, 0), (
        "reading is a sign of life"
    )
    assert not InboxMessage.objects.filter(code="silent_rest").exists()


@pytest.mark.capability("C10")
def test_a_product_shows_what_its_buyers_say_and_the_first_page_what_is_new(at: datetime) -> None:
    light, heavy, sku = make_community(at), make_community(at, type="heavy"), make_sku(at)
    buyer, talker = neighbour(light, at, "阿雅"), neighbour(light, at, "果冻")
    join(heavy, buyer, at)
    received_order(at, request(buyer, (sku, 1)))
    make_post(light, buyer, at, text="孩子爱吃", product_ids=(sku.product_id,))
    make_post(light, talker, at, text="还没到", line="question", product_ids=(sku.product_id,))
    make_post(heavy, buyer, at, text="内部价", product_ids=(sku.product_id,))
    page = text(client_of(make_member(at)), f"/p/{sku.product_id}")
    assert "孩子爱吃" in page and "has bought it" in page and "还没到" not in page and "内部价" not in page
    home = text(client_of(buyer), "/")
    assert "孩子爱吃" in home and "还没到" in home and "内部价" not in home


@pytest.mark.capability("B11")
def test_a_course_from_the_first_lesson_to_a_certificate_that_anybody_can_check(at: datetime) -> None:
    make_course(at)
    client = client_of(make_member(at, "桃子妈妈"))
    assert "0/2" in text(client, "/school")
    assert client.post("/school/mid/1")["Location"] == "/school/mid/2"
    assert "Read on" in text(client, "/school/mid")
    assert client.post("/school/mid/2")["Location"] == "/school/mid/quiz"
    missing = client.post("/school/mid/quiz", {"q0": "1"})
    assert missing.status_code == 422 and re.search(r'name="q0" value="1" checked', flat(missing))
    wrong = flat(client.post("/school/mid/quiz", {"q0": "0", "q1": "0"}))
    assert "1 of 2 right" in wrong and "因为" in wrong
    assert "Passed." in flat(client.post("/school/mid/quiz", {"q0": "1", "q1": "0"}, follow=True))
    number = Certificate.objects.get().number
    shown = Client().get(f"/certificates/{number}").content.decode()
    assert "课" in shown and "桃子妈妈" not in shown, "a stranger sees the masked name"


@pytest.mark.capability("B11")
def test_the_operator_writes_a_course_and_is_told_the_wrong_line(at: datetime) -> None:
    boss = client_of(operator(at))
    assert "开店手册" in text(boss, "/ops/courses?code=opening-playbook")
    form = {"code": "mine", "title": "我的课", "level": "middle", "document": "# 课\n? 问\n- 一\n- 二"}
    refused = boss.post("/ops/courses", form)
    assert refused.status_code == 422 and "Line 2: " in flat(refused) and "我的课" in flat(refused)
    boss.post("/ops/courses", form | {"document": "# 课\n? 问\n- 一\n+ 二", "is_published": "yes"})
    assert "我的课" in text(client_of(make_member(at)), "/school")
    for code in ("../x", "", "有"):
        assert (
            boss.post("/ops/courses", form | {"code": code, "document": "# 课\n? 问\n- 一\n+ 二"}).status_code
            == 422
        )


@pytest.mark.capability("C7")
def test_a_search_for_goods_loses_no_picture(at: datetime) -> None:
    community = make_community(at)
    client = client_of(neighbour(community, at))
    buffer = io.BytesIO()
    Image.new("RGB", (60, 60), "red").save(buffer, "PNG")
    typed = {
        "line": "buying",
        "text": "写了一半",
        "words": "番茄",
        "action": "find",
        "pictures": SimpleUploadedFile("a.png", buffer.getvalue()),
    }
    shown = flat(client.post(f"/c/{community.pk}/write", typed))
    assert "写了一半" in shown and re.search(r'name="image" value="[0-9a-f]{24}\.webp"', shown)
    assert Post.objects.count() == 0


@pytest.mark.capability("C12")
def test_a_red_packet_and_a_tip_on_the_page(at: datetime) -> None:
    community = make_community(at)
    sender, taker = neighbour(community, at), neighbour(community, at)
    grant_points([Granted(sender.pk, "purchase", "gift", 100)], at=at)
    client, other = client_of(sender), client_of(taker)
    refused = client.post(
        f"/c/{community.pk}/packet", {"points": "90", "count": "4", "kind": "equal", "words": "过节"}
    )
    assert refused.status_code == 422 and 'value="过节"' in flat(refused)
    made = client.post(
        f"/c/{community.pk}/packet", {"points": "80", "count": "2", "kind": "random", "words": "过节"}
    )
    assert "过节" in text(other, f"/c/{community.pk}")
    packet = RedPacket.objects.get()
    assert packet.seed not in text(other, made["Location"]), "the seed is a secret until it is over"
    assert "points are yours" in flat(other.post(made["Location"], follow=True))
    packet.refresh_from_db()
    assert packet.left_points == 80 - packet.shares[0]
    post = make_post(community, taker, at)
    assert "points are the author" in flat(
        client.post(f"/posts/{post.pk}/tip", {"points": "10"}, follow=True)
    )
    assert "10 points from 1 neighbour" in text(other, f"/posts/{post.pk}")


@pytest.mark.capability("D5")
def test_a_friend_registers_by_a_link(at: datetime) -> None:
    inviter = make_member(at)
    link = re.search(r"/r/([A-Z0-9]{8})", text(client_of(inviter), "/points"))
    assert link
    friend = Client()
    friend.get(link[0])
    form = {"phone": "13599990000", "code": "000000", "name": "新邻", "agree": "yes"}
    friend.post("/signin", form)
    assert Referral.objects.get().inviter_id == inviter.pk


@pytest.mark.capability("C6")
def test_cloning_and_taking_over_a_change_on_the_pages(at: datetime) -> None:
    leader, other = make_member(at), make_member(at)
    pilot = make_community(at, leader)
    boss = client_of(operator(at))
    refused = boss.post(f"/ops/communities/{pilot.pk}/clone", {"name": "", "region": "999999"}, follow=True)
    assert "A name has 1 to 24 characters" in flat(refused) and Community.objects.count() == 1
    boss.post(
        f"/ops/communities/{pilot.pk}/clone", {"name": "上海圈", "region": "310115", "leader": other.phone}
    )
    made = Community.objects.get(name="上海圈")
    form = {
        "name": pilot.name,
        "capacity": "100",
        "daily_intake": "50",
        "tags": "母婴",
        "rules": "新规矩",
        "entry_kind": "open",
    }
    client_of(leader).post(f"/c/{pilot.pk}/desk?tab=settings", form)
    mine = client_of(other)
    assert "新规矩" in text(mine, f"/c/{made.pk}/desk?tab=settings")
    helper = neighbour(made, at)
    made.memberships.filter(member=helper).update(role="operator")
    take = {"part": "rules", "take": "yes"}
    assert client_of(helper).post(f"/c/{made.pk}/desk/template", take).status_code == 403
    assert client_of(leader).post(f"/c/{made.pk}/desk/template", take).status_code == 404
    mine.post(f"/c/{made.pk}/desk/template", take)
    made.refresh_from_db()
    assert made.rules == "新规矩" and "In the template" not in text(mine, f"/c/{made.pk}/desk?tab=settings")


@pytest.mark.capability("D5")
def test_who_comes_by_a_friends_link_sees_what_both_get(at: datetime) -> None:
    inviter = make_member(at, "阿满")
    code = referral_code(inviter.pk)
    shown = text(Client(headers={"accept-language": "en"}), f"/r/{code}")
    assert (
        "A red packet from 阿满" in shown and "500" in shown and "Sharing this page earns nothing." in shown
    )
    assert client_of(make_member(at)).get(f"/r/{code}").status_code == 302, "who is a member already goes on"
    assert Client().get(f"/r/{code}").cookies["friend"].value == code
