"""Sharing with one tap: the phone's own sheet where there is one, WeChat's corner in WeChat, else the link is copied."""

import pytest
from playwright.sync_api import Browser, expect

from journeys.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.capability("B3")]
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile MicroMessenger/8.0.50"
SHEET = "window.shared = []; navigator.share = async (what) => { window.shared.push(what) }"


def test_a_guest_shares_a_product_by_the_phones_sheet(demo: str, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.add_init_script(SHEET)
    page.goto(f"{demo}/p/10?from=x")
    page.click("[data-share]")
    [what] = page.evaluate("window.shared")
    assert what["url"] == f"{demo}/p/10" and what["title"] == page.title()


def test_an_owner_sends_words_and_her_own_link(demo: str, browser: Browser) -> None:
    owner = Visitor(browser, demo, PHONE, "owner")
    owner.page.add_init_script(SHEET)
    page = owner.see("/p/10/share")
    page.click("[data-share]")
    [what] = page.evaluate("window.shared")
    assert what["url"] == page.input_value("#url") and what["url"] not in what["text"] and what["text"]
    with page.expect_download() as saved:
        page.click("a[download]")
    assert saved.value.suggested_filename.endswith(".jpg")


def test_in_wechat_the_corner_is_pointed_at(demo: str, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE, user_agent=WECHAT).new_page()  # type: ignore[arg-type]
    page.goto(f"{demo}/p/10")
    page.click("[data-share]")
    expect(page.locator("#corner")).to_be_visible()
    page.click("#corner button")
    expect(page.locator("#corner")).to_be_hidden()


def test_without_a_sheet_the_link_is_copied(demo: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.add_init_script("delete Navigator.prototype.share")
    page.goto(f"{demo}/p/10")
    page.click("[data-share]")
    expect(page.locator(".toast")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{demo}/p/10"
