"""A course is a document in plain text: lessons, and questions below the lesson that they are about.

# Title of a lesson
Its text, in paragraphs.
? A question
- a wrong choice
+ the right one
! why
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from linli.core.refusal import Refusal

PASS_PERCENT = 80
TRIES_A_DAY = 5
MOST_LESSONS, MOST_QUESTIONS, MOST_CHOICES = 30, 60, 6
MOST_DOCUMENT = 60_000


@dataclass
class Question:
    """A question of the quiz; right: the index of the right choice, -1 while it is not known."""

    text: str
    choices: list[str] = field(default_factory=list)
    right: int = -1
    why: str = ""


@dataclass
class Lesson:
    """A lesson: its title and its paragraphs."""

    title: str
    paragraphs: list[str] = field(default_factory=list)


@dataclass
class Outline:
    """What a document says."""

    lessons: list[Lesson] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


class BadCourse(Refusal):
    """A document that is no course: the line (from 1; 0 for the whole) and the code of what is wrong with it."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(code, {"line": line})
        self.line = line


def outline_of(document: str) -> Outline:
    """Read a document. Raises BadCourse, naming the first line that is wrong."""
    outline = Outline()
    begun = 0
    for number, line in enumerate(document.splitlines(), 1):
        text = line.strip()
        if text[:1] in ("#", "?") or not text:
            _end_question(outline, begun)
            begun = number if text.startswith("?") else 0
        if text:
            _take(outline, number, text, begun)
    _end_question(outline, begun)
    if not outline.lessons:
        raise BadCourse(0, "course_lesson_needed")
    if not outline.questions:
        raise BadCourse(0, "course_question_needed")
    if len(outline.lessons) > MOST_LESSONS or len(outline.questions) > MOST_QUESTIONS:
        raise BadCourse(0, "too_long")
    return outline


def _take(outline: Outline, number: int, text: str, begun: int) -> None:
    mark, words = text[0], text[1:].strip()
    if mark == "#":
        outline.lessons.append(Lesson(words))
    elif not outline.lessons:
        raise BadCourse(number, "course_begins_with_lesson")
    elif mark == "?":
        outline.questions.append(Question(words))
    elif mark in "-+!" and begun:
        _take_choice(outline.questions[-1], number, mark, words)
    else:
        outline.lessons[-1].paragraphs.append(text)
    if mark in "#?" and not words:
        raise BadCourse(number, "text_needed")


def _take_choice(question: Question, number: int, mark: str, words: str) -> None:
    if mark == "!":
        question.why = words
        return
    if mark == "+":
        if question.right >= 0:
            raise BadCourse(number, "course_one_right")
        question.right = len(question.choices)
    question.choices.append(words)
    if len(question.choices) > MOST_CHOICES:
        raise BadCourse(number, "too_long")


def _end_question(outline: Outline, begun: int) -> None:
    if begun and (outline.questions[-1].right < 0 or len(outline.questions[-1].choices) < 2):
        raise BadCourse(begun, "course_choices_needed")


def right_answers(questions: Sequence[Question], choices: Sequence[int]) -> int:
    """How many of the choices (an index for each question) are right."""
    return sum(question.right == choice for question, choice in zip(questions, choices, strict=False))


def is_passed(right_count: int, question_count: int) -> bool:
    """Whether enough was right: at least PASS_PERCENT, counted in whole questions."""
    return right_count * 100 >= question_count * PASS_PERCENT
