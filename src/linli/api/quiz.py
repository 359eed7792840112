"""The quiz over HTTP: question by question; no answer is told before it is given."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer, demand, optional_bearer
from linli.api.catalog import number
from linli.api.once import Router
from linli.api.schemas import QuizAdviceIn, QuizAnswerIn, QuizLevelIn, QuizQuestionsIn
from linli.campaigns.models import QuizDuel, QuizQuestion, QuizRun
from linli.campaigns.operations import quiz as operations
from linli.campaigns.operations.quiz_question import (
    BadQuestions,
    QuestionsDraft,
    stop_question,
    write_questions,
)
from linli.campaigns.queries.quiz import Asked, asked_of, quiz_home
from linli.catalog.models import Product
from linli.core import clock
from linli.core.actor import Actor
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal

router = Router(tags=["quiz"])


def _limit(actor: Actor, at: datetime) -> None:
    count_try(key=f"quiz:{actor.member_id}", limit=60, window_seconds=60, at=at)


@router.get("/quiz")
def get_quiz(request: HttpRequest) -> HttpResponse:
    """The levels for me, how many tries today leaves, the run that is open."""
    home = quiz_home(actor_of(request).member_id, at=clock.now())
    return answer(
        {
            "levels": [vars(one) for one in home.levels],
            "tries_left": home.tries_left,
            "duels_won": home.duels_won,
            "run_id": str(home.running.pk) if home.running else None,
        }
    )


@router.post("/quiz/runs")
def post_run(request: HttpRequest, body: QuizLevelIn) -> HttpResponse:
    """Begin a level (or have the run that is open): its first question is shown, its time runs."""
    actor, at = actor_of(request), clock.now()
    _limit(actor, at)
    return answer(_run(operations.begin_level(level=body.level, member_id=actor.member_id, at=at)), 201)


@router.get("/quiz/runs/{run_id}")
def get_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """A run of mine."""
    return answer(_run(_mine(request, run_id)))


@router.post("/quiz/runs/{run_id}/answers")
def post_answer(request: HttpRequest, run_id: str, body: QuizAnswerIn) -> HttpResponse:
    """Answer the open question by the place of a choice (from 0)."""
    at = clock.now()
    _limit(actor_of(request), at)
    run = operations.answer(run=_mine(request, run_id), position=body.position, choice=body.choice, at=at)
    return answer(_run(run), 201)


@router.post("/quiz/runs/{run_id}/next")
def post_next(request: HttpRequest, run_id: str) -> HttpResponse:
    """Show the next question; its time runs."""
    return answer(_run(operations.show_next(run=_mine(request, run_id), at=clock.now())))


@router.post("/quiz/runs/{run_id}/help")
def post_help(request: HttpRequest, run_id: str) -> HttpResponse:
    """Ask friends about the open question."""
    run = operations.ask_help(run=_mine(request, run_id), at=clock.now())
    url = request.build_absolute_uri(f"/quiz/help/{run.help_code}")
    return answer({**_run(run), "help": {"code": run.help_code, "url": url}}, 201)


@router.post("/quiz/helps/{code}")
def post_advice(request: HttpRequest, code: str, body: QuizAdviceIn) -> HttpResponse:
    """Say what I would choose for a friend."""
    actor, at = actor_of(request), clock.now()
    _limit(actor, at)
    run = QuizRun.objects.get(help_code=code.upper() or "-")
    given = operations.advise(run=run, helper_id=actor.member_id, choice=body.choice, at=at)
    return answer({"choice": given.choice}, 201)


@router.get("/quiz/helps/{code}", auth=optional_bearer)
def get_help(request: HttpRequest, code: str) -> HttpResponse:
    """A friend's question, in the order in which the friend sees it."""
    run = QuizRun.objects.select_related("member").get(help_code=code.upper() or "-")
    asked = next((one for one in asked_of(run) if one.position == run.help_position), None)
    return answer({"asker": {"name": run.member.name}, "question": _asked(asked) if asked else None})


