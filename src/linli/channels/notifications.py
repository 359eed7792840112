"""What members are told: each module declares its codes with sentence and icon in its own `notifications.py`."""

from collections.abc import Mapping

_declared: dict[str, tuple[object, str]] = {}


def declare(notifications: Mapping[str, tuple[object, str]]) -> None:
    """Say the sentence (with the names of its values) and the icon of codes. Raises ValueError for one that another module has."""
    if known := _declared.keys() & notifications.keys():
        raise ValueError(f"declared twice: {sorted(known)}")
    _declared.update(notifications)


def declared() -> dict[str, tuple[object, str]]:
    """Every code with its sentence and icon."""
    return dict(_declared)


def notification(code: str) -> tuple[str, str]:
    """The sentence of a code in the active language, its values still to be put in, and its icon. Raises KeyError."""
    words, icon = _declared[code]
    return str(words), icon
