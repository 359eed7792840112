"""The quiz for members: levels, one question at a time, a friend's advice, duels with neighbours, a poster of the result."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from linli.campaigns.models import QuizDuel, QuizRun
from linli.campaigns.operations import quiz as operations
from linli.campaigns.operations.referral import referral_code
from linli.campaigns.queries.quiz import asked_of, best_of_week, duels_of, quiz_home
from linli.campaigns.rules.quiz import ANSWER_SECONDS, QUESTIONS, is_passed, reward_of
from linli.core import clock
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal
from linli.members.models import Member
from linli.web import poster
from linli.web.edge import actor_of, refuse, signed_in, whole_number
from linli.web.storefront.shelf import picture_response

A_MINUTE = 60


@signed_in
def quiz(request: HttpRequest) -> HttpResponse:
    """C17: the levels, my duels, who knows most this week. A POST begins a level."""
    actor, at = actor_of(request), clock.now()
    if request.method == "POST":
        try:
            count_try(key=f"quiz:{actor.member_id}", limit=A_MINUTE, window_seconds=60, at=at)
            level = whole_number(request.POST.get("level"))
            made = operations.begin_level(level=level, member_id=actor.member_id, at=at)
        except Refusal as error:
            return refuse(request, error, "/quiz")
        return HttpResponseRedirect(f"/quiz/runs/{made.pk}")
    content = {
        "home": quiz_home(actor.member_id, at=at),
        "duels": duels_of(actor.member_id, limit=5),
        "best": best_of_week(at=at),
        "seconds": ANSWER_SECONDS,
        "count": QUESTIONS,
    }
    return render(request, "quiz/quiz.html", content)


@signed_in
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """A run: the open question, or what was right about the last answer. With ?part=1 only what changes."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(QuizRun.objects.visible_to(actor).select_related("duel"), pk=run_id)
    if request.method == "POST":
        return _step(request, found)
    if found.ended_at and found.duel:
        return HttpResponseRedirect(f"/quiz/duels/{found.duel.code}")
    asked = asked_of(found)
    content: dict[str, Any] = {
        "run": found,
        "asked": asked,
        "last": asked[-1] if asked else None,
        "marks": [one.chosen == one.right for one in asked if one.right >= 0],
        "ahead": range(len(found.questions) - len(found.answers)),
        "is_late": bool(found.closes_at and found.closes_at < at),
        "number": min(len(found.answers) + (found.shown_at is not None), len(found.questions)),
        "advices": _advices(found),
        "is_passed": is_passed(found.right_count),
        "reward": reward_of(found.level),
        "help_url": request.build_absolute_uri(f"/quiz/help/{found.help_code}"),
    }
    return render(request, "quiz/run_part.html" if request.GET.get("part") else "quiz/run.html", content)


def _advices(found: QuizRun) -> list[Any]:
    """What friends would choose, while their question is the one on the page."""
    if found.help_position < 0 or found.help_position < len(found.answers) - 1:
        return []
    return list(found.advices.select_related("helper"))


def _step(request: HttpRequest, found: QuizRun) -> HttpResponse:
    at, here = clock.now(), f"/quiz/runs/{found.pk}"
    try:
        count_try(key=f"quiz:{found.member_id}", limit=A_MINUTE, window_seconds=60, at=at)
        if request.POST.get("action") == "next":
            operations.show_next(run=found, at=at)
        elif request.POST.get("action") == "help":
            operations.ask_help(run=found, at=at)
        else:
            position, choice = (whole_number(request.POST.get(name), -1) for name in ("position", "choice"))
            operations.answer(run=found, position=position, choice=choice, at=at)
    except Refusal as error:
        return refuse(request, error, here)
    return HttpResponseRedirect(here)


