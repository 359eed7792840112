"""What consoles find by whatever people have of it: part of a number, the last digits of a phone, a name, goods.

A module puts what its things are known by (`put`) in the transaction that changes it, and is told which of them answer to some words
(`find`). Who asks goes on to `visible_to`: nothing here knows who may see what.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from linli.core import search, sql

# Parts of a number are found from so many signs on: fewer would find everything.
LEAST_SIGNS = 4
MOST_NUMBER = 40
MOST_FOUND = 1000
MOST_WORDS = 6
_NUMBER = "#"  # marks lexemes of numbers: no word of a text begins so
_COUNTRY = re.compile(r"^(?:0086|86(?=1[0-9]{10}$))")


@dataclass(frozen=True)
class Known:
    """What one thing is known by. texts: names, titles; numbers: of orders, phones, parcels, found by any part of them."""

    key: int
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def put(kind: str, things: Sequence[Known]) -> None:
    """Say anew what these things are known by, in one statement."""
    sql.rows(
        """insert into core_findable (kind, key, search)
           select %s, t.key, t.search::tsvector from unnest(%s::bigint[], %s::text[]) t(key, search) order by t.key
           on conflict (kind, key) do update set search = excluded.search""",
        (kind, [one.key for one in things], [_vector(one) for one in things]),
    )


def find(kind: str, words: str) -> list[int]:
    """The newest 1,000 things that all these words fit, newest first; none for words of which nothing can be searched."""
    question = _question(words)
    if not question:
        return []
    found = sql.rows(
        "select key from core_findable where kind = %s and search @@ %s::tsquery order by key desc limit %s",
        (kind, question, MOST_FOUND),
    )
    return [row.key for row in found]


def compact(text: str) -> str:
    """A number as it is compared: its ASCII letters and digits in any width, spacing and punctuation, without China's country code."""
    plain = "".join(re.findall(r"[0-9A-Z]+", unicodedata.normalize("NFKC", text).upper()))
    return _COUNTRY.sub("", plain)


def _vector(known: Known) -> str:
    numbers = {lexeme for number in known.numbers for lexeme in _tails(compact(number)[:MOST_NUMBER])}
    return " ".join([*map(_lexemes, known.texts), *numbers])


@lru_cache(maxsize=4096)
def _lexemes(text: str) -> str:
    """Titles come again with every order."""
    return search.vector([("A", text)])


def _tails(number: str) -> list[str]:
    """Every part of a number is a prefix of one of its suffixes."""
    return [f"'{_NUMBER}{number[start:]}'" for start in range(max(len(number) - LEAST_SIGNS + 1, 1))]


def _question(words: str) -> str:
    """The words as one number with gaps in it, as one text, or as several of both."""
    parts = [_part(word) for word in words.split()[:MOST_WORDS]]
    ways = [_part(words), " & ".join(f"({part})" for part in parts) if all(parts) and len(parts) > 1 else ""]
    return " | ".join(f"({way})" for way in ways if way)


def _part(words: str) -> str:
    number, text = compact(words), search.query(words)
    is_number = LEAST_SIGNS <= len(number) <= MOST_NUMBER and any(map(str.isdigit, number))
    return " | ".join([*([f"'{_NUMBER}{number}':*"] if is_number else []), *([f"({text})"] if text else [])])
