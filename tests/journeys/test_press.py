"""Pressed, a button does what it says; and its words can be read, measured on pixels, gradients too (axe cannot judge those)."""

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Error, Locator, Page, Route

from journeys.visitor import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.processes]
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
PAGES = {
    "": ["/", "/p/1", "/signin"],
    "member": ["/", "/p/1", "/cart", "/checkout?sku=1&quantity=1", "/orders", "/me", "/coupons", "/communities", "/points"],
    "owner": ["/p/1", "/p/1/share", "/owner", "/owner/income", "/owner/withdraw", "/owner/pack"],
    "merchant": ["/merchant", "/merchant/orders", "/merchant/aftersales", "/merchant/goods/new", "/merchant/coupons"],
    "operator": ["/ops", "/ops/money", "/ops/withdrawals", "/ops/moderation", "/ops/orders", "/ops/members", "/ops/members/12"],
}  # fmt: skip


def put_in_cart(page: Page, url: str, product: int) -> None:
    page.goto(f"{url}/p/{product}")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.click("button[name=then][value=cart]")


def test_into_the_cart_leaves_one_where_one_is(demo: str, browser: Browser) -> None:
    """It took the whole page anew, to its top, and pushed it down with a message."""
    page = Visitor(browser, demo, PHONE, "member").see("/p/1")
    page.evaluate("window.scrollTo(0, 300); window.still = 1")
    page.click("button[name=then][value=cart]")
    page.wait_for_selector(".toast")
    assert page.evaluate("[window.still, scrollY > 200]") == [1, True]
    assert page.locator(".buybar .badge").inner_text() == "1"
    guest = Visitor(browser, demo, PHONE, "").see("/p/1")
    guest.click("button[name=then][value=cart]")
    guest.wait_for_url("**/signin?next=**")


def test_what_is_said_of_a_variant_follows_the_choice(demo: str, browser: Browser) -> None:
    """The struck price and what an own purchase saves stayed those of the first."""
    page = Visitor(browser, demo, PHONE, "owner").see("/p/1")
    first, second = page.locator("input[name=sku]:not(:disabled)").all()[:2]
    told = []
    for choice in (second, first, second):
        choice.check(force=True)
        spots = {
            name: page.locator(f"[data-sku-{name}]").first for name in ("price", "market", "earn", "save")
        }
        told.append({name: spot.inner_text() for name, spot in spots.items()})
        for name, text in told[-1].items():
            assert text == choice.get_attribute(f"data-{name}"), name
    assert told[0] == told[2] != told[1]
    page.click(".buybar a[href='/cart']")
    page.go_back()
    chosen = page.locator("input[name=sku]:checked")
    assert page.locator("[data-sku-price]").first.inner_text() == chosen.get_attribute("data-price")


@pytest.mark.parametrize("width", [360, 375, 390, 1440])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "bare"])
def test_the_carts_buttons_change_the_number(demo: str, browser: Browser, width: int, scripts: bool) -> None:
    """Both were dead while 1,100 tests were green; at 360 + lay under the bin."""
    visitor = Visitor(browser, demo, {"width": width, "height": 844}, "member")
    cookies = visitor.page.context.cookies()
    context = browser.new_context(
        viewport={"width": width, "height": 844}, java_script_enabled=scripts, locale="zh-CN"
    )
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    put_in_cart(page, demo, 1)
    line = page.locator(".cell", has=page.locator("a[href='/p/1']"))

    def units() -> int:
        page.goto(f"{demo}/cart")
        field = line.locator("input[name=quantity]")
        return int(field.input_value()) if field.count() else 0

    before = units()
    for label, after in (("增加数量", before + 1), ("增加数量", before + 2), ("减少数量", before + 1)):
        button = line.get_by_label(label)
        if scripts:
            box = button.bounding_box()
            assert box
            point = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
            hit = page.evaluate(
                "([x, y]) => document.elementFromPoint(x, y).closest('button')?.ariaLabel", point
            )
            assert hit == label, "nothing lies over it"
        with page.expect_navigation():
            button.click()
        assert units() == after
    while (left := units()) > 1:
        with page.expect_navigation():
            line.get_by_label("减少数量").click()
        assert units() == left - 1
    with page.expect_navigation():
        line.get_by_label("减少数量").click()
    assert units() == 0, "the last one less takes it out"
    context.close()


