"""The main job in a real browser, on a phone and a laptop: a friend buys through an owner's link, the merchant ships, a part
goes back, the owner sees it, the operator's numbers agree. Every page on the way is checked by axe in both themes."""

import gzip

import pytest
from playwright.sync_api import Browser, Page, Response

from journeys.visitor import LAPTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.mark.capability("B7")
@pytest.mark.capability("F4")
def test_a_friend_buys_through_an_owner_and_sends_a_part_back(demo: str, browser: Browser) -> None:
    owner = Visitor(browser, demo, PHONE, "owner")
    owner.see("/owner")
    sheet = owner.see("/p/10/share")
    link = sheet.input_value("#url")
    before = _money(owner.see("/owner/income"))

    friend = Visitor(browser, demo, PHONE)
    page = friend.page
    page.goto(link)
    friend.check("/p/10")
    assert page.url.endswith("/p/10")
    assert "赚" not in page.inner_text("main")
    page.click("button[value=buy]")
    friend.check("/checkout (guest)")
    page.click(".buybar a:has-text('登录后下单')")
    page.fill("#phone", "13512340001")
    page.click("main button")
    page.fill("#code", "000000")
    friend.check("/signin (code)")
    page.click("main button")
    page.fill("#name", "新邻居")
    page.check("input[name=agree]")
    friend.check("/signin")
    page.click("main button")
    page.click("text=填写收货地址")
    page.fill("#name", "新邻居")
    page.fill("#phone", "13512340001")
    page.select_option("select[name=province]", "330000")
    page.wait_for_selector("select[name=district]:not([hidden])")
    page.fill("#detail", "清波街道 1 号")
    friend.check("/me/addresses/new")
    page.click("main button:has-text('保存')")
    friend.check("/checkout")
    page.click(".buybar button")
    friend.check("/sandbox/charges")
    page.click("button[value=success]")
    page.wait_for_selector("text=支付成功", timeout=60_000)
    friend.check("/orders/result")
    page.click("main .card a")
    order_path = page.url.removeprefix(demo)
    friend.check(order_path)
    after = _money(owner.see("/owner/income"))
    assert after > before, "the earning grows"

    merchant = Visitor(browser, demo, LAPTOP, "merchant")
    merchant.see("/merchant")
    merchant.see("/merchant/orders")
    number = order_path.rsplit("/", 1)[1]
    merchant.page.goto(f"{demo}/merchant/orders?q={number}")
    merchant.page.fill("tbody input[name=tracking_no]", "SF0011223344")
    merchant.press("tbody button")
    friend.see(order_path)
    page.click("button:has-text('确认收货')")
    page.click("#sure button[value=yes]")
    page.wait_for_selector("main h1:has-text('已收货')")
    friend.check(order_path)
    page.click("a:has-text('申请退款')")
    page.check("input[name^=line-]")
    page.fill("input[name^=amount-]", "5.00")
    page.click("label:has-text('仅退款')")
    page.click("label:has-text('坏了或破损')")
    friend.check("/orders/aftersale")
    page.click("main button:has-text('提交申请')")
    friend.press("#sure button[value=yes]")
    merchant.see("/merchant/aftersales")
    merchant.page.click(f"section:has-text('{number}') button:has-text('同意')")
    assert "¥5.00" in merchant.page.inner_text("#sure p")
    merchant.press("#sure button[value=yes]")
    friend.see(order_path)
    assert "¥5.00" in page.inner_text("main")
    assert before < _money(owner.see("/owner/income")) < after, "the earning shrinks by the refund"

    operator = Visitor(browser, demo, LAPTOP, "operator")
    assert "与账本一致" in operator.see("/ops").inner_text("main")
    proof = operator.see("/ops/money")
    operator.press("main header button")
    proof.wait_for_selector("main .banner.good:has-text('条全部成立')", timeout=60_000)
    operator.page.goto(f"{demo}/ops")
    operator.press("button[value='8']")
    assert "可提现" in owner.see("/owner/income?state=available").inner_text("main")


def _money(page: Page) -> int:
    """Pending on the income page, in fen."""
    return round(float(page.inner_text(".trio b >> nth=0").replace("¥", "").replace(",", "")) * 100)


