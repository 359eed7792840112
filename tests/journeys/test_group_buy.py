"""A group buy in real browsers: a merchant makes it, one phone opens a group, two others fill it, and all three pages turn by
themselves; a coupon is claimed, used at checkout and seen again when the money goes back."""

import re

import pytest
from playwright.sync_api import Browser, Page

from journeys.visitor import LAPTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def sign_in(visitor: Visitor, phone: str, name: str) -> None:
    page = visitor.page
    page.goto(f"{visitor.url}/signin")
    page.fill("#phone", phone)
    page.click("main button")
    page.fill("#code", "000000")
    page.click("main button")
    page.fill("#name", name)
    page.check("input[name=agree]")
    page.click("main button")
    page.goto(f"{visitor.url}/me/addresses/new")
    page.fill("#name", name)
    page.fill("#phone", phone)
    page.select_option("select[name=province]", "330000")
    page.wait_for_selector("select[name=district]:not([hidden])")
    page.fill("#detail", "清波街道 1 号")
    page.click("main button:has-text('保存')")


def pay(page: Page) -> None:
    page.click(".buybar button.primary")
    page.click("button[value=success]")


@pytest.mark.capability("D1")
def test_a_group_opens_on_one_phone_and_fills_on_two_others(demo: str, browser: Browser) -> None:
    merchant = Visitor(browser, demo, LAPTOP, "merchant")
    page = merchant.see("/merchant/campaigns/new?kind=group_buy")
    options = page.locator("#sku option").all_inner_texts()
    chosen = next(text for text in options if "¥" in text)
    with page.expect_navigation():  # the form is looked at anew
        page.select_option("#sku", label=chosen)
    listed = float(chosen.rsplit("¥", 1)[1].replace(",", ""))
    page.fill("#price", f"{listed * 0.8:.2f}")
    page.click("button[value=look]")
    assert "净得" in page.inner_text("main aside")
    merchant.check("/merchant/campaigns/new")
    page.click("main .actions button.primary")
    page.wait_for_url(re.compile(r"/merchant/campaigns/\d+$"))
    campaign = page.url.rsplit("/", 1)[1]
    product = page.get_attribute("a:has-text('查看商品')", "href") or ""

    phones = [Visitor(browser, demo, PHONE) for _ in range(3)]
    for n, visitor in enumerate(phones):
        sign_in(visitor, f"1351234100{n}", f"邻居{n}")
    first, second, third = phones
    first.see(product)
    first.page.click(f"button[value=campaign-{campaign}]")
    first.check("/checkout")
    assert "拼团价" in first.page.inner_text("main")
    pay(first.page)
    first.page.wait_for_selector("text=还差 2 人成团", timeout=60_000)
    first.check("/orders/result")
    first.page.click("a:has-text('邀请邻居')")
    group = first.page.url.removeprefix(demo)
    first.check(group)
    second.see(group)
    third.see(group)

    second.page.click("a:has-text('参团')")
    pay(second.page)
    second.page.wait_for_selector("text=还差 1 人成团", timeout=60_000)
    # Nobody reloads: both other pages have heard.
    first.page.wait_for_selector("text=还差 1 人成团", timeout=60_000)
    third.page.wait_for_selector("text=还差 1 人成团", timeout=60_000)
    second.see(group)
    third.page.click("a:has-text('参团')")
    pay(third.page)
    first.page.wait_for_selector("text=已成团", timeout=60_000)
    second.page.wait_for_selector("text=已成团", timeout=60_000)
    first.check(group)
    assert "成团" in first.see("/messages").inner_text("main")
    result = merchant.see(f"/merchant/campaigns/{campaign}").inner_text("main")
    assert "成团 1" in result and "3 单，3 人" in result


@pytest.mark.capability("D4")
def test_a_coupon_is_claimed_used_and_comes_back(demo: str, browser: Browser) -> None:
    operator = Visitor(browser, demo, LAPTOP, "operator")
    page = operator.see("/ops/coupons")
    page.fill("#name", "旅途券")
    page.fill("#face", "6")
    page.fill("#quantity", "3")
    page.click("button[value=look]")
    assert "¥18.00" in page.inner_text("main .banner")
    page.click("main .actions button.primary >> nth=-1")
    operator.check("/ops/coupons")

    visitor = Visitor(browser, demo, PHONE)
    sign_in(visitor, "13512341009", "领券人")
    page = visitor.see("/coupons")
    page.click("article:has-text('旅途券') button")
    visitor.check("/coupons")
    assert "旅途券" in page.inner_text("section >> nth=0")
    visitor.see("/search?sort=cheap")
    goods = [one.get_attribute("href") for one in page.locator(".grid .p").all()]
    # What can be bought alone, at its own price: the dice decide which goods are in a flash sale.
    for href in goods[8:]:
        page.goto(f"{demo}{href}")
        if page.locator("button[value=buy]").count() and not page.locator(".dealbar .tag").count():
            break
    page.click("button[value=buy]")
    assert "优惠券" in page.inner_text("main") and "-¥6.00" in page.inner_text("main")
    visitor.check("/checkout")
    page.click("summary")
    with page.expect_navigation():
        page.click("label:has-text('旅途券')")
    assert "-¥6.00" not in " ".join(page.locator("section.card .line").all_inner_texts())
    assert page.locator("details[open] label:has-text('旅途券')").count(), (
        "the list stays open while one chooses"
    )
    with page.expect_navigation():
        page.click("label:has-text('旅途券')")
    assert "-¥6.00" in " ".join(page.locator("section.card .line").all_inner_texts())
    pay(page)
    page.wait_for_selector("text=支付成功", timeout=60_000)
    assert "旅途券" in visitor.see("/coupons?state=used").inner_text("main")
