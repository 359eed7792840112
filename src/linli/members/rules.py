"""Pure rules about members."""

import re
import unicodedata

OCCUPATIONS = (
    "parent", "office", "teacher", "medical", "student", "retired", "farmer", "service", "own_boss", "other",
)  # fmt: skip
_PHONE = re.compile(r"^(?:\+?86)?(1[3-9][0-9]{9})$")


class BadPhone(ValueError):
    """Not a mobile number of mainland China."""


class BadName(ValueError):
    """A name is 1 to 24 visible characters."""


def normal_phone(text: str) -> str:
    """The 11 digits of a mobile number, from what people type. Raises BadPhone."""
    found = _PHONE.match(re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)))
    if not found:
        raise BadPhone(text)
    return found[1]


def normal_name(text: str) -> str:
    """A name without control characters and outer space. Raises BadName."""
    kept = "".join(c for c in text if unicodedata.category(c)[0] != "C").strip()
    if not 1 <= len(kept) <= 24:
        raise BadName(text)
    return kept


def masked_name(name: str) -> str:
    """A name as strangers see it: 桃**子."""
    if len(name) <= 1:
        return name + "*"
    return name[0] + "*" * min(2, max(1, len(name) - 2)) + (name[-1] if len(name) > 2 else "")


def masked_phone(phone: str) -> str:
    """138****0001."""
    return f"{phone[:3]}****{phone[-4:]}"
