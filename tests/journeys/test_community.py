"""A community in real browsers: a newcomer joins and asks, the leader answers and the page hears of it, the answer is accepted; a
post with its goods leads to an order; a red packet is opened; a report is decided and its author told why."""

import re

import pytest
from playwright.sync_api import Browser

from journeys.test_group_buy import pay, sign_in
from journeys.visitor import LAPTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.mark.capability("C4")
@pytest.mark.capability("C7")
@pytest.mark.capability("C8")
@pytest.mark.capability("C12")
def test_a_newcomer_asks_a_leader_answers_and_somebody_buys(demo: str, browser: Browser) -> None:
    asker, leader = Visitor(browser, demo, PHONE), Visitor(browser, demo, PHONE, "owner")
    sign_in(asker, "13512345001", "新来的")
    asker.see("/communities")
    asker.see("/c/1")
    asker.press("form[action$='/enter'] button")
    assert "欢迎" in asker.page.inner_text("main")
    asker.check("/c/1 inside")
    asker.see("/c/1/write?line=question")
    asker.page.fill("#text", "四口之家，鸡蛋买六十枚吃得完吗？")
    asker.page.fill("#words", "鸡蛋")
    asker.page.click("button[value=find]")
    asker.page.locator("input[name=product]").first.check()
    asker.check("/c/1/write found")
    asker.page.click("button.primary.full")
    asker.page.wait_for_url(re.compile(r"/posts/\d+$"))
    post = asker.page.url.removeprefix(demo)

    leader.see(post)
    leader.page.fill("#text", "吃得完，我家十天一盒。")
    leader.page.click("form[action$='/comment'] button.primary")
    asker.page.wait_for_selector("text=吃得完，我家十天一盒。", timeout=60_000)
    asker.press("button[value=accept]")
    assert "已采纳" in asker.page.inner_text("main")
    asker.check(post)
    assert "采纳" in leader.see("/messages").inner_text("main")

    asker.page.click(".gcard")
    asker.page.wait_for_url(re.compile(r"/p/\d+$"))
    asker.page.locator(".buybar button[value=buy], .buybar button.primary").first.click()
    pay(asker.page)
    asker.page.wait_for_selector("text=支付成功", timeout=60_000)

    leader.see("/c/1/packet")
    leader.page.fill("#points", "20")
    leader.page.fill("#count", "2")
    leader.press("main button.primary")
    packet = leader.page.url.removeprefix(demo)
    asker.see(packet)
    asker.page.click("button.open")
    leader.page.wait_for_selector("text=新来的", timeout=60_000)
    asker.check(packet)
    asker.page.goto(demo + post)
    asker.page.click("article.post button[value^=like]")
    asker.page.wait_for_selector("article.post button[aria-pressed=true]")


@pytest.mark.capability("C4")
@pytest.mark.capability("C14")
@pytest.mark.capability("C15")
def test_the_desk_and_the_operators_pages(demo: str, browser: Browser) -> None:
    leader, boss = Visitor(browser, demo, PHONE, "owner"), Visitor(browser, demo, LAPTOP, "operator")
    for tab in ("asking", "members", "health", "settings", "look"):
        leader.see(f"/c/1/desk?tab={tab}")
    held = leader.page.locator("form.card", has_text="含有词语").first
    held.locator("input[name=reason]").fill("请不要写“稳赚”")
    held.locator("button[value=hide]").click()
    assert "已处理" in leader.page.inner_text("main")
    for path in (
        "/ops/communities",
        "/ops/moderation",
        "/ops/profits",
        "/ops/profits/1",
        "/ops/courses?code=six-lessons",
    ):
        boss.see(path)
    member = Visitor(browser, demo, PHONE, "member")
    for path in ("/guide", "/saved", "/c/1/about", "/c/12", "/c/9", "/points"):
        member.see(path)


