"""A quiz is run question by question on the server's clock; a page knows no answer before it has given one."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Max

from linli.campaigns.models import PointGrant, QuizAdvice, QuizDuel, QuizQuestion, QuizRun
from linli.campaigns.operations.points import Granted, grant_points
from linli.campaigns.rules.quiz import (
    ANSWER_SECONDS,
    DUEL_HOURS,
    DUELS_A_DAY,
    HELP_SECONDS,
    LEAST_MS,
    LEVELS,
    MOST_ADVICE,
    PASS_RIGHT,
    QUESTIONS,
    RUN_MINUTES,
    RUNS_A_DAY,
    Score,
    is_passed,
    reward_of,
    spent_ms,
    winner_of,
)
from linli.campaigns.values import QUIZ_POINTS_A_DAY
from linli.channels.operations import Told, tell_members
from linli.core import live, sql
from linli.core.clock import shop_day, shop_midnight
from linli.core.codes import new_code
from linli.core.refusal import Refusal
from linli.core.settings import value_at
from linli.core.work import work_off

_OVER = """
select id from campaigns_quizduel where ended_at is null and expires_at <= %(at)s and id <> all(%(aside)s::bigint[])
 order by id limit %(most)s for no key update skip locked
"""
_dice = secrets.SystemRandom()


def begin_level(*, level: int, member_id: int, at: datetime) -> QuizRun:
    """Begin a level, or go on with the run that is open. Raises Refusal: quiz_locked (the level before is not passed),
    quiz_too_few (it has not enough questions yet), quiz_tries (enough for today)."""
    with transaction.atomic():
        _alone(f"quiz:{member_id}")
        mine = QuizRun.objects.filter(member_id=member_id, duel=None)
        if running := mine.select_for_update(no_key=True).filter(ended_at=None).first():
            if at < running.started_at + timedelta(minutes=RUN_MINUTES):
                return running
            _end(running, at)
        if not 1 <= level <= LEVELS:
            raise Refusal("quiz_too_few")
        if level > 1 and not mine.filter(level=level - 1, right_count__gte=PASS_RIGHT).exists():
            raise Refusal("quiz_locked")
        if mine.filter(started_at__gte=shop_midnight(at)).count() >= RUNS_A_DAY:
            raise Refusal("quiz_tries")
        chosen = _draw(QuizQuestion.objects.filter(stopped_at=None, level=level).values_list("pk", flat=True))
        return _open_run(member_id, chosen, at, level=level)


def open_duel(*, member_id: int, at: datetime) -> QuizDuel:
    """Challenge whoever comes first by the code of a new duel. Raises Refusal: quiz_tries, quiz_too_few."""
    with transaction.atomic():
        _alone(f"quiz:{member_id}")
        mine = QuizDuel.objects.filter(challenger_id=member_id, opened_at__gte=shop_midnight(at))
        if mine.count() >= DUELS_A_DAY:
            raise Refusal("quiz_tries")
        # Answers are told as they are given: a duel must not open a level that its challenger has not reached.
        passed = QuizRun.objects.filter(member_id=member_id, duel=None, right_count__gte=PASS_RIGHT)
        highest = passed.aggregate(most=Max("level"))["most"] or 1
        known = QuizQuestion.objects.filter(stopped_at=None, level__lte=highest)
        chosen = _draw(known.values_list("pk", flat=True))
        return QuizDuel.objects.create(
            code=new_code(10),
            challenger_id=member_id,
            questions=chosen,
            opened_at=at,
            expires_at=at + timedelta(hours=DUEL_HOURS),
        )


def enter_duel(*, duel: QuizDuel, member_id: int, at: datetime) -> QuizRun:
    """Begin one's own run of a duel, or go on with it; the first who comes is the opponent. Raises Refusal: duel_over,
    duel_full."""
    with transaction.atomic():
        duel = QuizDuel.objects.select_for_update(no_key=True).get(pk=duel.pk)
        if mine := duel.runs.filter(member_id=member_id).first():
            return mine
        if duel.ended_at or duel.expires_at <= at:
            raise Refusal("duel_over")
        if member_id != duel.challenger_id:
            if duel.opponent_id not in (None, member_id):
                raise Refusal("duel_full")
            duel.opponent_id = member_id
            duel.save(update_fields=["opponent"])
        live.tell([f"duel:{duel.pk}"])
        return _open_run(member_id, duel.questions, at, duel=duel)


def answer(*, run: QuizRun, position: int, choice: int, at: datetime) -> QuizRun:
    """Answer the open question (position) by the choice as it is shown (from 0). One that comes too late counts as none. A
    second answer to the same question changes nothing. Raises Refusal: quiz_too_fast, quiz_not_open."""
    with transaction.atomic():
        run = _locked(run)
        if position < len(run.answers):
            return run
        if run.ended_at or position != len(run.answers) or run.shown_at is None or run.closes_at is None:
            raise Refusal("quiz_not_open")
        if not 0 <= choice < len(run.orders[position]):
            raise Refusal("unreadable")
        took = spent_ms(run.shown_at, at=at)
        if took < LEAST_MS:
            raise Refusal("quiz_too_fast")
        in_time = at <= run.closes_at
        own_choice = run.orders[position][choice] if in_time else -1
        question = QuizQuestion.objects.get(pk=run.questions[position])
        is_right = int(own_choice == question.right_choice)
        QuizQuestion.objects.filter(pk=question.pk).update(
            asked_count=F("asked_count") + 1, right_count=F("right_count") + is_right
        )
        run.answers = [*run.answers, own_choice]
        run.right_count += is_right
        # A friend's help takes no time from who asked for it.
        run.spent_ms += min(took, ANSWER_SECONDS * 1000)
        run.shown_at = run.closes_at = None
        if len(run.answers) == len(run.questions):
            _end(run, at)
        run.save()
        live.tell([f"quiz:{run.pk}"])
    return run


def show_next(*, run: QuizRun, at: datetime) -> QuizRun:
    """Open the next question; its time runs from now. A second time changes nothing. Raises Refusal: quiz_not_open."""
    with transaction.atomic():
        run = _locked(run)
        if run.ended_at:
            raise Refusal("quiz_not_open")
        if run.shown_at is None:
            run.shown_at, run.closes_at = at, at + timedelta(seconds=ANSWER_SECONDS)
            run.save(update_fields=["shown_at", "closes_at"])
    return run


def ask_help(*, run: QuizRun, at: datetime) -> QuizRun:
    """Ask friends about the open question, once in a run: it stays open for ten minutes. Raises Refusal: quiz_not_open,
    quiz_helped (before), quiz_alone (a duel is fought alone)."""
    with transaction.atomic():
        run = _locked(run)
        if run.duel_id:
            raise Refusal("quiz_alone")
        if run.help_code:
            raise Refusal("quiz_helped")
        if run.ended_at or run.shown_at is None or run.closes_at is None or run.closes_at < at:
            raise Refusal("quiz_not_open")
        run.help_code, run.help_position = new_code(10), len(run.answers)
        run.closes_at = run.shown_at + timedelta(seconds=HELP_SECONDS)
        run.save(update_fields=["help_code", "help_position", "closes_at"])
    return run


def advise(*, run: QuizRun, helper_id: int, choice: int, at: datetime) -> QuizAdvice:
    """A friend says what they would choose, by the choice as it is shown; once each. Raises Refusal: own_quiz, quiz_not_open,
    quiz_advised (enough friends have), unreadable."""
    with transaction.atomic():
        run = _locked(run)
        if run.member_id == helper_id:
            raise Refusal("own_quiz")
        if given := run.advices.filter(helper_id=helper_id).first():
            return given
        if run.help_position != len(run.answers) or run.closes_at is None or run.closes_at < at:
            raise Refusal("quiz_not_open")
        if not 0 <= choice < len(run.orders[run.help_position]):
            raise Refusal("unreadable")
        if run.advices.count() >= MOST_ADVICE:
            raise Refusal("quiz_advised")
        live.tell([f"quiz:{run.pk}"])
        return QuizAdvice.objects.create(run=run, helper_id=helper_id, choice=choice, given_at=at)


def end_duels(*, at: datetime) -> int:
    """Duels whose time is over end with what was answered. Returns how many."""
    return work_off("campaigns.end_duels", _OVER, partial(_end_duels, at=at), at=at)


def _end_duels(duel_ids: Sequence[int], *, at: datetime) -> None:
    for duel in QuizDuel.objects.filter(pk__in=duel_ids).order_by("pk"):
        duel.runs.filter(ended_at=None).update(ended_at=at, shown_at=None, closes_at=None)
        _decide(duel, at)


def _locked(run: QuizRun) -> QuizRun:
    """A run for the rest of the transaction; its duel before it, as everywhere."""
    if run.duel_id:
        QuizDuel.objects.select_for_update(no_key=True).get(pk=run.duel_id)
    return QuizRun.objects.select_for_update(no_key=True).get(pk=run.pk)


def _alone(key: str) -> None:
    """Until the end of the transaction nobody else is here by this key: what is counted stays what it was."""
    sql.rows("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (key,))


def _draw(ids: Iterable[int]) -> list[int]:
    known = list(ids)
    if len(known) < QUESTIONS:
        raise Refusal("quiz_too_few")
    return _dice.sample(known, QUESTIONS)


def _open_run(
    member_id: int, question_ids: Sequence[int], at: datetime, *, level: int = 0, duel: QuizDuel | None = None
) -> QuizRun:
    sizes = {
        question.pk: len(question.choices) for question in QuizQuestion.objects.filter(pk__in=question_ids)
    }
    return QuizRun.objects.create(
        member_id=member_id,
        duel=duel,
        level=level,
        questions=list(question_ids),
        orders=[_dice.sample(range(sizes[pk]), sizes[pk]) for pk in question_ids],
        started_at=at,
        shown_at=at,
        closes_at=at + timedelta(seconds=ANSWER_SECONDS),
    )


def _end(run: QuizRun, at: datetime) -> None:
    run.ended_at, run.shown_at, run.closes_at = at, None, None
    if run.duel_id is None and is_passed(run.right_count):
        run.points = _reward(run.member_id, run.level, at)
    run.save()
    if run.duel_id:
        duel = QuizDuel.objects.get(pk=run.duel_id)
        live.tell([f"duel:{duel.pk}"])
        if duel.ended_at is None and duel.runs.filter(ended_at__isnull=False).count() == 2:
            _decide(duel, at)


def _reward(member_id: int, level: int, at: datetime) -> int:
    """The points of a level, once for ever, while today's are not used up; a level can be run again for them."""
    _alone("quiz points")
    today = PointGrant.objects.filter(kind="quiz", granted_at__gte=shop_midnight(at))
    points = reward_of(level)
    if sum(today.values_list("count", flat=True)) + points > value_at(QUIZ_POINTS_A_DAY, at=at):
        return 0
    return points * grant_points([Granted(member_id, "quiz", f"level:{level}", points)], at=at)


def _decide(duel: QuizDuel, at: datetime) -> None:
    runs = {run.member_id: Score(run.right_count, run.spent_ms) for run in duel.runs.all()}
    duel.ended_at = at
    sides = (duel.challenger_id, duel.opponent_id)
    if duel.opponent_id:
        nothing = Score(0, 0)
        won = winner_of(runs.get(duel.challenger_id, nothing), runs.get(duel.opponent_id, nothing))
        duel.winner_id = {1: duel.challenger_id, -1: duel.opponent_id}.get(won)
        told = [
            Told(
                member_id,
                "duel_over",
                f"duel:{duel.pk}",
                f"/quiz/duels/{duel.code}",
                {"day": str(shop_day(at))},
            )
            for member_id in sides
            if member_id
        ]
        tell_members(told, at=at)
    duel.save(update_fields=["ended_at", "winner"])
    live.tell([f"duel:{duel.pk}"])
