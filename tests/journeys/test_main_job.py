"""The main job in a real browser, on a phone and a laptop: a friend buys through an owner's link, the merchant ships, a part
goes back, the owner sees it, the operator's numbers agree. Every page on the way is checked by axe in both themes."""

import gzip
import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, sync_playwright

from linli.cli.processes import free_port

HOME = Path(__file__).resolve().parents[2]
AXE = (HOME / "tests/vendor/axe.min.js").read_text()
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`./run demo` as a stranger types it, on a folder of its own."""
    data, port = tmp_path_factory.mktemp("demo"), free_port("127.0.0.1", 21000)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("LINLI_", "DATABASE_URL"))
    }
    command = [str(HOME / "run"), "demo", "--data", str(data), "--port", str(port), "--no-browser"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 150
    while time.monotonic() < until and not (data / "demo.json").exists():
        assert process.poll() is None, "the demo stopped"
        time.sleep(0.5)
    yield url
    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (again.returncode, url in again.stdout) == (0, True), "a second start says where the first one is"
    verify = [str(HOME / "run"), "linli", "verify", "--data", str(data)]
    done = subprocess.run(verify, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=FLAGS
        )
        yield made
        made.close()


class Visitor:
    """A person with a browser of their own."""

    def __init__(self, browser: Browser, url: str, size: dict[str, int], role: str = "") -> None:
        self.url = url
        self.page: Page = browser.new_context(viewport=size, locale="zh-CN").new_page()  # type: ignore[arg-type]
        self.faults: list[str] = []
        self.page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        if role:
            people = json.load(urllib.request.urlopen(f"{url}/demo/people"))
            self.page.goto(url)
            self.page.select_option("#become", next(one["phone"] for one in people if one["role"] == role))
            self.page.click(".demo button")

    def see(self, path: str) -> Page:
        """Open a page; it must be whole: no error, no sideways scroll, no barrier in either theme."""
        self.page.goto(self.url + path, wait_until="networkidle")
        self.check(path)
        return self.page

    def check(self, path: str) -> None:
        assert self.faults == [], (path, self.faults)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], f"{path} scrolls sideways: {width}"  # type: ignore[index]
        for theme in ("light", "dark"):
            self.page.emulate_media(color_scheme=theme)
            assert _barriers(self.page) == [], (path, theme)
        self.page.emulate_media(color_scheme="light")


def _barriers(page: Page) -> list[Any]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    return [
        (one["id"], one["nodes"][0]["target"], one["nodes"][0].get("failureSummary", "")[:300])
        for one in found["violations"]
    ]


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
    page.fill("#phone", "13512340001")
    page.click("main button")
    page.fill("#code", "000000")
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
    page.wait_for_selector("text=支付成功", timeout=15_000)
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
    merchant.page.click("tbody button")
    friend.see(order_path)
    page.click("text=确认收货")
    friend.check(order_path)
    page.click("a:has-text('申请退款')")
    page.fill("input[name^=amount-]", "5.00")
    friend.check("/orders/aftersale")
    page.click("main button:has-text('发送')")
    merchant.see("/merchant/aftersales")
    merchant.page.click(f"section:has-text('{number}') button[value=yes]")
    friend.see(order_path)
    assert "¥5.00" in page.inner_text("main")
    assert before < _money(owner.see("/owner/income")) < after, "the earning shrinks by the refund"

    operator = Visitor(browser, demo, LAPTOP, "operator")
    assert "与账本一致" in operator.see("/ops").inner_text("main")
    assert "不成立" not in operator.see("/ops/money?verify=1").inner_text("main")
    operator.page.goto(f"{demo}/ops")
    operator.page.click("button[value='8']")
    operator.page.wait_for_load_state()
    assert "可提现" in owner.see("/owner/income?state=available").inner_text("main")


def _money(page: Page) -> int:
    """Pending on the income page, in fen."""
    return round(float(page.inner_text(".trio b >> nth=0").replace("¥", "").replace(",", "")) * 100)


@pytest.mark.parametrize(
    "size", [PHONE, LAPTOP, {"width": 320, "height": 640}], ids=["phone", "laptop", "small"]
)
def test_every_page_is_whole_for_everybody(demo: str, browser: Browser, size: dict[str, int]) -> None:
    pages = {
        "": ["/", "/search", "/search?q=车厘子", "/search?q=没有这种东西", "/p/10", "/p/999999", "/signin", "/about", "/offline", "/invite/NOSUCH"],
        "member": ["/cart", "/checkout?sku=9", "/orders", "/me", "/me/settings", "/me/addresses", "/me/addresses/new", "/owner"],
        "owner": ["/owner", "/owner/goods", "/owner/shop", "/owner/share", "/owner/income", "/owner/invitation", "/owner/withdraw", "/owner/team", "/owner/level", "/p/10"],
        "merchant": ["/merchant", "/merchant/goods", "/merchant/goods/1", "/merchant/goods/new", "/merchant/orders?state=", "/merchant/aftersales"],
        "operator": ["/ops", "/ops/money?verify=1", "/ops/plans", "/ops/plans/2", "/ops/plans/3", "/ops/withdrawals", "/ops/risk"],
    }  # fmt: skip
    for role, paths in pages.items():
        visitor = Visitor(browser, demo, size, role)
        for path in paths:
            visitor.page.goto(demo + path, wait_until="networkidle")
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
    page.click(".grid .p >> nth=3")
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
