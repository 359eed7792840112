"""The values of the API's bodies: what a field may hold, whatever body it stands in."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from linli.members.queries import region_names

Fen = Annotated[int, Field(ge=0, le=10**12)]
Id = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
Text = Annotated[str, Field(max_length=200)]


def read_json(raw: bytes) -> Any:
    """The value of a body. Raises ValueError for what is no JSON (RFC 8259), NaN and Infinity too, and for an object with a name
    twice: which of the two counts is anybody's guess, and two readers on the way may guess differently."""
    try:
        return json.loads(raw, object_pairs_hook=_named_once, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _named_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _storable(value: Any) -> Any:
    """No NUL and no lone surrogate anywhere: neither can be stored, whatever the field allows."""
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        raise ValueError("a text contains a character that cannot be stored")
    if isinstance(value, dict):
        for one in (*value.keys(), *value.values()):
            _storable(one)
    if isinstance(value, list):
        for one in value:
            _storable(one)
    return value


class Strict(BaseModel):
    """Every body: unknown fields are refused, nothing is converted (neither true nor "5" is a number), every text can be stored."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _can_be_stored(cls, value: Any) -> Any:
        return _storable(value)


def _written(value: Any) -> Any:
    """JSON has no moments and days: they come as texts, never as a number of seconds."""
    if not isinstance(value, str):
        raise ValueError("a text like 2026-11-28T10:00:00+08:00 or 2026-11-28 is needed")
    return value


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written),
    Field(strict=False, ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC)),
]
Day = Annotated[
    date, BeforeValidator(_written), Field(strict=False, ge=date(2000, 1, 1), lt=date(2100, 1, 1))
]
Count = Annotated[int, Field(ge=0, le=10**9)]


def _known_region(code: str) -> str:
    if code and not region_names(code):
        raise ValueError("no such region")
    return code


Region = Annotated[str, AfterValidator(_known_region)]
