"""What is written: lengths, and the words that let it wait for a look."""

import unicodedata
from collections.abc import Iterable

from linli.core.typed import is_seen

MOST_POST, MOST_COMMENT, MOST_TOPIC = 2000, 1000, 20
MOST_IMAGES, MOST_CARDS = 9, 6
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # counted as letters or signs, drawn as nothing


def fault_of_text(text: str, *, most: int) -> str:
    """The code of what is wrong with a text; empty when nothing is."""
    if not is_seen(text):
        return "text_needed"
    return "too_long" if len(text) > most else ""


def held_for(text: str, words: Iterable[str]) -> str:
    """The first word that lets a text wait for a look, whatever its case, width, spacing and punctuation; empty when there is none."""
    plain = _letters(text)
    return next((word for word in words if (letters := _letters(word)) and letters in plain), "")


def _letters(text: str) -> str:
    """The letters and digits alone, in one width and case, without marks."""
    plain = "".join(
        one for one in text if one not in FILLERS and unicodedata.category(one) not in ("Mn", "Me")
    )
    return "".join(one for one in unicodedata.normalize("NFKC", plain).casefold() if one.isalnum())