def test_enter_in_a_reason_decides_nothing(demo: str, browser: Browser) -> None:
    """Twice for real: a reason to refuse was typed, and Enter paid; then Enter refused unasked. It goes on to the button, which asks; the
    merchant's page is made of the same part (tests/web/test_forms.py: its requests are decided by the time that other journeys let
    pass)."""
    page = Visitor(browser, demo, {"width": 1440, "height": 900}, "operator").see("/ops/withdrawals")
    sent: list[str] = []
    page.route(
        "**/ops/withdrawals/*",
        lambda route: (sent.append(route.request.post_data or ""), route.fulfill(status=204)),
    )
    reason = page.locator("form input[name=reason]").first
    reason.fill("请提供照片")
    reason.press("Enter")
    page.wait_for_timeout(500)
    assert sent == [] and page.evaluate(
        "document.activeElement.matches('form:has(input[name=reason]) button')"
    )
    page.keyboard.press("Enter")
    assert "请提供照片" in page.inner_text("#sure") and sent == []
    page.keyboard.press("Escape")
    assert sent == [], "who goes back has decided nothing"
    page.locator("form:has(input[name=reason]) button").first.click()
    page.click("#sure button[value=yes]")
    page.wait_for_timeout(500)
    assert len(sent) == 1 and "accept=no" in sent[0] and "accept=yes" not in sent[0]


def test_a_payout_is_asked_about_with_its_amount(demo: str, browser: Browser) -> None:
    """For real: 12元 and Enter, and the money was on its way."""
    page = Visitor(browser, demo, PHONE, "owner").see("/owner/withdraw")
    sent: list[str] = []
    page.route(
        "**/owner/withdraw",
        lambda route: (
            route.continue_()
            if route.request.method == "GET"
            else (sent.append("withdrawn"), route.fulfill(status=204))
        ),
    )
    page.fill("#amount", "12元")
    page.locator("#amount").press("Enter")
    assert sent == [] and not page.locator("#sure").is_visible()
    page.keyboard.press("Enter")
    assert "12元" in page.inner_text("#sure") and sent == []
    page.click("#sure button[value=no]")
    assert sent == []