@pytest.mark.capability("C7")
def test_a_voice_is_recorded_goes_up_and_is_heard(demo: str, browser: Browser) -> None:
    member = Visitor(browser, demo, PHONE, "owner")
    page = member.see("/c/1/write")
    page.fill("#text", "听我说两句 @")
    page.locator("#text").press_sequentially("考拉")
    page.click(".names button >> nth=0")
    assert "@考拉" in page.input_value("#text")
    page.click("[data-record]")
    page.wait_for_selector("[data-record][aria-pressed=true]")
    page.wait_for_timeout(2200)
    page.click("[data-record]")
    page.wait_for_selector("[data-kept]:not([hidden]) input:checked")
    member.check("/c/1/write with a recording")
    page.click("button.primary.full")
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    page.wait_for_selector("audio.player", timeout=60_000)
    heard = page.evaluate(
        """() => new Promise((done) => { const sound = document.querySelector("audio.player");
             sound.muted = true; sound.ontimeupdate = () => sound.currentTime > 0.5 && done(sound.duration);
             sound.onerror = () => done(-1); sound.play(); })"""
    )
    assert 1 < heard < 6
    assert page.locator("b.named").count() == 1
    member.check("a post with a voice")
    film = member.see("/c/1?tab=show").locator(".wall a >> nth=0").get_attribute("href")
    member.see(film or "")
    for path in (
        "/c/1/circles",
        "/c/1?circle=1",
        "/c/1?tab=question",
        "/c/1/desk?tab=tasks",
        "/show?product=1",
        "/owner/pack",
    ):
        member.see(path)


@pytest.mark.capability("C4")
@pytest.mark.capability("C6")
def test_a_fee_opens_the_door_and_goes_back_with_whoever_leaves(demo: str, browser: Browser) -> None:
    reader = Visitor(browser, demo, PHONE)
    sign_in(reader, "13512345077", "想读书的")
    page = reader.see("/c/14")
    page.click("form[action$='/fee'] button")
    page.click("button[value=success]")
    page.wait_for_url(f"{demo}/c/14?paid=1")
    page.wait_for_selector(".write", timeout=60_000)  # the page looks by itself until they are inside
    reader.check("/c/14 inside")
    page.goto(f"{demo}/c/14/about")
    page.click("form[action$='/leave'] button")
    assert "19.90" in page.inner_text("main")
    reader.check("/c/14/leave")
    page.click("button[value=yes]")
    for _ in range(40):
        page.goto(f"{demo}/messages")
        if "19.90" in page.inner_text("main"):
            break
        page.wait_for_timeout(1000)
    assert "¥19.90" in page.inner_text("main"), "told that it is on its way back"
    boss = Visitor(browser, demo, LAPTOP, "operator")
    assert "想读书的" not in boss.see("/ops/profits/14").inner_text("main")
    boss.see("/ops/playbooks?code=weekly-rhythm")
    agent = Visitor(browser, demo, LAPTOP, "agent")
    for path in ("/agent", "/agent/rings"):
        agent.see(path)


@pytest.mark.capability("B11")
def test_a_course_is_read_and_passed(demo: str, browser: Browser) -> None:
    pupil = Visitor(browser, demo, PHONE, "owner")
    pupil.see("/school")
    page = pupil.see("/school/opening-playbook")
    if page.locator("a:has-text('你的证书')").count() == 0:
        for n in (1, 2, 3):
            pupil.see(f"/school/opening-playbook/{n}")
            page.click("main button.primary")
        for choice in (
            "七天内可以退货，期满后自动变为可提现",
            "挑自己用过的，讲给真正会用到的人",
            "要，说清楚",
        ):
            page.check(f"label:has-text('{choice}') input")
        pupil.check("/school/opening-playbook/quiz")
        page.click("main button.primary")
    page.click("a:has-text('你的证书')")
    assert "证书真实有效" in page.inner_text("main")
    pupil.check("/certificates")
