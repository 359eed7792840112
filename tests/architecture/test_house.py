"""The house of docs/decisions/0002: what import-linter cannot see. Each test names what it holds."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import get_resolver

HOME = Path(__file__).resolve().parents[2]
SOURCE = HOME / "src" / "linli"
FILES = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)
LAYERS = [
    {module.strip() for module in layer.split("|")}
    for layer in tomllib.loads((HOME / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0][
        "layers"
    ]
]
FLOOR = {module: len(LAYERS) - n for n, layer in enumerate(LAYERS) for module in layer}
BANNED_STEMS = {"utils", "helpers", "common", "misc", "manager", "service", "services", "base"}
EDGES = ("web", "api", "cli", "config", "sandbox")
CLOCK_MAY = (*EDGES, "core")


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in FILES:
        yield path.relative_to(SOURCE), ast.parse(path.read_text())


def test_imports_point_downwards() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=HOME,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": "src", "PATH": ""},
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_foreign_keys_point_downwards() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model.__module__.startswith("linli.")
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model.__module__.startswith("linli.")
        and FLOOR[field.related_model._meta.app_label] > FLOOR[model._meta.app_label]
    ]
    assert wrong == []


def test_modules_write_only_their_own_tables() -> None:
    """No `Other.objects...create/update/delete` and no raw insert, update or delete on another module's table."""
    verb = re.compile(r"\b(?:insert into|update|delete from)\s+([a-z]+)_[a-z]+", re.IGNORECASE)
    wrong = []
    for path, tree in trees():
        module = path.parts[0]
        if module in EDGES:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                wrong += [
                    f"{path}: {found[0]}"
                    for found in verb.finditer(node.value)
                    if found[1] in FLOOR and found[1] != module
                ]
    assert wrong == []


def test_sizes() -> None:
    """60 lines a function, 400 a file, no exceptions."""
    long = [
        f"{path.relative_to(SOURCE)}: {n} lines"
        for path in FILES
        if (n := len(path.read_text().splitlines())) > 400
    ]
    for path, tree in trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and node.end_lineno
                and node.end_lineno - node.lineno >= 60
            ):
                long.append(f"{path}:{node.lineno} {node.name}")
    assert long == []


def test_names() -> None:
    assert [str(p.relative_to(SOURCE)) for p in FILES if p.stem in BANNED_STEMS] == []


def test_only_the_edges_read_the_clock() -> None:
    allowed = ("jobs.py", "subscribers.py")
    wrong = []
    for path, tree in trees():
        if path.parts[0] in CLOCK_MAY or path.name in allowed:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow"):
                wrong.append(f"{path}:{node.lineno}")
    assert wrong == []


def test_the_day_of_the_shop_is_reckoned_in_one_place() -> None:
    """core.clock says when a day began: no zone by name, no hour set to 0, no eight hours by hand anywhere else. In SQL the zone
    is the shop's."""
    by_hand = re.compile(r"ZoneInfo\(|replace\([^)]*\bhour=0|timedelta\(hours=8\)")
    assert [
        f"{path.relative_to(SOURCE)}: {found[0]}"
        for path in FILES
        if path.relative_to(SOURCE) != Path("core/clock.py")
        for found in by_hand.finditer(path.read_text())
    ] == []
    zones = re.compile(r"at time zone '([^']+)'")
    assert {zone for path in FILES for zone in zones.findall(path.read_text())} == {settings.TIME_ZONE}


def test_money_and_rates_carry_their_units() -> None:
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("linli."):
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.FloatField | models.DecimalField):
                wrong.append(f"{model._meta.label}.{field.name} is not an integer")
            name = getattr(field, "attname", field.name)
            if re.search(r"(price|amount|total|fee)$", name):
                wrong.append(f"{model._meta.label}.{name} has no unit")
            if "rate" in name and isinstance(field, models.IntegerField) and not name.endswith("_bp"):
                wrong.append(f"{model._meta.label}.{name} has no unit")
    assert wrong == []


