"""Chinese full-text search. A text and a question are cut by the same function (`runs`), so that what stands in one is found by the
other: dictionary words for meaning, single signs and neighbours for fragments, pinyin and its initials for those who type them.

Signs are compared after NFKC, lower case, without accents, traditional made simplified. Numbers with their units, models and
percents stay whole: 3.5mm, a-100, c++, 50%.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import regex
import rjieba
from opencc import OpenCC
from pypinyin import lazy_pinyin

MOST_TERMS = 12
MOST_SPLIT = 8
LEAST_NEAR, MOST_NEAR = 3, 12  # signs of a text that may differ by one
MOST_SYLLABLES = 8  # of a lexeme of pinyin; longer words are found by their beginning
_HAN = r"[\p{Han}]"
_LETTER = r"[[\p{L}\p{N}]--\p{Han}]"
_SIGN = regex.compile(rf"{_HAN}|{_LETTER}+(?:[.\-+#'&]{_LETTER}+)*(?:%|\+\+|\+|#)?", regex.V1)
_SOUND, _INITIAL = "~", "^"  # mark lexemes of pinyin: no word of a text begins so
_PARTS = regex.compile(r"[0-9]+(?:\.[0-9]+)?|[^\W\d_]+")
_simplified = OpenCC("t2s")


def normal(text: str) -> str:
    """A text as it is compared."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _simplified.convert(unicodedata.normalize("NFC", bare))


def runs(text: str) -> list[list[str]]:
    """A text as runs of neighbouring signs: a Han character each, or a word, number or model."""
    found: list[list[str]] = []
    end = -1
    for sign in _SIGN.finditer(normal(text)):
        # A letter beside a Han character belongs to it; two words of letters are two runs.
        is_next = sign.start() == end and found and (_is_han(sign[0]) or _is_han(found[-1][-1]))
        if is_next:
            found[-1].append(sign[0])
        else:
            found.append([sign[0]])
        end = sign.end()
    return found


def vector(parts: Sequence[tuple[str, str]]) -> str:
    """A tsvector literal from (weight, text) pairs: words at their weight, fragments at D, pinyin at C."""
    lexemes: dict[str, str] = {}

    def add(lexeme: str, weight: str) -> None:
        lexemes[lexeme] = min(weight, lexemes.get(lexeme, weight))

    for weight, text in parts:
        for run in runs(text):
            for word in _words(run):
                add(word, weight)
            for sign in run:
                add(sign, "D" if _is_han(sign) else weight)
                for shape in _models(sign):
                    add(shape, weight)
            for left, right in pairwise(run):
                add(left + right, "D")
            for sound in _sounds(run):
                add(sound, "C")
    return " ".join(f"{_quoted(word)}:1{weight}" for word, weight in lexemes.items())


def query(text: str) -> str:
    """A tsquery literal that finds each run of a text; empty when nothing searchable was typed."""
    return " & ".join(f"({_run_query(run)})" for run in runs(text)[:MOST_TERMS])


def near_query(text: str) -> str:
    """A tsquery literal that finds a text in which one sign is wrong, missing or too many; empty for one of fewer than three signs."""
    text = "".join(sign for run in runs(text)[:MOST_TERMS] for sign in run)[:MOST_NEAR]
    if len(text) < LEAST_NEAR:
        return ""
    places = range(len(text))
    # What stands before and behind the place: of Han signs both are found wherever they stand, of letters they are one word.
    if any(map(_is_han, text)):
        pairs = [(text[:place], text[place + 1 :]) for place in places] + [
            (text[:p], text[p:]) for p in places[1:]
        ]
    else:
        pairs = [(text[:place] + text[place + 1 :], "") for place in places]
    ways = (" & ".join(f"({query(part)})" for part in pair if part) for pair in pairs)
    return " | ".join(f"({way})" for way in dict.fromkeys(ways))


def _run_query(run: Sequence[str]) -> str:
    if len(run) == 1:
        return _quoted(run[0]) if _is_han(run[0]) else _word_query(run[0])
    neighbours = " & ".join(_quoted(left + right) for left, right in list(pairwise(run))[:MOST_TERMS])
    words = [word for word in _words(run) if len(word) > 1][:MOST_TERMS]
    covered = sum(map(len, words)) >= sum(map(len, run))
    ways = [f"({neighbours})", *([f"({' & '.join(map(_quoted, words))})"] if covered else []), *_in_two(run)]
    return " | ".join(ways)


def _in_two(run: Sequence[str]) -> list[str]:
    """Ways to match a run whose halves stand apart in the text: 雀巢咖啡 finds 雀巢 Nestlé 咖啡. A Han half needs two characters."""
    if len(run) > MOST_SPLIT:
        return []
    halves = ((run[:place], run[place:]) for place in range(1, len(run)))
    return [
        f"(({_part_query(left)}) & ({_part_query(right)}))"
        for left, right in halves
        if all(len(part) > 1 or not _is_han(part[0]) for part in (left, right))
    ]


def _part_query(part: Sequence[str]) -> str:
    if len(part) == 1:
        return _word_query(part[0])
    return " & ".join(_quoted(left + right) for left, right in pairwise(part))


def _word_query(word: str) -> str:
    """A number is itself, and so is what ends in a sign; a word is also the beginning of one that is still being typed, or pinyin."""
    ways = [_quoted(word)]
    models = _models(word)
    if models:
        ways.append("(" + " & ".join(map(_quoted, models[1:])) + ")")
        ways.append(_quoted(models[0]))
    if word.isalpha():
        ways.append(f"{_quoted(word)}:*")
        if word.isascii() and len(word) > 1:
            ways += [f"{_quoted(_SOUND + word)}:*", f"{_quoted(_INITIAL + word)}:*"]
    elif word[-1].isalnum() and not word.isnumeric() and not word[0].isnumeric():
        ways.append(f"{_quoted(word)}:*")
    return " | ".join(dict.fromkeys(ways))


def _models(sign: str) -> list[str]:
    """Other ways to write a model: without its hyphens, then its parts: a-100 → a100, a, 100. Empty when there are none."""
    parts = _PARTS.findall(sign)
    if len(parts) < 2 or sign[-1] in "%+#":
        return []
    return [regex.sub(r"[-'&#+]", "", sign), *parts]


def _words(run: Sequence[str]) -> list[str]:
    """The dictionary's words of a run, without single signs."""
    text = "".join(sign for sign in run if _is_han(sign))
    return [word for word in rjieba.cut_for_search(text) if len(word) > 1] if len(text) > 1 else []


@lru_cache(maxsize=4096)
def _syllables(text: str) -> tuple[str, ...]:
    return tuple(syllable.replace("ü", "v") for syllable in lazy_pinyin(text))


def _sounds(run: Sequence[str]) -> list[str]:
    """How a run sounds from each of its Han characters on, in syllables and in initials."""
    text = "".join(sign for sign in run if _is_han(sign))
    syllables = _syllables(text)
    found = []
    for start in range(len(syllables)):
        rest = syllables[start : start + MOST_SYLLABLES]
        found += [_SOUND + "".join(rest), _INITIAL + "".join(syllable[:1] for syllable in rest)]
    # Who has no ü on the keyboard types v, or u.
    return [*found, *(sound.replace("v", "u") for sound in found if "v" in sound)]


def _is_han(sign: str) -> bool:
    return bool(regex.match(_HAN, sign))


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
