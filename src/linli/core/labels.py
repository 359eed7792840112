"""Labels: what a code (a state, a kind, a reason) is called on pages. Each module declares its own in its `labels.py`; templates say
them by a filter of the group's name."""

from collections.abc import Mapping

from django.utils.module_loading import autodiscover_modules

_declared: dict[str, Mapping[str, object]] = {}


def declare(group: str, labels: Mapping[str, object]) -> None:
    """Say the labels of a group of codes. Raises ValueError for a group that another module has."""
    if group in _declared:
        raise ValueError(f"declared twice: {group}")
    _declared[group] = labels


def declared() -> dict[str, Mapping[str, object]]:
    """Every group with its labels. Templates' filters are made of them before all apps are ready: whoever asks first gathers them."""
    autodiscover_modules("labels")
    return dict(_declared)


def label(group: str, code: str) -> str:
    """The label of a code in the active language; a code without one as it is."""
    return str(_declared[group].get(code, code))