@pytest.mark.parametrize("role", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_words_of_every_button_can_be_read(demo: str, browser: Browser, role: str, theme: str) -> None:
    visitor = Visitor(browser, demo, PHONE, role)
    visitor.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    if role == "member":
        put_in_cart(visitor.page, demo, 1)
    faint: dict[str, float] = {}
    for path in PAGES[role]:
        visitor.page.goto(demo + path)
        # A place in the page, not a row of it: what others change meanwhile is asked for again.
        buttons = visitor.page.locator("main .btn:visible:not(:disabled)")
        for n in range(min(buttons.count(), 12)):
            if n >= buttons.count():
                break
            button = buttons.nth(n)
            try:  # what moves or is asked for again while it is measured is measured again
                ratio = contrast_of(button)
                ratio = ratio if ratio >= LEAST_CONTRAST else contrast_of(button)
            except Error:
                continue  # it went away; the other theme measures it
            if ratio < LEAST_CONTRAST:
                faint[f"{path} {button.inner_text()[:20]!r}"] = round(ratio, 2)
    assert faint == {}


def contrast_of(button: Locator) -> float:
    """The least contrast between the colour of the words and the pixels behind them."""
    button.scroll_into_view_if_needed()
    colour = button.evaluate(
        """el => { const c = getComputedStyle(el).color; el.style.setProperty('color', 'transparent', 'important');
                   el.style.transition = 'none'; return c; }"""
    )
    if not colour:
        return 21.0  # it went away meanwhile: a live part was asked for again
    image = Image.open(io.BytesIO(button.screenshot())).convert("RGB")
    button.evaluate("el => { el.style.color = ''; }")
    width, height = image.size
    middle = image.crop((width // 5, height // 3, width - width // 5, height - height // 3)).resize((24, 8))
    words = luminance(tuple(float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]))
    behind = sorted(luminance(pixel) for pixel in pixels(middle))
    return min(ratio(words, behind[len(behind) // 20]), ratio(words, behind[-1 - len(behind) // 20]))


def pixels(image: Image.Image) -> list[Any]:
    return [image.getpixel((x, y)) for x in range(image.width) for y in range(image.height)]


def luminance(rgb: Any) -> float:
    parts = [part / 255 for part in rgb]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: float, other: float) -> float:
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


OBSERVE = """() => { window.changed = 0;
  window.values = [...document.querySelectorAll('input')].map(el => el.value).join(); window.observer?.disconnect();
  window.observer = new MutationObserver(all => { window.changed += all.length; });
  window.observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true}); }"""
# The page changed, a field did, or the browser says which field is missing.
EFFECT = """() => window.changed > 0 || window.values !== [...document.querySelectorAll('input')].map(el => el.value).join()
  || document.activeElement.matches(':invalid')"""
BUTTONS = "button:visible:not(:disabled):not(.vh), summary:visible, [role=button]:visible"
ALL_PAGES = {
    "": ["/", "/search", "/p/1", "/p/2", "/checkout?sku=9", "/signin", "/campaigns", "/groups/1", "/coupons", "/communities", "/c/1", "/near", "/guide"],
    "member": ["/", "/p/1", "/cart", "/checkout?sku=1&quantity=1", "/orders", "/me", "/me/favourites", "/me/history", "/me/settings", "/me/addresses/new", "/me/traits", "/coupons", "/communities", "/c/1",
               "/c/1/write", "/posts/1", "/points", "/messages", "/gifts", "/quiz", "/outer", "/saved", "/school", "/school/opening-playbook"],
    "owner": ["/p/1", "/p/1/share", "/owner", "/owner/goods", "/owner/shop", "/owner/share", "/owner/income", "/owner/invitation", "/owner/withdraw", "/owner/team", "/owner/level", "/owner/pack"],
    "merchant": ["/merchant", "/merchant/goods", "/merchant/goods/1", "/merchant/goods/new", "/merchant/orders", "/merchant/aftersales", "/merchant/campaigns/new", "/merchant/coupons",
                 "/merchant/goods/1/materials", "/merchant/quiz"],
    "operator": ["/ops", "/ops/money", "/ops/orders", "/ops/members/12", "/ops/members", "/ops/products", "/ops/audit", "/ops/find?q=桃", "/ops/plans", "/ops/plans/2", "/ops/withdrawals", "/ops/risk", "/ops/communities", "/ops/moderation", "/ops/routing", "/ops/rings", "/ops/campaigns",
                 "/ops/coupons", "/ops/playbooks", "/ops/quiz", "/c/1/desk", "/c/1/desk?tab=members", "/c/1/desk?tab=settings"],
    "agent": ["/agent", "/agent/rings"],
}  # fmt: skip


@pytest.mark.parametrize("role", ALL_PAGES)
def test_no_button_is_dead(demo: str, browser: Browser, role: str) -> None:
    """Every button of every page, pressed: it asks the server, changes the page or leads elsewhere. What it would send is held back,
    so that the town stays as it is; equal buttons of equal forms are pressed once."""
    visitor = Visitor(browser, demo, PHONE, role)
    page, sent = visitor.page, list[str]()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def hold_back(route: Route) -> None:
        sent.append(route.request.url)
        if route.request.method == "POST":
            route.fulfill(status=204)
        else:
            route.continue_()

    page.route("**/*", hold_back)
    page.on("download", lambda file: sent.append(file.url))
    dead: list[str] = []
    pressed: set[str] = set()
    for path in ALL_PAGES[role]:
        page.goto(demo + path)
        for n in range(min(page.locator(BUTTONS).count(), 60)):
            button = page.locator(BUTTONS).nth(n)
            try:
                name = button.evaluate(NAME, timeout=2_000)
                if name in pressed:
                    continue
                pressed.add(name)
                address = page.url
                page.evaluate(OBSERVE)
                sent.clear()
                button.click(timeout=3_000)
                page.wait_for_timeout(150)
                if not (sent or page.url != address or page.evaluate(EFFECT)):
                    page.wait_for_timeout(1_000)  # a file takes longer to come
                if not (sent or page.url != address or page.evaluate(EFFECT)):
                    dead.append(f"{path} {name}")
            except Error as error:
                dead.append(f"{path} {name}: {str(error).splitlines()[0]}")
            page.goto(demo + path)
    print(role, len(pressed), "buttons", dead)
    assert dead == [] and len(pressed) > 3


# By what a button says and where it leads, numbers apart.
NAME = """el => [el.tagName, el.innerText.trim() || el.ariaLabel || '', el.name, el.form?.getAttribute('action') ?? '', el.className]
  .join(' | ').replace(/[0-9]+/g, '#')"""


@pytest.mark.capability("G3")
@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("member", "/me/addresses/new"),
        ("member", "/outer"),
        ("merchant", "/merchant/goods/new"),
        ("merchant", "/merchant/coupons"),
        ("merchant", "/merchant/campaigns/new"),
        ("operator", "/ops/communities"),
    ],
)
def test_each_fault_stands_at_its_field_and_one_is_taken_there(
    demo: str, browser: Browser, role: str, path: str
) -> None:
    """Faults were seen, not heard: no describedby, and no focus on what was refused."""
    visitor = Visitor(browser, demo, PHONE, role)
    page = visitor.see(path)
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    form = page.locator("main form[method=post]:has(.field)").last
    form.evaluate(
        """form => {
          form.noValidate = true
          for (const one of form.querySelectorAll("input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=file])"))
            one.value = ""
        }"""
    )
    with page.expect_navigation() as refused:
        form.evaluate("form => form.requestSubmit()")
    assert refused.value.status == 422
    visitor.faults.clear()  # the browser says that the answer was a 422
    tied = page.evaluate(
        """() => [...document.querySelectorAll("[data-fault]")].map(fault => [
             fault.dataset.fault, [...document.querySelectorAll("[aria-invalid=true]")].some(field =>
               (field.getAttribute("aria-describedby") || "").split(" ").includes(fault.id))])"""
    )
    assert tied and all(is_tied for _, is_tied in tied), tied
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    visitor.check(path)
