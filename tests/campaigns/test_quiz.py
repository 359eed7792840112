"""The quiz: no answer is told before it is given, the clock is the server's, points come once a level and within the day's budget,
a script that answers at once gets nowhere."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.shop import make_member, make_sku, staff_of
from linli.campaigns.models import QuizQuestion, QuizRun
from linli.campaigns.operations.quiz import (
    advise,
    answer,
    ask_help,
    begin_level,
    end_duels,
    enter_duel,
    open_duel,
    show_next,
)
from linli.campaigns.operations.quiz_question import (
    BadQuestions,
    QuestionsDraft,
    stop_question,
    write_questions,
)
from linli.campaigns.queries.points import points_of
from linli.campaigns.queries.quiz import asked_of, best_of_week, quiz_home
from linli.campaigns.rules.quiz import RUNS_A_DAY, Score, reward_of, winner_of
from linli.channels.models import InboxMessage
from linli.core.actor import SYSTEM
from linli.core.clock import shop_midnight
from linli.core.models import DatedValue
from linli.core.refusal import Refusal

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("D6")]
READ = timedelta(seconds=3)


def make_questions(at: datetime, level: int = 1, count: int = 6) -> list[QuizQuestion]:
    text = "\n\n".join(f"? 第 {level} 关第 {n} 题\n- 错\n+ 对\n- 也错\n! 因为 {n}" for n in range(count))
    return write_questions(draft=QuestionsDraft(level, text), actor=SYSTEM, at=at)


def right_place(run: QuizRun) -> int:
    position = len(run.answers)
    question = QuizQuestion.objects.get(pk=run.questions[position])
    return run.orders[position].index(question.right_choice)


def play(run: QuizRun, at: datetime, *, right: int = 5) -> QuizRun:
    """The whole run with so many right answers."""
    for n in range(5):
        place = right_place(run)
        at += READ
        run = answer(run=run, position=n, choice=place if n < right else (place + 1) % 3, at=at)
        if n < 4:
            run = show_next(run=run, at=at)
    return run


def test_a_level_is_passed_by_four_and_gives_its_points_once(at: datetime) -> None:
    make_questions(at)
    make_questions(at, level=2)
    member = make_member(at)
    with pytest.raises(Refusal, match="quiz_locked"):
        begin_level(level=2, member_id=member.pk, at=at)
    lost = play(begin_level(level=1, member_id=member.pk, at=at), at, right=3)
    assert (lost.right_count, lost.points, points_of([member.pk], at=at)[member.pk]) == (3, 0, 0)
    with pytest.raises(Refusal, match="quiz_locked"):
        begin_level(level=2, member_id=member.pk, at=at)
    won = play(begin_level(level=1, member_id=member.pk, at=at), at, right=4)
    assert (won.right_count, won.points) == (4, reward_of(1))
    again = play(begin_level(level=1, member_id=member.pk, at=at), at)
    assert (again.right_count, again.points) == (5, 0), "once a level"
    begin_level(level=2, member_id=member.pk, at=at)
    faces = quiz_home(member.pk, at=at).levels
    assert [(one.level, one.state, one.best) for one in faces] == [(1, "passed", 5), (2, "open", 0)]
    later = at + timedelta(minutes=1)
    assert points_of([member.pk], at=later)[member.pk] == reward_of(1)


def test_nothing_is_told_before_it_is_answered(at: datetime) -> None:
    make_questions(at)
    run = begin_level(level=1, member_id=make_member(at).pk, at=at)
    [first] = asked_of(run)
    assert (first.right, first.why, first.chosen) == (-1, "", -1) and sorted(first.choices) == sorted(
        ["错", "对", "也错"]
    )
    place = right_place(run)
    run = answer(run=run, position=0, choice=place, at=at + READ)
    [first] = asked_of(run)
    assert (first.right, first.chosen) == (place, place) and first.why
    assert len(asked_of(show_next(run=run, at=at + READ))) == 2, "one question at a time"


def test_the_clock_is_the_servers(at: datetime) -> None:
    make_questions(at)
    run = begin_level(level=1, member_id=make_member(at).pk, at=at)
    with pytest.raises(Refusal, match="quiz_too_fast"):
        answer(run=run, position=0, choice=0, at=at + timedelta(milliseconds=599))
    with pytest.raises(Refusal, match="quiz_not_open"):
        answer(run=run, position=1, choice=0, at=at + READ)
    with pytest.raises(Refusal, match="unreadable"):
        answer(run=run, position=0, choice=3, at=at + READ)
    late = answer(run=run, position=0, choice=right_place(run), at=at + timedelta(seconds=21))
    assert (late.answers, late.right_count, late.spent_ms) == ([-1], 0, 20_000)
    assert answer(run=run, position=0, choice=0, at=at + timedelta(seconds=30)).answers == [-1], (
        "a second changes nothing"
    )
    with pytest.raises(Refusal, match="quiz_not_open"):
        answer(run=late, position=1, choice=0, at=at + timedelta(seconds=30))


def test_a_second_beginning_goes_on_and_an_hour_ends_it(at: datetime) -> None:
    make_questions(at)
    member = make_member(at)
    run = begin_level(level=1, member_id=member.pk, at=at)
    assert begin_level(level=1, member_id=member.pk, at=at + timedelta(minutes=59)).pk == run.pk
    fresh = begin_level(level=1, member_id=member.pk, at=at + timedelta(minutes=60))
    assert fresh.pk != run.pk and QuizRun.objects.get(pk=run.pk).ended_at is not None


def test_a_day_has_so_many_tries(at: datetime) -> None:
    make_questions(at)
    member = make_member(at)
    noon = shop_midnight(at) + timedelta(hours=12)
    for _ in range(RUNS_A_DAY):
        play(begin_level(level=1, member_id=member.pk, at=noon), noon, right=0)
    with pytest.raises(Refusal, match="quiz_tries"):
        begin_level(level=1, member_id=member.pk, at=noon)
    assert quiz_home(member.pk, at=noon).tries_left == 0
    begin_level(level=1, member_id=member.pk, at=noon + timedelta(days=1))


def test_the_days_budget_stops_the_points_and_another_day_gives_them(at: datetime) -> None:
    make_questions(at)
    DatedValue.objects.create(
        key="quiz_points_a_day", value=reward_of(1) * 2 + 1, active_from=at - timedelta(days=1)
    )
    first, second, third = (make_member(at) for _ in range(3))
    gave = [play(begin_level(level=1, member_id=one.pk, at=at), at).points for one in (first, second, third)]
    assert gave == [reward_of(1), reward_of(1), 0]
    tomorrow = at + timedelta(days=1)
    assert play(begin_level(level=1, member_id=third.pk, at=tomorrow), tomorrow).points == reward_of(1)


def test_friends_advise_once_while_it_is_open(at: datetime) -> None:
    make_questions(at)
    member, *friends = (make_member(at) for _ in range(7))
    run = ask_help(run=begin_level(level=1, member_id=member.pk, at=at), at=at)
    with pytest.raises(Refusal, match="quiz_helped"):
        ask_help(run=run, at=at)
    with pytest.raises(Refusal, match="own_quiz"):
        advise(run=run, helper_id=member.pk, choice=0, at=at)
    later = at + timedelta(minutes=9)
    for friend in friends[:5]:
        advise(run=run, helper_id=friend.pk, choice=1, at=later)
    assert advise(run=run, helper_id=friends[0].pk, choice=2, at=later).choice == 1, (
        "a second advice changes nothing"
    )
    with pytest.raises(Refusal, match="quiz_advised"):
        advise(run=run, helper_id=friends[5].pk, choice=1, at=later)
    run = answer(run=run, position=0, choice=right_place(run), at=later)
    assert (run.right_count, run.spent_ms) == (1, 20_000), "help takes ten minutes, but none from the time"
    with pytest.raises(Refusal, match="quiz_not_open"):
        advise(run=run, helper_id=friends[5].pk, choice=1, at=later)


def test_a_duel_is_the_same_questions_and_the_better_wins(at: datetime) -> None:
    make_questions(at, count=9)
    one, other, third = (make_member(at) for _ in range(3))
    duel = open_duel(member_id=one.pk, at=at)
    first = play(enter_duel(duel=duel, member_id=one.pk, at=at), at, right=4)
    with pytest.raises(Refusal, match="quiz_alone"):
        ask_help(run=first, at=at)
    second = enter_duel(duel=duel, member_id=other.pk, at=at)
    assert (second.questions, second.pk) == (
        first.questions,
        enter_duel(duel=duel, member_id=other.pk, at=at).pk,
    )
    with pytest.raises(Refusal, match="duel_full"):
        enter_duel(duel=duel, member_id=third.pk, at=at)
    play(second, at, right=5)
    duel.refresh_from_db()
    assert (duel.winner_id, duel.ended_at is not None) == (other.pk, True)
    assert points_of([one.pk, other.pk], at=at) == {one.pk: 0, other.pk: 0}, "a duel gives honour alone"
    assert set(InboxMessage.objects.filter(code="duel_over").values_list("member_id", flat=True)) == {
        one.pk,
        other.pk,
    }
    assert quiz_home(other.pk, at=at).duels_won == 1


def test_a_duel_opens_no_level_that_its_challenger_has_not_passed(at: datetime) -> None:
    easy, hard = make_questions(at, count=5), make_questions(at, count=9, level=2)
    member = make_member(at)
    duel = open_duel(member_id=member.pk, at=at)
    assert set(duel.questions) == {one.pk for one in easy}, "its answers are told as they are given"
    play(begin_level(level=1, member_id=member.pk, at=at), at, right=5)
    assert set(open_duel(member_id=member.pk, at=at).questions).isdisjoint({one.pk for one in hard})
    play(begin_level(level=2, member_id=member.pk, at=at), at, right=5)
    drawn = {pk for _ in range(12) for pk in open_duel(member_id=member.pk, at=at).questions}
    assert drawn & {one.pk for one in hard}


def test_a_merchants_question_is_about_its_goods(at: datetime) -> None:
    merchant = make_sku(at).product.merchant
    with pytest.raises(BadQuestions, match="question_goods"):
        write_questions(draft=QuestionsDraft(9, GOOD, None, merchant.pk), actor=staff_of(merchant), at=at)
    assert not QuizQuestion.objects.exists()


@pytest.mark.parametrize("comes", [False, True])
def test_a_duel_ends_with_its_time(at: datetime, comes: bool) -> None:
    make_questions(at)
    one, other = make_member(at), make_member(at)
    duel = open_duel(member_id=one.pk, at=at)
    play(enter_duel(duel=duel, member_id=one.pk, at=at), at, right=1)
    if comes:
        enter_duel(duel=duel, member_id=other.pk, at=at)
    assert end_duels(at=at + timedelta(hours=23)) == 0
    over = at + timedelta(hours=24)
    assert (end_duels(at=over), end_duels(at=over)) == (1, 0)
    duel.refresh_from_db()
    assert duel.winner_id == (one.pk if comes else None)
    with pytest.raises(Refusal, match="duel_over"):
        enter_duel(duel=duel, member_id=make_member(at).pk, at=over)


@given(st.integers(0, 5), st.integers(0, 100_000), st.integers(0, 5), st.integers(0, 100_000))
def test_who_wins_is_fair(a: int, at_a: int, b: int, at_b: int) -> None:
    ours, theirs = Score(a, at_a), Score(b, at_b)
    assert winner_of(ours, theirs) == -winner_of(theirs, ours)
    assert (winner_of(ours, theirs) == 0) == (ours == theirs)
    if a > b:
        assert winner_of(ours, theirs) == 1, "knowing more beats being faster"


def test_the_week_counts_each_question_once(at: datetime) -> None:
    make_questions(at, count=5)
    keen, other = make_member(at, "勤"), make_member(at, "懒")
    for _ in range(2):
        play(begin_level(level=1, member_id=keen.pk, at=at), at)
    play(begin_level(level=1, member_id=other.pk, at=at), at, right=2)
    found = best_of_week(at=at + timedelta(hours=1))
    assert [(row.name, row.right_count) for row in found] == [("勤", 5), ("懒", 2)]
    assert best_of_week(at=at + timedelta(days=8)) == []


GOOD = "? 甲？\n- 一\n+ 二\n! 因为"


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 0, "quiz_question_needed"), ("? 甲？\n- 一\n- 二", 1, "course_choices_needed"), ("? 甲？\n+ 一\n+ 二", 3, "course_one_right"),
        (f"{GOOD}\n\n{GOOD}", 1, "question_known"), (f"? {'长' * 121}\n- 一\n+ 二", 1, "too_long"), ("? 甲？\n- 一\n+ 一", 1, "question_known"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_questions_names_its_line(at: datetime, text: str, line: int, code: str) -> None:
    with pytest.raises(BadQuestions) as refused:
        write_questions(draft=QuestionsDraft(1, text), actor=SYSTEM, at=at)
    assert (refused.value.line, refused.value.code, QuizQuestion.objects.count()) == (line, code, 0)


def test_a_question_is_stopped_and_written_anew(at: datetime) -> None:
    sku = make_sku(at)
    merchant = sku.product.merchant
    draft = QuestionsDraft(1, GOOD, sku.product_id, merchant.pk)
    [made] = write_questions(draft=draft, actor=staff_of(merchant), at=at)
    with pytest.raises(BadQuestions, match="question_known"):
        write_questions(draft=draft, actor=SYSTEM, at=at)
    stop_question(question=made, actor=SYSTEM, at=at)
    assert len(write_questions(draft=draft, actor=SYSTEM, at=at)) == 1
    assert QuizQuestion.objects.managed_by(staff_of(merchant)).count() == 2
    assert not QuizQuestion.objects.managed_by(staff_of(make_sku(at).product.merchant)).exists()
    with pytest.raises(Refusal, match="quiz_too_few"):
        begin_level(level=1, member_id=make_member(at).pk, at=at)
