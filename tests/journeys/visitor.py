"""People with a browser of their own, who look closely: no error, no sideways scroll, no barrier in either theme."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

HOME = Path(__file__).resolve().parents[2]
AXE = (HOME / "tests/vendor/axe.min.js").read_text()
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # A microphone that beeps, and nobody to ask whether it may be used.
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
ALL_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# A theme changes colours and nothing else.
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


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
        self.page.goto(self.url + path, wait_until="load")
        self.check(path)
        return self.page

    def press(self, selector: str) -> None:
        """Press a button and wait for the page that it leads to: what another person looks at next has happened."""
        with self.page.expect_navigation():
            self.page.click(selector)

    def check(self, path: str) -> None:
        assert self.faults == [], (path, self.faults)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], f"{path} scrolls sideways: {width}"  # type: ignore[index]
        self.page.evaluate(AXE)
        assert _barriers(self.page, ALL_RULES) == [], path
        self.page.emulate_media(color_scheme="dark")
        assert _barriers(self.page, RULES_OF_COLOUR) == [], (path, "dark")
        self.page.emulate_media(color_scheme="light")


def _barriers(page: Page, rules: dict[str, Any]) -> list[Any]:
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    return [
        (one["id"], one["nodes"][0]["target"], one["nodes"][0].get("failureSummary", "")[:300])
        for one in found["violations"]
    ]
