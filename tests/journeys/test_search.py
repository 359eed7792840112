"""Finding goods with a thumb: what is typed is answered, what was searched stays on this phone, a filter acts and is counted."""

import pytest
from playwright.sync_api import Browser, expect

from journeys.visitor import LAPTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.capability("A4")]


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_typing_filtering_and_what_was_searched(demo: str, browser: Browser, size: dict[str, int]) -> None:
    visitor = Visitor(browser, demo, size)
    page = visitor.see("/search")
    expect(page.locator("[data-searched]")).to_be_hidden()
    page.locator("#q").press_sequentially("chelizi", delay=30)
    expect(page.locator("#suggest a").first).to_contain_text("车厘子")
    visitor.check("/search (typing)")
    page.fill("#q", "车里子")
    visitor.press(".search button")
    expect(page.locator("main .banner")).to_contain_text("车里子")
    expect(page.locator(".grid h3").first).to_contain_text("车厘子")
    page.click(".filter summary")
    page.fill("#least", "90")
    page.check("input[name=stock]")
    visitor.check("/search (filter)")
    visitor.press(".filter button")
    assert "least=90" in page.url and "stock=yes" in page.url and "most" not in page.url
    expect(page.locator(".filter summary b")).to_have_text("2")
    with page.expect_navigation():
        page.click(".sortbar nav a:has-text('价格')")
    assert "least=90" in page.url and "sort=cheap" in page.url
    with page.expect_navigation():
        page.click(".sortbar nav a:has-text('价格')")
    assert "sort=dear" in page.url
    visitor.see("/search")
    with page.expect_navigation():
        page.click("[data-searched] .pill")
    assert page.input_value("#q") == "车里子"
    visitor.see("/search")
    page.click("[data-forget]")
    expect(page.locator("[data-searched]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-searched]")).to_be_hidden()
