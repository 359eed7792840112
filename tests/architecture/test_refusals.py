"""One refusal: each code is declared once beside its sentence, by a module, and is said somewhere."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

from linli.core.refusal import Invalid, Kind, Refusal, declare, declared

SOURCE = Path(__file__).resolve().parents[2] / "src" / "linli"
FILES = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts and "cli" not in path.parts]


def strings(node: ast.AST) -> set[str]:
    return {
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def test_every_refusal_in_the_source_is_declared() -> None:
    unknown = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal" and node.args:
                # Also both of «this if so else that», and each of a table that is looked up.
                codes = strings(node.args[0])
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("Bad") and node.args:
                faults = node.args[0]
                codes = (
                    set().union(*(strings(value) for value in faults.values))
                    if isinstance(faults, ast.Dict)
                    else set()
                )
            elif isinstance(node, ast.ClassDef) and any(
                getattr(base, "id", "") in ("Refusal", "NamedRefusal", "Invalid", "BadValue")
                for base in node.bases
            ):
                codes = {
                    one.value.value
                    for one in node.body
                    if isinstance(one, ast.Assign)
                    and getattr(one.targets[0], "id", "") == "code"
                    and isinstance(one.value, ast.Constant)
                }
            else:
                continue
            unknown |= {(path.name, code) for code in codes if code not in declared()}
    assert unknown == set()


def test_every_code_is_said_by_somebody_in_both_languages() -> None:
    said = set().union(
        *(strings(ast.parse(path.read_text())) for path in FILES if path.name != "refusals.py")
    )
    assert set(declared()) - said == set()
    for code, (kind, words) in declared().items():
        assert isinstance(kind, Kind)
        told = []
        for language in ("en", "zh-hans"):
            with translation.override(language):
                told.append(str(words))
        assert all(told) and told[0] != told[1], code
        assert re.search(r"[\u4e00-\u9fff]", told[1]), code


def test_a_code_belongs_to_one_module() -> None:
    with pytest.raises(ValueError, match="sold_out"):
        declare(Kind.rule, {"sold_out": "again"})


def test_no_page_catches_what_is_nobodys_refusal() -> None:
    """59 views caught every exception to ask a table which of them it knew."""
    blind = [
        f"{path.relative_to(SOURCE)}:{n}"
        for path in FILES
        if path.parts[len(SOURCE.parts)] == "web" and path.parent.name in ("storefront", "console")
        for n, line in enumerate(path.read_text().splitlines(), 1)
        if re.match(r"\s*except (Exception|BaseException)\b", line)
    ]
    assert blind == []


def test_a_refusal_says_its_kind_its_sentence_and_its_fields() -> None:
    class BadThing(Invalid):
        code = "bad_campaign"

    with translation.override("en"):
        made = Refusal("sold_out", {"sku_id": "7"})
        assert (made.kind, made.sentence, made.told()) == (
            Kind.conflict,
            "Not enough left in stock.",
            {"sku_id": "7"},
        )
        assert made == Refusal("sold_out", {"sku_id": "7"}) != Refusal("sold_out")
        thing = BadThing({"price": "not_below_the_price"})
        assert thing.kind == Kind.rule and list(thing.told()["fields"]) == ["price"]
    with pytest.raises(ValueError, match="no_such_code_anywhere"):
        Refusal("no_such_code_anywhere")
