"""The quiz as pages show it: never the right choice of a question that is still open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linli.campaigns.models import QuizDuel, QuizQuestion, QuizRun
from linli.campaigns.rules.quiz import LEVELS, QUESTIONS, RUNS_A_DAY, is_passed, reward_of
from linli.core import sql
from linli.core.clock import shop_midnight


@dataclass(frozen=True)
class LevelFace:
    """A level for a member. state: passed, open, locked, or soon (it has not enough questions yet)."""

    level: int
    state: str
    best: int
    points: int


@dataclass(frozen=True)
class QuizHome:
    """The levels of a member, how many tries today leaves, and who knows most this week."""

    levels: tuple[LevelFace, ...]
    tries_left: int
    duels_won: int
    running: QuizRun | None


def quiz_home(member_id: int, *, at: datetime) -> QuizHome:
    """What a member finds at the quiz's door."""
    counts = {
        row.level: row.questions
        for row in sql.rows(
            "select level, count(*)::int as questions from campaigns_quizquestion where stopped_at is null group by 1"
        )
    }
    best = {
        row.level: row.best
        for row in sql.rows(
            """select level, max(right_count)::int as best from campaigns_quizrun
                where member_id = %s and duel_id is null and ended_at is not null group by 1""",
            (member_id,),
        )
    }
    mine = QuizRun.objects.filter(member_id=member_id, duel=None)
    today = mine.filter(started_at__gte=shop_midnight(at)).count()
    return QuizHome(
        tuple(
            LevelFace(level, _state(level, counts, best), best.get(level, 0), reward_of(level))
            for level in range(1, max(counts, default=0) + 1)
            if level <= LEVELS
        ),
        max(RUNS_A_DAY - today, 0),
        QuizDuel.objects.filter(winner_id=member_id).count(),
        mine.filter(ended_at=None).first(),
    )


def _state(level: int, counts: dict[int, int], best: dict[int, int]) -> str:
    if is_passed(best.get(level, 0)):
        return "passed"
    if counts.get(level, 0) < QUESTIONS:
        return "soon"
    return "open" if level == 1 or is_passed(best.get(level - 1, 0)) else "locked"


def best_of_week(*, at: datetime, limit: int = 10) -> list[Any]:
    """Who answered most rightly in seven days: each question counts once, however often it was answered."""
    return sql.rows(
        """select m.id, m.name, m.avatar, count(*)::int as right_count from (
             select distinct r.member_id, r.questions[n] as question_id
               from campaigns_quizrun r, generate_subscripts(r.answers, 1) n
               join campaigns_quizquestion q on true
              where r.ended_at > %s and q.id = r.questions[n] and r.answers[n] = q.right_choice) a
             join members_member m on m.id = a.member_id group by m.id order by 4 desc, m.id limit %s""",
        (at - timedelta(days=7), limit),
    )


@dataclass(frozen=True)
class Asked:
    """A question of a run with its choices in the order of that run. chosen and right (places in that order) are -1 while it is
    open; chosen stays -1 for one that was not answered in time."""

    position: int
    text: str
    choices: tuple[str, ...]
    chosen: int = -1
    right: int = -1
    why: str = ""
    product_id: int | None = None
    product_title: str = ""
    product_image: str = ""


def asked_of(run: QuizRun) -> list[Asked]:
    """The questions of a run so far: those that were answered, then the one that is open."""
    shown = len(run.answers) + (run.shown_at is not None)
    wanted = run.questions[:shown]
    known = {one.pk: one for one in QuizQuestion.objects.filter(pk__in=wanted).select_related("product")}
    return [_asked(run, n, known[pk]) for n, pk in enumerate(wanted)]


def _asked(run: QuizRun, position: int, question: QuizQuestion) -> Asked:
    order = run.orders[position]
    choices = tuple(question.choices[n] for n in order)
    if position >= len(run.answers):
        return Asked(position, question.text, choices)
    answer, product = run.answers[position], question.product
    return Asked(
        position,
        question.text,
        choices,
        order.index(answer) if answer in order else -1,
        order.index(question.right_choice),
        question.why,
        product.pk if product else None,
        product.title if product else "",
        (product.images or [""])[0] if product else "",
    )


def duels_of(member_id: int, *, limit: int = 20) -> list[QuizDuel]:
    """The newest duels of a member, on either side."""
    both = QuizDuel.objects.filter(challenger_id=member_id) | QuizDuel.objects.filter(opponent_id=member_id)
    return list(both.select_related("challenger", "opponent").order_by("-pk")[:limit])
