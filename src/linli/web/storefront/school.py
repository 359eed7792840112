"""B11: the school. Courses with progress, lessons, the quiz, certificates that anybody can check."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from linli.community.models import Attempt, Certificate
from linli.community.operations.course import read_lesson, try_quiz
from linli.community.queries.course import Progress, courses_for
from linli.community.rules.course import PASS_PERCENT, TRIES_A_DAY, is_passed, outline_of
from linli.core import clock
from linli.core.refusal import Refusal
from linli.web.edge import actor_of, signed_in, whole_number


@signed_in
def school(request: HttpRequest) -> HttpResponse:
    """Every course, how far I am, and what to read next."""
    return render(request, "school/school.html", {"courses": courses_for(actor=actor_of(request))})


def _progress(request: HttpRequest, code: str) -> Progress:
    found = next((one for one in courses_for(actor=actor_of(request)) if one.course.code == code), None)
    if found is None:
        raise Http404
    return found


@signed_in
def course(request: HttpRequest, code: str) -> HttpResponse:
    """A course: its lessons with ticks, then the quiz."""
    progress = _progress(request, code)
    outline = outline_of(progress.course.document)
    content = {
        "progress": progress,
        "lessons": [(n, one, n in progress.read) for n, one in enumerate(outline.lessons, 1)],
        "question_count": len(outline.questions),
        "pass_percent": PASS_PERCENT,
    }
    return render(request, "school/course.html", content)


@signed_in
def lesson(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A lesson; going on marks it as read."""
    progress = _progress(request, code)
    lessons = outline_of(progress.course.document).lessons
    if not 1 <= number <= len(lessons):
        raise Http404
    if request.method == "POST":
        read_lesson(course=progress.course, lesson=number, actor=actor_of(request), at=clock.now())
        following = f"/school/{code}/{number + 1}" if number < len(lessons) else f"/school/{code}/quiz"
        return HttpResponseRedirect(following)
    content = {
        "progress": progress,
        "lesson": lessons[number - 1],
        "number": number,
        "count": len(lessons),
    }
    return render(request, "school/lesson.html", content)


@signed_in
def quiz(request: HttpRequest, code: str) -> HttpResponse:
    """The quiz; what was chosen is kept when something is missing, and after a try every answer says why."""
    progress = _progress(request, code)
    questions = outline_of(progress.course.document).questions
    chosen = [whole_number(request.POST.get(f"q{n}"), -1) for n in range(len(questions))]
    fault, attempt = "", None
    if request.method == "POST":
        try:
            attempt = try_quiz(
                course=progress.course, choices=chosen, actor=actor_of(request), at=clock.now()
            )
        except Refusal as error:
            fault = error.sentence
    if attempt and _has_passed(attempt):
        messages.success(request, gettext("Passed. Your certificate is on this page."))
        return HttpResponseRedirect(f"/school/{code}")
    content = {
        "progress": progress,
        "questions": list(enumerate(zip(questions, chosen, strict=True))),
        "fault": fault,
        "attempt": attempt,
        "tries": TRIES_A_DAY,
        "pass_percent": PASS_PERCENT,
    }
    return render(request, "school/quiz.html", content, status=422 if fault else 200)


def _has_passed(attempt: Attempt) -> bool:
    return is_passed(attempt.right_count, attempt.question_count)


def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Anybody checks a certificate by its number: who, what, when."""
    found = get_object_or_404(Certificate.objects.select_related("course", "member"), number=number.upper())
    return render(request, "school/certificate.html", {"certificate": found})