@router.post("/quiz/duels")
def post_duel(request: HttpRequest) -> HttpResponse:
    """Challenge whoever comes first by the code."""
    actor, at = actor_of(request), clock.now()
    _limit(actor, at)
    return answer(_duel(request, operations.open_duel(member_id=actor.member_id, at=at)), 201)


@router.get("/quiz/duels/{code}", auth=optional_bearer)
def get_duel(request: HttpRequest, code: str) -> HttpResponse:
    """A duel: its sides, who has answered, who won."""
    return answer(_duel(request, QuizDuel.objects.get(code=code.upper())))


@router.post("/quiz/duels/{code}/runs")
def post_duel_run(request: HttpRequest, code: str) -> HttpResponse:
    """Begin (or go on with) my own run of a duel."""
    actor, at = actor_of(request), clock.now()
    duel = QuizDuel.objects.get(code=code.upper())
    return answer(_run(operations.enter_duel(duel=duel, member_id=actor.member_id, at=at)), 201)


@router.post("/quiz/questions")
def post_questions(request: HttpRequest, body: QuizQuestionsIn) -> HttpResponse:
    """(merchant, operator) New questions, all or none; a merchant's are about its own goods."""
    actor = actor_of(request)
    demand(bool(actor.merchant_ids) or actor.is_operator)
    goods = Product.objects.managed_by(actor)
    product = goods.get(pk=number(body.product_id)) if body.product_id else None
    merchant_id = None if actor.is_operator else min(actor.merchant_ids)
    draft = QuestionsDraft(body.level, body.text, product.pk if product else None, merchant_id)
    try:
        made = write_questions(draft=draft, actor=actor, at=clock.now())
    except BadQuestions as error:
        details = {"line": error.line, "fields": {"text": error.sentence}}
        raise Refusal(error.code, details) from None
    return answer({"question_ids": [str(one.pk) for one in made]}, 201)


@router.post("/quiz/questions/{question_id}/stop")
def post_stop(request: HttpRequest, question_id: str) -> HttpResponse:
    """(merchant, operator) Nobody is asked it any more."""
    actor = actor_of(request)
    found = QuizQuestion.objects.managed_by(actor).get(pk=number(question_id))
    stop_question(question=found, actor=actor, at=clock.now())
    return answer({"question_id": str(found.pk), "state": "stopped"})


def _mine(request: HttpRequest, run_id: str) -> QuizRun:
    return QuizRun.objects.visible_to(actor_of(request)).get(pk=number(run_id))


def _run(run: QuizRun) -> dict[str, Any]:
    return {
        "run_id": str(run.pk),
        "level": run.level,
        "state": "over" if run.ended_at else "open" if run.shown_at else "between",
        "closes_at": run.closes_at,
        "right": run.right_count,
        "points": run.points,
        "questions": [_asked(one) for one in asked_of(run)],
        "advice": list(run.advices.values_list("choice", flat=True)) if run.help_code else [],
    }


def _asked(one: Asked) -> dict[str, Any]:
    shown: dict[str, Any] = {"position": one.position, "text": one.text, "choices": one.choices}
    if one.right < 0:
        return shown
    about = str(one.product_id) if one.product_id else None
    return shown | {"chosen": one.chosen, "right": one.right, "why": one.why, "product_id": about}


def _duel(request: HttpRequest, duel: QuizDuel) -> dict[str, Any]:
    scores = {run.member_id: run for run in duel.runs.all()}
    mine = scores.get(actor_of(request).member_id)
    shows_scores = duel.ended_at is not None or (mine is not None and mine.ended_at is not None)
    sides = []
    for person in (duel.challenger, duel.opponent):
        run = scores.get(person.pk) if person else None
        if person:
            side: dict[str, Any] = {"name": person.name, "has_answered": bool(run and run.ended_at)}
            if run and run.ended_at and shows_scores:
                side |= {
                    "right": run.right_count,
                    "spent_ms": run.spent_ms,
                    "won": duel.winner_id == person.pk,
                }
            sides.append(side)
    return {
        "code": duel.code,
        "url": request.build_absolute_uri(f"/quiz/duels/{duel.code}"),
        "state": "over" if duel.ended_at else "open",
        "expires_at": duel.expires_at,
        "sides": sides,
    }