@pytest.mark.parametrize(
    "size", [PHONE, LAPTOP, {"width": 320, "height": 640}], ids=["phone", "laptop", "small"]
)
def test_every_page_is_whole_for_everybody(demo: str, browser: Browser, size: dict[str, int]) -> None:
    pages = {
        "": ["/", "/checkout?sku=9", "/search", "/search?q=车厘子", "/search?q=没有这种东西", "/p/10", "/p/999999", "/signin", "/about", "/offline", "/invite/NOSUCH", "/campaigns", "/campaigns?kind=bargain", "/groups/1", "/bargains/1", "/coupons"],
        "member": ["/cart", "/checkout?sku=9", "/orders", "/orders/past", "/me", "/me/favourites", "/me/history", "/me/settings", "/me/addresses", "/me/addresses/new", "/owner", "/coupons", "/coupons?state=used", "/messages", "/bargains/1"],
        "owner": ["/owner", "/owner/goods", "/owner/shop", "/owner/share", "/owner/income", "/owner/invitation", "/owner/withdraw", "/owner/team", "/owner/level", "/p/10"],
        "merchant": ["/merchant", "/merchant/goods", "/merchant/goods/1", "/merchant/goods/new", "/merchant/orders?state=all", "/merchant/aftersales", "/merchant/campaigns", "/merchant/campaigns/new", "/merchant/coupons"],
        "operator": ["/ops", "/ops/money", "/ops/orders", "/ops/orders?state=paid&q=zzzz", "/ops/members", "/ops/members/12", "/ops/owners", "/ops/merchants", "/ops/products", "/ops/audit", "/ops/find?q=桃", "/ops/plans", "/ops/plans/2", "/ops/plans/3", "/ops/withdrawals", "/ops/risk", "/ops/campaigns", "/ops/campaigns/1", "/ops/campaigns/new?kind=bargain", "/ops/coupons"],
    }  # fmt: skip
    for role, paths in pages.items():
        visitor = Visitor(browser, demo, size, role)
        for path in paths:
            visitor.page.goto(demo + path, wait_until="load")
            visitor.faults = [fault for fault in visitor.faults if "404" not in fault and "403" not in fault]
            visitor.check(path)
        visitor.page.context.close()


def test_a_page_in_english_has_no_chinese_but_names(demo: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.add_cookies([{"name": "language", "value": "en", "url": demo}])
    page = context.new_page()
    for path in ("/signin", "/about", "/offline"):
        page.goto(demo + path)
        text = page.inner_text("main")
        assert not [character for character in text if "一" <= character <= "鿿"], text


def test_budgets_of_the_product_page(demo: str, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    sizes = {"html": 0, "js": 0, "css": 0}
    count = 0

    def weigh(response: Response) -> None:
        nonlocal count
        count += 1
        kind = {"document": "html", "script": "js", "stylesheet": "css"}.get(response.request.resource_type)
        if kind:
            sizes[kind] += len(gzip.compress(response.body(), 6))

    page.on("response", weigh)
    page.goto(f"{demo}/p/10", wait_until="networkidle")
    assert count <= 20
    assert sizes["html"] <= 6 * 1024 and sizes["js"] <= 25 * 1024 and sizes["css"] <= 12 * 1024, sizes


def test_back_returns_to_the_place_in_the_list(demo: str, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.goto(f"{demo}/search", wait_until="networkidle")
    page.mouse.wheel(0, 6000)
    page.wait_for_timeout(1500)
    assert page.locator(".grid .p").count() > 12, "more cards came by themselves"


def test_the_shop_works_without_scripts(demo: str, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False).new_page()  # type: ignore[arg-type]
    page.goto(f"{demo}/search")
    page.click("text=更多")
    assert page.locator(".grid .p").count() == 24
    for path in [card.get_attribute("href") for card in page.locator(".grid .p").all()]:
        page.goto(f"{demo}{path}")
        if page.locator("button[value=cart]").count():  # a group buy is bought alone or in a group
            break
    page.click("button[value=cart]")
    assert "/signin" in page.url


def test_offline_shows_what_was_visited_and_else_its_page(demo: str, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(demo, wait_until="networkidle")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_timeout(500)
    page.goto(f"{demo}/p/10", wait_until="networkidle")
    title = page.inner_text("h1")
    context.set_offline(True)
    page.goto(f"{demo}/search")
    assert "网络好像断开了" in page.inner_text("body")
    page.goto(f"{demo}/p/10")
    assert page.inner_text("h1") == title


def test_a_member_reads_offline_what_everybody_may_see(demo: str, browser: Browser) -> None:
    """Not their own page, which is nobody else's: the public one of the same address."""
    member = Visitor(browser, demo, PHONE, "member")
    page = member.page
    page.goto(demo, wait_until="networkidle")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_timeout(500)
    page.goto(f"{demo}/p/11", wait_until="networkidle")
    page.goto(f"{demo}/me", wait_until="networkidle")
    title = page.evaluate(
        "caches.match('/p/11').then(kept => kept.text()).then(text => text.match(/<h1>(.*?)<[/]h1>/)[1])"
    )
    page.context.set_offline(True)
    page.goto(f"{demo}/p/11")
    assert page.inner_text("h1") == title
    page.goto(f"{demo}/me")
    assert "网络好像断开了" in page.inner_text("body"), "nothing of a person is kept"
