"""Labels: what a code (a state, a kind, a reason) is called on pages. Each module declares its own in its `labels.py`; templates say
them by a filter of the group's name. A group may be of several modules, each with its own codes."""

from collections.abc import Mapping
from functools import cache

from django.utils.module_loading import autodiscover_modules

_declared: dict[str, dict[str, object]] = {}


def declare(group: str, labels: Mapping[str, object]) -> None:
    """Say the labels of codes of a group. Raises ValueError for a code that another module has."""
    known = _declared.setdefault(group, {})
    if twice := sorted(known.keys() & labels.keys()):
        raise ValueError(f"declared twice in {group}: {', '.join(twice)}")
    known.update(labels)


def declared() -> dict[str, Mapping[str, object]]:
    """Every group with its labels. Templates' filters are made of them before all apps are ready: whoever asks first gathers them."""
    _gather()
    return dict(_declared)


@cache
def _gather() -> None:
    autodiscover_modules("labels")


def has_label(group: str, code: str) -> bool:
    """Whether a module has declared this code."""
    _gather()
    return code in _declared[group]


def label(group: str, code: str) -> str:
    """The label of a code in the active language; a code without one as it is."""
    return str(_declared[group].get(code, code))
