"""An operator's morning without a mouse: an order by its last digits, a note, a list walked by keys, conditions dropped, proof asked for."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Browser, expect

from journeys.visitor import LAPTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.capability("G9")]


def test_a_morning_by_keys(demo: str, browser: Browser) -> None:
    operator = Visitor(browser, demo, LAPTOP, "operator")
    page = operator.see("/ops/orders?state=completed")
    number = page.locator("tbody a.opens").first.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tbody tr.here a.opens").first).to_have_text(number)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{demo}/ops/orders/{number}"
    operator.check("/ops/orders/NUMBER")
    page.locator("#note").focus()
    page.keyboard.type("买家要周三以后送")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".note-line").first).to_contain_text("买家要周三以后送")
    page.keyboard.press("/")
    page.keyboard.type(number[-9:])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/ops/find?q=" in page.url and number in page.inner_text("main")
    page.goto(f"{demo}/ops/orders?state=completed&q=没有这种")
    expect(page.locator(".nothing a").first).to_be_visible()
    with page.expect_navigation():
        page.locator(".nothing a").first.click()
    assert "q=" not in page.url and page.locator("tbody tr").count() > 0


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_a_condition_acts_as_soon_as_it_is_chosen(demo: str, browser: Browser, size: dict[str, int]) -> None:
    page = Visitor(browser, demo, size, "operator").see("/ops/products")
    with page.expect_navigation():
        page.select_option("#cut-stock", "low")
    assert page.url == f"{demo}/ops/products?stock=low&sort=new", (
        "what is empty does not stand in the address"
    )
    with page.expect_navigation():
        page.locator(".chip").first.click()
    assert "stock" not in page.url


def test_proof_is_computed_behind_the_page_and_shown_as_it_goes(demo: str, browser: Browser) -> None:
    page = Visitor(browser, demo, LAPTOP, "operator").see("/ops/money")
    page.click("text=全部重新核算") if page.locator("text=全部重新核算").count() else page.click(
        "main header button"
    )
    expect(page.locator("main .banner.good, main .banner.bad").first).to_be_visible(timeout=60_000)
    assert re.search(r"\d+ 条全部成立|条不成立", page.inner_text("main"))


def test_the_account_menu_changes_language_and_signs_out(demo: str, browser: Browser) -> None:
    operator = Visitor(browser, demo, LAPTOP, "operator")
    page = operator.see("/ops/members")
    page.click(".account summary")
    operator.press(".account button[name=language]")
    assert page.url == f"{demo}/ops/members" and page.inner_text("h1") == "All members"
    page.click(".account summary")
    operator.press(".account button[name=language]")
    page.click(".account summary")
    operator.press(".account form[action='/signout'] button")
    page.goto(f"{demo}/ops/members")
    assert "/signin" in page.url
    assert json.load(urllib.request.urlopen(f"{demo}/demo/people"))


def test_a_merchant_ticks_orders_and_prints_what_to_pick(demo: str, browser: Browser) -> None:
    merchant = Visitor(browser, demo, LAPTOP, "merchant")
    page = merchant.see("/merchant/orders")
    ticks = page.locator("input[name=order]:not(:disabled)")
    count = ticks.count()
    assert count > 1, "something waits in every town"
    page.check("[data-all]")
    expect(page.locator("[data-ticked]")).to_have_text(str(count))
    ticks.first.uncheck()
    expect(page.locator("[data-ticked]")).to_have_text(str(count - 1))
    left_out = ticks.first.get_attribute("value")
    merchant.press(".bulk button")
    merchant.check("/merchant/orders/paper")
    assert page.locator(".sheet").count() == count, "a pick list, and a slip for each"
    assert left_out not in page.inner_text("main")
    page.evaluate("window.print = () => { window.printed = true }")
    page.click("[data-print]")
    assert page.evaluate("window.printed")
