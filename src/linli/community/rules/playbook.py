"""A playbook as people write it: each step a line "+DAY HH:MM what to do", below it the words to copy. Pure."""

import re
from dataclasses import dataclass

from linli.core.refusal import Refusal
from linli.core.typed import is_seen

MOST_DOCUMENT, MOST_STEPS, MOST_DAY = 20_000, 60, 365
MOST_TITLE, MOST_WORDS = 60, 600
_STEP = re.compile(r"\+([0-9]{1,3})\s+([01]?[0-9]|2[0-3])[:：]([0-5][0-9])\s+(.*)")


class BadPlaybook(Refusal):
    """The document cannot be one: the line (from 1; 0 for all of it) and the code of a sentence."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(code, {"line": line})
        self.line = line


@dataclass
class Step:
    """day: after the beginning, 0 is the same day (of a weekly one 0 is Monday); minute: of the day."""

    day: int
    minute: int
    title: str
    words: str = ""


def steps_of(document: str, *, trigger: str) -> list[Step]:
    """The steps of a document, in their order. Raises BadPlaybook."""
    if len(document) > MOST_DOCUMENT:
        raise BadPlaybook(0, "playbook_long")
    steps: list[Step] = []
    for number, line in enumerate(document.splitlines(), 1):
        text = line.strip()
        if text.startswith("+"):
            steps.append(_step(number, text, trigger))
        elif steps:
            steps[-1].words += f"{text}\n"
            if len(steps[-1].words.strip()) > MOST_WORDS:
                raise BadPlaybook(number, "playbook_words")
        elif text:
            raise BadPlaybook(number, "playbook_begins")
    if not steps:
        raise BadPlaybook(0, "playbook_begins")
    if len(steps) > MOST_STEPS:
        raise BadPlaybook(0, "playbook_long")
    for step in steps:
        step.words = step.words.strip()
    return sorted(steps, key=lambda one: (one.day, one.minute))


def _step(number: int, text: str, trigger: str) -> Step:
    found = _STEP.fullmatch(text)
    if not found:
        raise BadPlaybook(number, "playbook_step")
    day, hour, minute, title = int(found[1]), int(found[2]), int(found[3]), found[4].strip()
    if not is_seen(title) or len(title) > MOST_TITLE:
        raise BadPlaybook(number, "playbook_title")
    if day > (6 if trigger == "weekly" else MOST_DAY):
        raise BadPlaybook(number, "playbook_day")
    return Step(day, hour * 60 + minute, title)
