"""Chinese full-text search: dictionary tokens for meaning, bigrams for fragments that a dictionary misses."""

import re
import unicodedata
from collections.abc import Sequence

import rjieba

_WORD = re.compile(r"[㐀-鿿]+|[a-z0-9]+")
MOST_TERMS = 12


def tokens(text: str) -> list[str]:
    """The dictionary's words of a text, lower case, without punctuation."""
    return [word for word in rjieba.cut_for_search(_normal(text)) if _WORD.fullmatch(word)]


def bigrams(text: str) -> list[str]:
    """Every two neighbouring Han characters of a text."""
    runs = [run for run in _WORD.findall(_normal(text)) if "㐀" <= run[0] <= "鿿"]
    return [run[i : i + 2] for run in runs for i in range(len(run) - 1)]


def vector(parts: Sequence[tuple[str, str]]) -> str:
    """A tsvector literal from (weight, text) pairs: words at their weight, bigrams at D."""
    lexemes: dict[str, str] = {}
    for weight, text in parts:
        for word in tokens(text):
            lexemes[word] = min(weight, lexemes.get(word, weight))
        for pair in bigrams(text):
            lexemes.setdefault(pair, "D")
    return " ".join(f"{_quoted(word)}:1{weight}" for word, weight in lexemes.items())


def query(text: str) -> str:
    """A tsquery literal that finds a text's words, or all bigrams of a run; empty when nothing searchable was typed."""
    terms = []
    for run in _WORD.findall(_normal(text))[:MOST_TERMS]:
        if "㐀" <= run[0] <= "鿿":
            words = " & ".join(_quoted(word) for word in tokens(run)[:MOST_TERMS])
            pairs = " & ".join(_quoted(run[i : i + 2]) for i in range(min(len(run) - 1, MOST_TERMS)))
            one = _quoted(run) + ":*"
            terms.append("(" + " | ".join(f"({term})" for term in (words, pairs or one) if term) + ")")
        else:
            terms.append(_quoted(run) + ":*")
    return " & ".join(terms)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
