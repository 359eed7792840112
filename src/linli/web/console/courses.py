"""The operator's courses: written as one document, with what is wrong named by its line, and who has passed."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from linli.community.models import Course, CourseLevel
from linli.community.operations.course import CourseDraft, save_course
from linli.community.operations.ready_course import CODES, ready_course
from linli.community.rules.course import BadCourse
from linli.core import clock
from linli.core.refusal import Refusal
from linli.web.edge import actor_of, operators_only


@operators_only
def courses(request: HttpRequest) -> HttpResponse:
    """Every course with its members; a form for one, new or chosen."""
    form = _typed(request) if request.method == "POST" else _chosen(request.GET.get("code", ""))
    fault = ""
    if request.method == "POST":
        try:
            made = save_course(draft=CourseDraft(**form), actor=actor_of(request), at=clock.now())
        except BadCourse as error:
            line = gettext("Line %(n)s: ") % {"n": error.line} if error.line else ""
            fault = line + error.sentence
        else:
            messages.success(request, gettext("Saved."))
            return HttpResponseRedirect(f"/ops/courses?code={made.code}")
    known = Course.objects.annotate(
        readers=Count("reads__member", distinct=True), passed=Count("certificates", distinct=True)
    )
    content = {
        "courses": known,
        "form": form,
        "fault": fault,
        "levels": CourseLevel.values,
        "ready": [code for code in CODES if code not in {one.code for one in known}],
    }
    return render(request, "ops/courses.html", content, status=422 if fault else 200)


def _typed(request: HttpRequest) -> dict[str, Any]:
    most = {"code": 41, "title": 61, "intro": 201, "level": 8, "document": 70_000}
    form: dict[str, Any] = {name: request.POST.get(name, "").strip()[:size] for name, size in most.items()}
    return form | {"is_published": request.POST.get("is_published") == "yes"}


def _chosen(code: str) -> dict[str, Any]:
    """A course to be changed, a ready-made one to be taken over, or an empty form. Refuses: not_found."""
    known = Course.objects.filter(code=code[:40]).first()
    if known:
        fields = {name: getattr(known, name) for name in ("code", "title", "intro", "level", "document")}
        return fields | {"is_published": known.published_at is not None}
    if code in CODES:
        return vars(ready_course(code))
    if code:
        raise Refusal("not_found")
    return {"code": "", "title": "", "intro": "", "level": "opening", "document": "", "is_published": False}
