"""Questions of the quiz are written by merchants about their goods and by the operator; one is stopped, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.campaigns.models import QuizQuestion
from linli.campaigns.rules.quiz import LEVELS
from linli.community.rules.course import BadCourse, Question, outline_of
from linli.core import audit
from linli.core.actor import Actor
from linli.core.refusal import Refusal

MOST_TEXT, MOST_CHOICE, MOST_WHY = 120, 60, 240


class BadQuestions(Refusal):
    """The text is no list of questions: the line (from 1; 0 for the whole) and the code of what is wrong with it."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(code, {"line": line})
        self.line = line


@dataclass(frozen=True)
class QuestionsDraft:
    """Questions of a level about a product (None: about nothing that is sold), as a text: the notation of a course's questions."""

    level: int
    text: str
    product_id: int | None = None
    merchant_id: int | None = None


def write_questions(*, draft: QuestionsDraft, actor: Actor, at: datetime) -> list[QuizQuestion]:
    """Write questions; all of them or none. A merchant's are about its goods. Raises BadQuestions."""
    if draft.merchant_id and not draft.product_id:
        raise BadQuestions(0, "question_goods")
    if not 1 <= draft.level <= LEVELS:
        raise BadQuestions(0, "quiz_level")
    questions = _read(draft.text)
    with transaction.atomic():
        if known := QuizQuestion.objects.filter(
            stopped_at=None, text__in=[q.text for q in questions]
        ).first():
            raise BadQuestions(_line_of(known.text, draft.text), "question_known")
        made = QuizQuestion.objects.bulk_create(
            QuizQuestion(
                merchant_id=draft.merchant_id,
                product_id=draft.product_id,
                level=draft.level,
                text=question.text,
                choices=question.choices,
                right_choice=question.right,
                why=question.why,
                created_by_id=actor.member_id,
                created_at=at,
            )
            for question in questions
        )
        audit.record(
            actor=actor, action="write_questions", subject=f"level:{draft.level}", at=at, count=len(made)
        )
    return made


def _read(text: str) -> Sequence[Question]:
    """The questions of a text, which is a course of one lesson without its title."""
    try:
        questions = outline_of(f"# quiz\n{text}").questions
    except BadCourse as error:
        code = "quiz_question_needed" if error.code == "course_question_needed" else error.code
        raise BadQuestions(max(error.line - 1, 0), code) from None
    texts = [question.text for question in questions]
    for question in questions:
        is_long = len(question.text) > MOST_TEXT or len(question.why) > MOST_WHY
        if is_long or max(map(len, question.choices)) > MOST_CHOICE:
            raise BadQuestions(_line_of(question.text, text), "too_long")
        if texts.count(question.text) > 1 or len(set(question.choices)) < len(question.choices):
            raise BadQuestions(_line_of(question.text, text), "question_known")
    return questions


def _line_of(question: str, text: str) -> int:
    return next((n for n, line in enumerate(text.splitlines(), 1) if question in line), 0)


def stop_question(*, question: QuizQuestion, actor: Actor, at: datetime) -> None:
    """Nobody is asked it any more; runs that have drawn it go on. A second time changes nothing."""
    if QuizQuestion.objects.filter(pk=question.pk, stopped_at=None).update(stopped_at=at):
        audit.record(actor=actor, action="stop_question", subject=f"question:{question.pk}", at=at)
