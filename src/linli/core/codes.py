"""Codes that people read, type and scan."""

import hashlib
import secrets
from datetime import datetime

from django.utils.timezone import localtime

# No 0/O, 1/I/L: a code is read aloud in a chat.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code(length: int) -> str:
    """A random code, unguessable at 8 characters and more (31^8 = 8.5e11)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_number(at: datetime) -> str:
    """A number for an order, charge, refund: the day of the shop, then 14 random digits. Opaque; unique by constraint, and at a million a
    day two are the same once in half a year (with 10 digits it was at the 140,000th of a day)."""
    return f"{localtime(at):%y%m%d}{secrets.randbelow(10**14):014d}"


def digest(*parts: str | bytes) -> bytes:
    """SHA-256 of the parts, kept apart by a zero byte."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode() if isinstance(part, str) else part)
        whole.update(b"\0")
    return whole.digest()
