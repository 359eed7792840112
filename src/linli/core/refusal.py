"""One refusal: what somebody asked for and a rule, a role or a state does not allow.

Each module declares its codes beside their sentences in its own `refusals.py`. An operation raises a Refusal, or returns it as the
outcome of one element of a list; pages and API tell it (web.edge, api.app), and nobody in between turns it into another one.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any


class Kind(IntEnum):
    """What sort of refusal, as the status of its answer."""

    malformed = 400
    unauthorised = 401
    forbidden = 403
    missing = 404
    conflict = 409
    rule = 422
    busy = 429
    unavailable = 503


_declared: dict[str, tuple[Kind, object]] = {}


def declare(kind: Kind, sentences: Mapping[str, object]) -> None:
    """Say the sentences of codes of one kind. Raises ValueError for a code that another module has."""
    if known := _declared.keys() & sentences.keys():
        raise ValueError(f"declared twice: {sorted(known)}")
    _declared.update({code: (kind, words) for code, words in sentences.items()})


def declared() -> dict[str, tuple[Kind, object]]:
    """Every code with its kind and its sentence."""
    return dict(_declared)


def sentence(code: str) -> str:
    """The sentence of a code, in the active language. Raises KeyError for one that nobody declared."""
    return str(_declared[code][1])


class Refusal(Exception):
    """A code with details for whoever asked. Raises ValueError for a code that nobody declared."""

    code: str = ""

    def __init__(self, code: str = "", details: Mapping[str, Any] | None = None) -> None:
        self.code = code or self.code
        if self.code not in _declared:
            raise ValueError(f"nobody declared {self.code!r}")
        self.details = dict(details or {})
        super().__init__(self.code)

    @property
    def kind(self) -> Kind:
        return _declared[self.code][0]

    @property
    def sentence(self) -> str:
        """In the active language."""
        return sentence(self.code)

    def told(self) -> dict[str, Any]:
        """The details for whoever asked, in the active language."""
        return self.details

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and (self.code, self.details) == (other.code, other.details)

    def __hash__(self) -> int:
        return hash(self.code)

    def __repr__(self) -> str:
        why = "" if str(self) == self.code else f", {str(self)!r}"
        return f"{type(self).__name__}({self.code!r}, {self.details!r}{why})"


class NamedRefusal(Refusal):
    """A refusal whose class fixes its code, so that callers can catch it; it takes details, never a code."""

    def __init__(self, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(details=details)


class Invalid(Refusal):
    """A draft that cannot be what it is meant to be; `faults` maps each field to the code of its sentence."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__()
        self.faults = dict(faults)

    @property
    def fields(self) -> dict[str, str]:
        """The sentence of each field, in the active language."""
        return {field: sentence(code) for field, code in self.faults.items()}

    def told(self) -> dict[str, Any]:
        return self.details | {"fields": self.fields}
