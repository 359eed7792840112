"""The school over HTTP."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer
from linli.api.once import Router
from linli.api.schemas import AttemptIn
from linli.community.models import Certificate, Course
from linli.community.operations.course import read_lesson, try_quiz
from linli.community.queries.course import Progress, courses_for
from linli.community.rules.course import is_passed, outline_of
from linli.core import clock
from linli.members.rules import masked_name

router = Router(tags=["school"])


@router.get("/courses")
def get_courses(request: HttpRequest) -> HttpResponse:
    """Every course, and how far I am."""
    return answer({"items": [_course(one) for one in courses_for(actor=actor_of(request))]})


def _course(one: Progress) -> dict[str, Any]:
    return {
        "code": one.course.code,
        "title": one.course.title,
        "intro": one.course.intro,
        "level": one.course.level,
        "lessons": one.course.lesson_count,
        "read": sorted(one.read),
        "certificate": one.certificate or None,
    }


@router.get("/courses/{code}")
def get_course(request: HttpRequest, code: str) -> HttpResponse:
    """A course with its lessons and the questions of its quiz; which choice is right is not told."""
    actor = actor_of(request)
    course = Course.objects.visible_to(actor).get(code=code)
    outline = outline_of(course.document)
    progress = next(one for one in courses_for(actor=actor) if one.course.pk == course.pk)
    lessons = [{"title": one.title, "paragraphs": one.paragraphs} for one in outline.lessons]
    questions = [{"text": one.text, "choices": one.choices} for one in outline.questions]
    return answer(_course(progress) | {"lessons": lessons, "questions": questions})


@router.post("/courses/{code}/lessons/{number}/reads")
def post_read(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """I have read a lesson (from 1)."""
    actor = actor_of(request)
    course = Course.objects.visible_to(actor).get(code=code)
    read_lesson(course=course, lesson=number, actor=actor, at=clock.now())
    return answer({"code": course.code, "read": number}, 201)


@router.post("/courses/{code}/attempts")
def post_attempt(request: HttpRequest, code: str, body: AttemptIn) -> HttpResponse:
    """Try the quiz: the index of a choice for every question."""
    actor = actor_of(request)
    course = Course.objects.visible_to(actor).get(code=code)
    made = try_quiz(course=course, choices=body.choices, actor=actor, at=clock.now())
    number = (
        Certificate.objects.filter(course=course, member_id=actor.member_id)
        .values_list("number", flat=True)
        .first()
    )
    passed = is_passed(made.right_count, made.question_count)
    return answer(
        {
            "right": made.right_count,
            "questions": made.question_count,
            "passed": passed,
            "certificate": number,
        },
        201,
    )


@router.get("/certificates/{number}", auth=None)
def get_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Anybody checks a certificate."""
    found = Certificate.objects.select_related("course", "member").get(number=number.upper())
    return answer(
        {"course": found.course.title, "member": masked_name(found.member.name), "issued_at": found.issued_at}
    )
