"""The forms of a page, as a browser would send them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass
class Form:
    """Where a form goes and what stands in it: name and value of each field, in order."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Names of fields that a person or the page fills; the page's own token is no field."""
        return list(dict.fromkeys(name for name, _ in self.fields if name != "csrfmiddlewaretoken"))

    def data(self, **changed: str) -> dict[str, list[str]]:
        """What is sent when the form stays as it is, but for what is changed."""
        sent: dict[str, list[str]] = {}
        for name, value in (*self.fields, *self.buttons[:1]):
            if name and name not in changed:
                sent.setdefault(name, []).append(value)
        return sent | {name: [value] for name, value in changed.items()}


class Page(HTMLParser):
    """Reads forms and the links of this site."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._by_id: dict[str, Form] = {}
        self._late: list[tuple[str, str, str]] = []
        self._open: Form | None = None
        self._select: tuple[str, list[tuple[str, bool]], bool] | None = None
        self._area: str | None = None
        self.feed(text)
        for form_id, name, value in self._late:
            if form_id in self._by_id:
                self._by_id[form_id].fields.append((name, value))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        seen = {name: value or "" for name, value in attributes}
        if tag == "a" and (href := seen.get("href")):
            self.links.append(urljoin(self.path, href))
        elif tag == "form":
            self._open = Form(
                urljoin(self.path, seen.get("action") or self.path), seen.get("method", "get").lower()
            )
            self.forms.append(self._open)
            if "id" in seen:
                self._by_id[seen["id"]] = self._open
        elif tag == "input":
            self._input(seen)
        elif tag == "button" and self._open and seen.get("type", "submit") == "submit":
            self._open.buttons.append((seen.get("name", ""), seen.get("value", "")))
        elif tag == "textarea" and "name" in seen:
            self._area = ""
            self._put(seen.get("form", ""), seen["name"], "")
        elif tag == "select" and "name" in seen:
            self._select = (seen["name"], [], "form" in seen)
        elif tag == "option" and self._select:
            self._select[1].append((seen.get("value", ""), "selected" in seen))

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._open and self._open.fields:
            name, value = self._open.fields[-1]
            self._open.fields[-1] = (name, value + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select" and self._select:
            name, options, _ = self._select
            chosen = next(
                (value for value, is_chosen in options if is_chosen), options[0][0] if options else ""
            )
            self._put("", name, chosen)
            self._select = None

    def _input(self, seen: dict[str, str]) -> None:
        kind, name = seen.get("type", "text"), seen.get("name", "")
        if not name:
            return
        if kind == "file":
            if self._open:
                self._open.files.append(name)
        elif kind in ("submit", "image"):
            if self._open:
                self._open.buttons.append((name, seen.get("value", "")))
        elif kind not in ("checkbox", "radio") or "checked" in seen:
            self._put(seen.get("form", ""), name, seen.get("value", "on" if kind == "checkbox" else ""))

    def _put(self, form_id: str, name: str, value: str) -> None:
        if form_id:
            self._late.append((form_id, name, value))
        elif self._open:
            self._open.fields.append((name, value))


def links_within(page: Page) -> Iterator[str]:
    """Addresses of this site without their fragment."""
    for link in page.links:
        parts = urlsplit(link)
        if not parts.scheme and not parts.netloc and parts.path.startswith("/"):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path
