"""What members are told, and business values, are declared by the module that they belong to."""

import ast
import re
from pathlib import Path

from django.utils import translation

from linli.channels.notifications import declared, notification
from linli.core import settings

SOURCE = Path(__file__).resolve().parents[2] / "src" / "linli"
FILES = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def test_every_notification_that_is_sent_is_declared() -> None:
    told = {
        node.args[1].value
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Told"
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }
    assert len(told) > 15 and told - set(declared()) == set()


def test_every_notification_has_an_icon_and_both_languages() -> None:
    icons = (SOURCE / "web" / "static" / "ui" / "icons.svg").read_text()
    for code in declared():
        said = []
        for language in ("en", "zh-hans"):
            with translation.override(language):
                words, icon = notification(code)
                said.append(words)
        assert re.search(r"[\u4e00-\u9fff]", said[1]), code
        assert set(re.findall(r"%\((\w+)\)s", said[0])) >= set(re.findall(r"%\((\w+)\)s", said[1])), code
        assert f'id="{icon}"' in icons, (code, icon)


def test_core_knows_no_value_of_commerce() -> None:
    assert len(settings.declared()) >= 15
    words = (SOURCE / "core" / "settings.py").read_text()
    assert not re.search(r"aftersale|withdrawal|referral|quiz|unpaid", words)
