"""Courses are written and published; members read lessons, try the quiz, and get a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.community.events import CoursePassed
from linli.community.models.course import Attempt, Certificate, Course, CourseLevel, LessonRead
from linli.community.rules.course import (
    MOST_DOCUMENT,
    TRIES_A_DAY,
    BadCourse,
    is_passed,
    outline_of,
    right_answers,
)
from linli.core import events, sql
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.clock import shop_day
from linli.core.codes import new_code
from linli.core.refusal import Refusal
from linli.core.typed import is_named


@dataclass(frozen=True)
class CourseDraft:
    """A course as somebody would have it."""

    code: str
    title: str
    level: str
    document: str
    intro: str = ""
    is_published: bool = False


def save_course(*, draft: CourseDraft, actor: Actor, at: datetime) -> Course:
    """Write a course, or write it anew; certificates that were given stay good. Raises BadCourse."""
    if not is_named(draft.title, 60) or len(draft.intro) > 200:
        raise BadCourse(0, "course_title")
    if not draft.code.replace("-", "").isalnum() or not draft.code.isascii() or len(draft.code) > 40:
        raise BadCourse(0, "course_code")
    if draft.level not in CourseLevel.values or len(draft.document) > MOST_DOCUMENT:
        raise BadCourse(0, "too_long" if draft.level in CourseLevel.values else "unreadable")
    outline = outline_of(draft.document)
    with transaction.atomic():
        known = Course.objects.filter(code=draft.code).first()
        published_at = (known.published_at if known else None) or at
        course, _ = Course.objects.update_or_create(
            code=draft.code,
            defaults={
                "title": draft.title, "intro": draft.intro, "level": draft.level, "document": draft.document,
                "lesson_count": len(outline.lessons), "changed_at": at,
                "published_at": published_at if draft.is_published else None,
            },
        )  # fmt: skip
        record(actor=actor, action="course_saved", subject=f"course:{course.code}", at=at)
    return course


def read_lesson(*, course: Course, lesson: int, actor: Actor, at: datetime) -> None:
    """A member has read a lesson (from 1). Raises Refusal: no_such_lesson."""
    if not 1 <= lesson <= course.lesson_count:
        raise Refusal("no_such_lesson")
    LessonRead.objects.get_or_create(
        course=course, member_id=actor.member_id, lesson=lesson, defaults={"read_at": at}
    )


def try_quiz(*, course: Course, choices: Sequence[int], actor: Actor, at: datetime) -> Attempt:
    """Answer the quiz. Passed for the first time, there is a certificate. Raises Refusal: lessons_first, quiz_tomorrow,
    answer_all."""
    questions = outline_of(course.document).questions
    if len(choices) != len(questions) or any(choice < 0 for choice in choices):
        raise Refusal("answer_all")
    with transaction.atomic():
        sql.rows("select id from members_member where id = %s for no key update", (actor.member_id,))
        mine = {"course": course, "member_id": actor.member_id}
        if LessonRead.objects.filter(**mine, lesson__lte=course.lesson_count).count() < course.lesson_count:
            raise Refusal("lessons_first")
        tries = [one for one in Attempt.objects.filter(**mine).order_by("-pk")[:TRIES_A_DAY] if shop_day(one.made_at) == shop_day(at)]  # fmt: skip
        if len(tries) >= TRIES_A_DAY:
            raise Refusal("quiz_tomorrow")
        right = right_answers(questions, choices)
        attempt = Attempt.objects.create(
            **mine, choices=list(choices), right_count=right, question_count=len(questions), made_at=at
        )
        if is_passed(right, len(questions)):
            _, is_first = Certificate.objects.get_or_create(
                **mine, defaults={"number": new_code(12), "issued_at": at}
            )
            if is_first:
                events.publish([CoursePassed(actor.member_id, course.code)])
    return attempt
