"""What a clone has of its template, and what has changed there since it was taken or kept apart. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The way in goes together: a kind without its question would let nobody in.
PARTS: Mapping[str, tuple[str, ...]] = {
    "intro": ("intro",),
    "rules": ("rules",),
    "tags": ("tags",),
    "capacity": ("capacity",),
    "daily_intake": ("daily_intake",),
    "entry": ("entry_kind", "entry_question", "entry_product_id", "entry_spend_fen", "entry_fee_fen"),
}


@dataclass(frozen=True)
class Change:
    """A part that the template has otherwise than when it was last looked at."""

    part: str
    mine: dict[str, Any]
    theirs: dict[str, Any]


def snapshot(community: Any) -> dict[str, Any]:
    """The values of all parts, as a clone remembers them."""
    return {field: getattr(community, field) for fields in PARTS.values() for field in fields}


def changes(mine: Mapping[str, Any], seen: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Change]:
    """The parts that the template has changed since they were seen; not those where the clone has the same already."""
    found = []
    for part, fields in PARTS.items():
        now, own = ({field: values[field] for field in fields} for values in (theirs, mine))
        if any(seen.get(field) != now[field] for field in fields) and own != now:
            found.append(Change(part, own, now))
    return found