def help_a_friend(request: HttpRequest, code: str) -> HttpResponse:
    """A friend's open question: what I would choose. The right answer stands here once the friend has answered."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(QuizRun.objects.select_related("member"), help_code=code.upper())
    if request.method == "POST":
        return _advise(request, found)
    asked = next((one for one in asked_of(found) if one.position == found.help_position), None)
    is_answered = asked is None or asked.right >= 0
    content = {
        "run": found,
        "asked": asked,
        "mine": found.advices.filter(helper_id=actor.member_id).first(),
        "is_open": not is_answered and found.closes_at is not None and at <= found.closes_at,
        "is_own": found.member_id == actor.member_id,
    }
    return render(request, "quiz/help.html", content)


@signed_in
def _advise(request: HttpRequest, found: QuizRun) -> HttpResponse:
    actor, at, here = actor_of(request), clock.now(), f"/quiz/help/{found.help_code}"
    choice = whole_number(request.POST.get("choice"), -1)
    try:
        count_try(key=f"quiz:{actor.member_id}", limit=A_MINUTE, window_seconds=60, at=at)
        operations.advise(run=found, helper_id=actor.member_id, choice=choice, at=at)
    except Refusal as error:
        return refuse(request, error, here)
    return HttpResponseRedirect(here)


@require_POST
@signed_in
def challenge(request: HttpRequest) -> HttpResponse:
    """Open a duel."""
    try:
        made = operations.open_duel(member_id=actor_of(request).member_id, at=clock.now())
    except Refusal as error:
        return refuse(request, error, "/quiz")
    return HttpResponseRedirect(f"/quiz/duels/{made.code}")


def duel(request: HttpRequest, code: str) -> HttpResponse:
    """A duel: who against whom, how far each is, who won. A POST begins (or goes on with) my own run."""
    actor, at = actor_of(request), clock.now()
    found = get_object_or_404(QuizDuel.objects.select_related("challenger", "opponent"), code=code.upper())
    if request.method == "POST":
        return _enter(request, found)
    runs = {one.member_id: one for one in found.runs.all()}
    # What was right is told when nobody can use it any more.
    is_over = found.ended_at is not None or found.expires_at <= at
    mine = runs.get(actor.member_id)
    content = {
        "duel": found,
        "sides": [(one, runs.get(one.pk)) for one in (found.challenger, found.opponent) if one],
        "mine": mine,
        "is_over": is_over,
        "can_play": actor.member_id in (found.challenger_id, found.opponent_id) or not found.opponent_id,
        "asked": asked_of(mine) if mine and mine.ended_at and is_over else [],
        "url": request.build_absolute_uri(f"/quiz/duels/{found.code}"),
    }
    return render(request, "quiz/duel_part.html" if request.GET.get("part") else "quiz/duel.html", content)


@signed_in
def _enter(request: HttpRequest, found: QuizDuel) -> HttpResponse:
    try:
        made = operations.enter_duel(duel=found, member_id=actor_of(request).member_id, at=clock.now())
    except Refusal as error:
        return refuse(request, error, f"/quiz/duels/{found.code}")
    return HttpResponseRedirect(f"/quiz/runs/{made.pk}")


@signed_in
def run_poster(request: HttpRequest, run_id: int) -> HttpResponse:
    """The poster of a run that is over: by its code friends come to the quiz, and are known to have come by me."""
    actor = actor_of(request)
    found = get_object_or_404(QuizRun.objects.visible_to(actor), pk=run_id)
    if found.ended_at is None:
        raise Http404
    picture = next((one.product_image for one in asked_of(found) if one.product_image), "demo/p1.webp")
    words = {"level": found.level, "right": found.right_count, "all": len(found.questions)}
    if found.duel:
        title = gettext("%(right)s of %(all)s right in a duel") % words
        url = f"/quiz/duels/{found.duel.code}"
    else:
        title = gettext("Level %(level)s: %(right)s of %(all)s right") % words
        url = f"/r/{referral_code(actor.member_id)}?next=/quiz"
    content = poster.draw(
        title=title,
        subtitle=gettext("What do you know about what you eat and use?"),
        price_fen=None,
        picture=picture,
        shop=Member.objects.get(pk=actor.member_id).name,
        hint=gettext("Scan and try it"),
        url=request.build_absolute_uri(url),
    )
    return picture_response(content, "image/jpeg")
