"""Whose names a text says: @name, of people who are there. Pure."""

from collections.abc import Iterable, Mapping, Sequence

MOST_MENTIONS, LONGEST_NAME = 5, 24


def possible_names(text: str) -> set[str]:
    """All that could be a name after an @: names may hold spaces, so that every beginning counts."""
    return {words[:n] for words in _after_signs(text) for n in range(1, len(words) + 1)}


def mentioned(text: str, known: Mapping[str, Sequence[int]]) -> list[int]:
    """The members of these names that a text means, each once: the longest name counts; one that several have means nobody."""
    means = dict.fromkeys(known[name][0] for name in _names(text, known) if len(known[name]) == 1)
    return list(means)[:MOST_MENTIONS]


def shared(text: str, known: Mapping[str, Sequence[int]]) -> list[str]:
    """The names that a text says and several have, so that it means nobody by them."""
    return list(dict.fromkeys(name for name in _names(text, known) if len(known[name]) > 1))


def _names(text: str, known: Mapping[str, Sequence[int]]) -> Iterable[str]:
    for words in _after_signs(text):
        if name := next((words[:n] for n in range(len(words), 0, -1) if words[:n] in known), ""):
            yield name


def _after_signs(text: str) -> Iterable[str]:
    return [part[:LONGEST_NAME] for part in text.replace("＠", "@").split("@")[1:] if part.strip()]
