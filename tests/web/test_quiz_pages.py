"""The quiz on its pages: a run by taps, a friend's advice, a duel, the poster, and the questions in the consoles."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from campaigns.test_quiz import GOOD, make_questions, play, right_place
from factories.shop import make_member, make_sku
from linli.campaigns.models import PointGrant, QuizDuel, QuizQuestion, QuizRun
from linli.campaigns.operations.quiz import begin_level, enter_duel, open_duel
from linli.core import clock
from linli.core.actor import SYSTEM, Role
from linli.members.operations.profile import grant_role
from web.test_campaign_pages import text
from web.test_network_pages import client_of

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("D6")]


def reading(run: QuizRun) -> None:
    """The question has been open for a while."""
    QuizRun.objects.filter(pk=run.pk).update(shown_at=clock.now() - timedelta(seconds=3))


def test_a_run_by_taps(at: datetime) -> None:
    make_questions(at)
    client = client_of(make_member(at))
    assert "+10 points" in text(client, "/quiz")
    here = client.post("/quiz", {"level": "1"})["Location"]
    run = QuizRun.objects.get()
    assert here == f"/quiz/runs/{run.pk}" and "因为" not in text(client, here)
    client.post(here, {"position": "0", "choice": "0"})
    assert "That was too fast" in text(client, here) and QuizRun.objects.get().answers == []
    for n in range(5):
        run = QuizRun.objects.get()
        reading(run)
        client.post(here, {"position": str(n), "choice": str(right_place(run))})
        if n < 4:
            assert "Right." in text(client, here) and "因为" in text(client, here)
            client.post(here, {"action": "next"})
    done = text(client, here)
    assert "Level 1 passed" in done and "10 points are yours." in done
    assert PointGrant.objects.get(kind="quiz").count == 10
    poster = client.get(f"{here}/poster.jpg")
    assert poster["Content-Type"] == "image/jpeg" and len(poster.content) > 10_000
    for stranger in (client_of(make_member(at)), Client()):
        assert stranger.get(here).status_code in (302, 404) and stranger.get(
            f"{here}/poster.jpg"
        ).status_code in (302, 404)


def test_a_friend_advises_and_sees_the_answer_after_it_was_given(at: datetime) -> None:
    make_questions(at)
    asker, friend = make_member(at, "小问"), make_member(at, "大方")
    run = begin_level(level=1, member_id=asker.pk, at=clock.now())
    here = f"/quiz/runs/{run.pk}"
    client_of(asker).post(here, {"action": "help"})
    run.refresh_from_db()
    help_page = f"/quiz/help/{run.help_code}"
    assert help_page in text(client_of(asker), here)
    assert "小问 asks for advice" in text(client_of(friend), help_page)
    client_of(friend).post(help_page, {"choice": "1"})
    assert "因为" not in text(client_of(friend), help_page)
    assert 'alt="大方"' in text(client_of(asker), f"{here}?part=1")
    reading(run)
    client_of(asker).post(here, {"position": "0", "choice": "1"})
    assert "因为" in text(client_of(friend), help_page)
    assert (
        Client().get(help_page).status_code == 200
        and Client().post(help_page, {"choice": 1}).status_code == 302
    )
    assert client_of(friend).get("/quiz/help/NOSUCH").status_code == 404


def test_a_run_that_was_left_breaks_no_page_of_a_friend(at: datetime) -> None:
    make_questions(at)
    asker = make_member(at)
    run = begin_level(level=1, member_id=asker.pk, at=at)
    client_of(asker).post(f"/quiz/runs/{run.pk}", {"action": "help"})
    begin_level(level=1, member_id=asker.pk, at=at + timedelta(hours=2))
    run.refresh_from_db()
    assert "not open any more" in text(client_of(make_member(at)), f"/quiz/help/{run.help_code}")


def test_a_duel_on_two_phones(at: datetime) -> None:
    make_questions(at)
    one, other = make_member(at, "甲"), make_member(at, "乙")
    here = client_of(one).post("/quiz/duels")["Location"]
    duel = QuizDuel.objects.get()
    guest = text(Client(headers={"accept-language": "en"}), here)
    assert "甲 challenges you" in guest and "Begin: five questions" in guest
    play(enter_duel(duel=duel, member_id=one.pk, at=at), at, right=3)
    assert "3 right" not in text(client_of(other), here), "nobody knows what to beat"
    assert client_of(other).post(here)["Location"].startswith("/quiz/runs/")
    play(QuizRun.objects.get(member=other), clock.now(), right=4)
    assert "Winner" in text(client_of(one), here) and "4 right" in text(client_of(one), here)
    assert client_of(make_member(at)).post(here).status_code == 302
    assert QuizRun.objects.count() == 2


def test_questions_in_the_consoles(at: datetime) -> None:
    sku = make_sku(at)
    staff, other = (client_of(one.product.merchant.staff.get().member) for one in (sku, make_sku(at)))
    asked = {"level": "2", "product": str(sku.product_id), "text": "? 甲？\n- 一"}
    wrong = staff.post("/merchant/quiz", asked)
    assert (
        wrong.status_code == 422
        and "Line 1:" in wrong.content.decode()
        and "? 甲？" in wrong.content.decode()
    )
    assert staff.post("/merchant/quiz", asked | {"text": GOOD}).status_code == 302
    made = QuizQuestion.objects.get()
    assert (made.product_id, made.merchant_id, made.level) == (sku.product_id, sku.product.merchant_id, 2)
    foreign = other.post("/merchant/quiz", asked | {"text": GOOD.replace("甲", "乙")})
    assert "choose one" in foreign.content.decode(), "goods of another merchant are not theirs to name"
    assert other.post(f"/merchant/quiz/{made.pk}/stop").status_code == 404
    assert staff.post("/ops/quiz", asked).status_code == 403
    operator = make_member(at)
    grant_role(member=operator, role=Role.operator, actor=SYSTEM, at=at)
    shown = text(client_of(operator), "/ops/quiz")
    assert "甲？" in shown and "of today" in shown
    client_of(operator).post(f"/ops/quiz/{made.pk}/stop")
    assert "甲？" not in text(staff, "/merchant/quiz")


def test_a_friends_link_leads_to_the_quiz_and_nowhere_else(at: datetime) -> None:
    assert Client().get("/r/ABCDEFGH?next=/quiz")["Location"] == "/quiz"
    assert Client().get("/r/ABCDEFGH?next=https://evil.example/")["Location"] == "/"


def test_an_open_duel_is_one_persons_only_once(at: datetime) -> None:
    make_questions(at)
    one = make_member(at)
    duel = open_duel(member_id=one.pk, at=at)
    client = client_of(one)
    first = client.post(f"/quiz/duels/{duel.code}")["Location"]
    assert client.post(f"/quiz/duels/{duel.code}")["Location"] == first and QuizRun.objects.count() == 1
