"""Forms: Enter in a field presses the first button, so the first button of a form that decides about money or people decides nothing."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "src/linli/web/templates"
FORM = re.compile(r"<form\b.*?</form>", re.S)
FIELD = re.compile(r"<input\b(?![^>]*type=\"(?:hidden|checkbox|radio|file|submit|range)\")[^>]*>", re.S)
BUTTON = re.compile(r"<button\b(?![^>]*type=\"button\")[^>]*>", re.S)
# Their first button is what Enter should do: save, search, count, or look again without sending.
HARMLESS = {
    "community/write.html", "merchant/edit.html", "merchant/home.html", "ring/groups.html", "ring/outer.html", "shop/address_form.html", "shop/cart.html",
    "shop/checkout.html", "shop/signin.html",
}  # fmt: skip


def test_enter_decides_nothing() -> None:
    """Of a form with a text field and several buttons the first is switched off, unless it is known to be harmless."""
    found = set()
    for path in TEMPLATES.rglob("*.html"):
        for form in FORM.findall(path.read_text()):
            buttons = BUTTON.findall(form)
            if FIELD.search(form) and len(buttons) > 1 and "disabled" not in buttons[0]:
                found.add(path.relative_to(TEMPLATES).as_posix())
    assert found <= HARMLESS


def test_accepting_never_shares_a_form_with_a_text() -> None:
    wrong = [
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        for form in FORM.findall(path.read_text())
        if 'name="accept"' in form and 'value="yes"' in form and (FIELD.search(form) or "<textarea" in form)
    ]
    assert wrong == []