def test_no_float_touches_money() -> None:
    """No float() and no true division in the modules that reckon."""
    wrong = []
    for path, tree in trees():
        if (
            path.parts[0] not in ("ledger", "payments", "distribution", "campaigns", "trade", "fulfilment")
            and path.name != "money.py"
        ):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.BinOp)
                and isinstance(node.op, ast.Div)
                and "PRESETS" not in ast.unparse(node)
                and "__file__" not in ast.unparse(node)
            ):
                wrong.append(f"{path}:{node.lineno} {ast.unparse(node)}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
                wrong.append(f"{path}:{node.lineno}")
    assert wrong == []


def test_public_functions_say_what_they_do() -> None:
    """Every public function of operations, queries and rules has a docstring and annotations; its actor, moment come by keyword."""
    wrong = []
    for path, tree in trees():
        if not {"operations", "queries", "rules"} & {*path.parts, path.stem} or path.parts[0] in EDGES:
            continue
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                wrong.append(f"{path}:{node.lineno} {node.name} has no docstring")
            positional = {argument.arg for argument in node.args.args}
            if positional & {"at", "actor"} and len(positional) > 1:
                wrong.append(f"{path}:{node.lineno} {node.name} takes its moment or actor by position")
            if node.returns is None or any(
                argument.annotation is None for argument in (*node.args.args, *node.args.kwonlyargs)
            ):
                wrong.append(f"{path}:{node.lineno} {node.name} lacks annotations")
    assert wrong == []


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_module_has_its_page() -> None:
    modules = {name for layer in LAYERS for name in layer}
    assert sorted(name for name in modules if not (SOURCE / name / "README.md").exists()) == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (HOME / "docs/decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 6


@pytest.mark.parametrize("name", ["map.md", "capabilities.md"])
def test_generated_docs_are_fresh(name: str) -> None:
    from linli.cli.commands.docs import render

    assert (HOME / "docs" / name).read_text() == render()[name]


def test_no_address_of_a_registry_is_written_down() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=HOME, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    hosts = re.compile(r"https?://[\w.-]*(?:pypi|pythonhosted|npmjs|debian)[\w.-]*")
    texts = [
        HOME / name
        for name in listed
        if name.endswith((".py", ".toml", ".lock", ".md", ".sh", ".txt", "run", "Makefile"))
    ]
    assert [
        str(path)
        for path in texts
        if path.is_file() and path != Path(__file__) and hosts.search(path.read_text(errors="ignore"))
    ] == []


def test_every_word_is_translated() -> None:
    """No English sentence of a page or refusal is missing in the Chinese catalogue, and the compiled file is fresh."""
    from babel.messages.mofile import read_mo
    from babel.messages.pofile import read_po

    folder = SOURCE / "web/locale/zh_Hans/LC_MESSAGES"
    catalogue = read_po((folder / "django.po").open("rb"))
    words = {
        message.id[0] if isinstance(message.id, tuple) else message.id: message
        for message in catalogue
        if message.id
    }
    assert [key for key, message in words.items() if not message.string] == []
    missing = [word for word in _words_in_use() if word not in words and word.replace("%", "%%") not in words]
    assert missing == []
    compiled = read_mo((folder / "django.mo").open("rb"))
    assert {_first(message.id) for message in compiled if message.id} == set(words)


def _first(words: str | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else words[0]


def _words_in_use() -> set[str]:
    found = set()
    for path in SOURCE.rglob("*.html"):
        text = path.read_text()
        found |= {match[1] for match in re.finditer(r'{%\s*translate\s+"([^"]+)"', text)}
        found |= {match[1] for match in re.finditer(r'_\("([^"]+)"\)', text)}
    for path, tree in trees():
        if path.parts[0] in ("sandbox", "cli"):
            continue
        for node in ast.walk(tree):
            is_call = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("gettext", "gettext_lazy")
            )
            if is_call and node.args and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def test_stylesheets_and_scripts_are_laid_out() -> None:
    """One declaration a line (0028); templates are checked by their formatter."""
    ours = [path for path in (SOURCE / "web/static/ui").iterdir() if path.suffix in (".css", ".js")]
    assert [path.name for path in ours if max(map(len, path.read_text().splitlines())) > 120] == []
    declarations = re.compile(r";[ \t]*\S")
    crowded = [path.name for path in ours if path.suffix == ".css" and declarations.search(_bare(path))]
    assert crowded == []


def _bare(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/|url\(.*?\)", "", sheet.read_text(), flags=re.S)


def test_every_page_has_a_name() -> None:
    assert [
        str(pattern.pattern) for pattern in get_resolver("linli.web.urls").url_patterns if not pattern.name
    ] == []


def test_tests_take_the_platforms_moment() -> None:
    """The suite begins at any moment (LINLI_TEST_AT): what asks the machine for one is another day then. Servers of their own ask
    their machine."""
    asking = re.compile(r"datetime\.now\(|timezone\.now\(|date\.today\(")
    found = [
        str(file.relative_to(HOME))
        for file in sorted((HOME / "tests").rglob("*.py"))
        if "processes" not in file.parts and file.name not in ("conftest.py", "test_house.py")
        if asking.search(file.read_text())
    ]
    assert found == []
