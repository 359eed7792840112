"""What is written: lengths, and the words that let it wait for a look."""

from collections.abc import Iterable

MOST_POST, MOST_COMMENT, MOST_TOPIC = 2000, 1000, 20
MOST_IMAGES, MOST_CARDS = 9, 6


def fault_of_text(text: str, *, most: int) -> str:
    """The code of what is wrong with a text; empty when nothing is."""
    if not text.strip():
        return "text_needed"
    return "too_long" if len(text) > most else ""


def held_for(text: str, words: Iterable[str]) -> str:
    """The first word that lets a text wait for a look, whatever its case and spacing; empty when there is none."""
    plain = "".join(text.casefold().split())
    return next((word for word in words if "".join(word.casefold().split()) in plain), "")
