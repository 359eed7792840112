"""Which other modules' tables a module uses, in SQL and by writing through their models."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

from architecture.test_house import EDGES, SOURCE, trees

PUBLISHED = Path(__file__).with_name("borders.txt")
NAMED = re.compile(r"\b(from|join|into|update)\s+(?:only\s+|lateral\s+)?([a-z]+_[a-z]+)\b", re.IGNORECASE)
TABLES = {
    model._meta.db_table: model._meta.app_label
    for model in apps.get_models()
    if model.__module__.startswith("linli.")
}
MODELS = {
    model.__name__: model._meta.app_label
    for model in apps.get_models()
    if model.__module__.startswith("linli.")
}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update", "delete"}


def texts(tree: ast.AST) -> Iterator[str]:
    return (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_tables_of_other_modules_are_named_only_where_it_is_published() -> None:
    """A renamed column breaks these at run time only, so that the list shrinks and nobody adds to it unseen. insight reads everything."""
    named = {
        f"{path.parts[0]} {table.lower()}"
        for path, tree in trees()
        if path.parts[0] not in (*EDGES, "insight")
        for text in texts(tree)
        for _, table in NAMED.findall(text)
        if TABLES.get(table.lower(), path.parts[0]) != path.parts[0]
    }
    assert sorted(named) == PUBLISHED.read_text().split("\n")[:-1]


def test_nobody_writes_through_another_modules_models() -> None:
    """`Theirs.objects...update(...)` is theirs to do: an operation of that module."""
    wrong = []
    for path, tree in trees():
        if path.parts[0] in ("cli", "config", "sandbox"):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES
            ):
                root = root_of(node.func)
                if root in MODELS and MODELS[root] != path.parts[0]:
                    wrong.append(f"{path}:{node.lineno} {root}…{node.func.attr}")
    assert wrong == []


def root_of(node: ast.expr) -> str:
    """The name at the beginning of a chain of `objects` calls: Order in Order.objects.filter(...).update; empty for any other."""
    has_objects = False
    while True:
        if isinstance(node, ast.Attribute):
            has_objects = has_objects or node.attr == "objects"
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return node.id if has_objects and isinstance(node, ast.Name) else ""


def test_nothing_outside_an_adapter_knows_its_name() -> None:
    """Where the demo plays a provider (sandbox, web.sandbox) and where it starts (cli, config) apart."""
    adapters = {path.stem for path in (SOURCE / "payments" / "adapters").glob("*.py")} - {
        "__init__",
        "registry",
    }
    known = [
        f"{path}: {text}"
        for path, tree in trees()
        if path.parts[0] not in ("cli", "config", "sandbox")
        and path not in (Path("web/sandbox.py"), Path("web/urls.py"))
        if path.parent != Path("payments/adapters")
        for text in texts(tree)
        if text in adapters
    ]
    assert adapters and known == []


def test_what_a_demo_does_differently_stands_in_its_policy() -> None:
    """settings.DEMO is asked by pages that draw the demo's bar, and by the play gateway; every rule asks core.policy."""
    asking = {
        path.parts[0] if path.parts[0] in ("web", "config") else str(path)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "DEMO" and path.parts[0] != "cli"
    }
    assert asking <= {"web", "config", "core/policy.py", "payments/adapters/sandbox.py"}
