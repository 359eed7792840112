"""The school: documents, reading, tries, certificates, and what a tier asks of it."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distribution.test_network import live
from factories.community import DOCUMENT, acting, make_course
from factories.shop import make_member, make_owner, make_sku, received_order, request
from linli.community.models import Attempt, Certificate
from linli.community.operations.course import read_lesson, save_course, try_quiz
from linli.community.operations.ready_course import CODES, ready_course
from linli.community.queries.course import courses_for, passed_counts
from linli.community.rules.course import BadCourse, is_passed, outline_of, right_answers
from linli.core import events
from linli.core.actor import SYSTEM
from linli.core.refusal import Refusal
from linli.distribution.models import Owner, PassedCourse
from linli.distribution.operations.tier import apply_tier_changes, decide_tiers, next_midnight
from linli.distribution.queries.network import ladder
from linli.distribution.queries.plan import preset
from linli.distribution.rules.document import Plan
from linli.distribution.rules.tier import earned_tier
from linli.trade.operations.complete_order import complete_orders

pytestmark = [pytest.mark.capability("B11"), pytest.mark.usefixtures("holds")]


def test_a_document_is_lessons_and_questions() -> None:
    outline = outline_of(DOCUMENT)
    assert [(one.title, one.paragraphs) for one in outline.lessons] == [
        ("第一课", ["一段话。", "第二段。"]), ("第二课", ["- 不是选项的一行"]),
    ]  # fmt: skip
    assert [(one.text, one.choices, one.right, one.why) for one in outline.questions] == [
        ("问一", ["错", "对"], 1, "因为"), ("问二", ["对", "错"], 0, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("document", "line", "code"),
    [
        ("", 0, "course_lesson_needed"),
        ("没有标题", 1, "course_begins_with_lesson"),
        ("# 课\n话", 0, "course_question_needed"),
        ("#\n话", 1, "text_needed"),
        ("# 课\n? 问\n- 一\n- 二", 2, "course_choices_needed"),
        ("# 课\n? 问\n+ 一", 2, "course_choices_needed"),
        ("# 课\n? 问\n+ 一\n+ 二", 4, "course_one_right"),
        ("# 课\n? 问\n+ 一\n- 二\n?", 5, "text_needed"),
        ("# 课\n? 问\n+ 一\n" + "- 二\n" * 6, 9, "too_long"),
        ("# 课\n" * 31 + "? 问\n+ 一\n- 二", 0, "too_long"),
    ],
)
def test_what_is_no_course_names_its_line(document: str, line: int, code: str) -> None:
    with pytest.raises(BadCourse) as refused:
        outline_of(document)
    assert (refused.value.line, refused.value.code) == (line, code)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_course_or_a_named_fault(document: str) -> None:
    try:
        outline = outline_of(document)
    except BadCourse as error:
        assert error.code and 0 <= error.line <= len(document.splitlines())
    else:
        assert all(0 <= one.right < len(one.choices) for one in outline.questions)


@pytest.mark.parametrize("code", CODES)
def test_the_ready_made_courses_are_courses(code: str, at: datetime) -> None:
    course = save_course(draft=ready_course(code), actor=SYSTEM, at=at)
    assert course.published_at is None and len(course.intro) > 5
    questions = outline_of(course.document).questions
    assert len(questions) >= 3 and all(one.why for one in questions)


@pytest.mark.parametrize(("right", "count", "passed"), [(4, 5, True), (3, 5, False), (2, 2, True), (1, 2, False), (8, 10, True), (7, 9, False)])  # fmt: skip
def test_eighty_percent_is_enough(right: int, count: int, passed: bool) -> None:
    assert is_passed(right, count) is passed


def test_reading_trying_and_the_certificate(at: datetime) -> None:
    course, pupil = make_course(at), make_member(at)
    me = acting(pupil)
    with pytest.raises(Refusal, match="lessons_first"):
        try_quiz(course=course, choices=[1, 0], actor=me, at=at)
    with pytest.raises(Refusal, match="no_such_lesson"):
        read_lesson(course=course, lesson=3, actor=me, at=at)
    for lesson in (1, 2, 2):
        read_lesson(course=course, lesson=lesson, actor=me, at=at)
    [progress] = courses_for(actor=me)
    assert (progress.percent, progress.next_lesson, progress.certificate) == (100, 0, "")
    with pytest.raises(Refusal, match="answer_all"):
        try_quiz(course=course, choices=[1], actor=me, at=at)
    for _ in range(5):
        assert try_quiz(course=course, choices=[0, 0], actor=me, at=at).right_count == 1
    with pytest.raises(Refusal, match="quiz_tomorrow"):
        try_quiz(course=course, choices=[1, 0], actor=me, at=at)
    assert Certificate.objects.count() == 0
    tomorrow = at + timedelta(days=1)
    try_quiz(course=course, choices=[1, 0], actor=me, at=tomorrow)
    number = Certificate.objects.get().number
    try_quiz(course=course, choices=[1, 0], actor=me, at=tomorrow)
    assert Certificate.objects.get().number == number and Attempt.objects.count() == 7
    events.deliver_all()
    assert [(one.member_id, one.course) for one in PassedCourse.objects.all()] == [(pupil.pk, "mid")]
    assert passed_counts([pupil.pk, make_member(at).pk]) == {pupil.pk: 1}


def test_what_is_not_published_is_seen_by_the_operator_only(at: datetime) -> None:
    make_course(at, is_published=False)
    assert courses_for(actor=acting(make_member(at))) == [] and len(courses_for(actor=SYSTEM)) == 1


def test_right_answers_count_by_place() -> None:
    questions = outline_of(DOCUMENT).questions
    assert [right_answers(questions, choices) for choices in ([1, 0], [1, 1], [0, 1])] == [2, 1, 0]


def asking() -> dict[str, Any]:
    """wanwu, whose gold asks for a course too."""
    document = preset("wanwu") | {"id": "learning"}
    gold = next(one for one in document["tiers"] if one["code"] == "gold")
    gold["qualify"].append({"kind": "course_passed", "course": "mid"})
    return document


@pytest.mark.capability("B9")
def test_a_tier_that_asks_for_a_course_waits_for_it(at: datetime) -> None:
    live(asking(), at)
    course, owner, sku = make_course(at), make_owner(at), make_sku(at, price_fen=240_000, stock=10)
    received_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code))
    later = at + timedelta(days=8)
    complete_orders(at=later)
    assert decide_tiers(at=later) == 0, "sold enough, but has not learned"
    assert [step.courses for step in ladder(owner.pk, "ordinary", at=later)] == [{}, {"mid": False}, {}]
    me = acting(owner.member)
    for lesson in (1, 2):
        read_lesson(course=course, lesson=lesson, actor=me, at=later)
    try_quiz(course=course, choices=[1, 0], actor=me, at=later)
    events.deliver_all()
    assert decide_tiers(at=later) == 1
    apply_tier_changes(at=next_midnight(later))
    assert Owner.objects.get(pk=owner.pk).tier == "gold"
    assert [step.courses for step in ladder(owner.pk, "gold", at=later)] == [{}, {"mid": True}, {}]


@pytest.mark.parametrize(
    ("courses", "tier"), [((), "ordinary"), (("other",), "ordinary"), (("mid",), "gold")]
)
def test_the_tier_that_sales_and_courses_earn(courses: tuple[str, ...], tier: str) -> None:
    plan = Plan.model_validate_json(json.dumps(asking()))
    assert earned_tier(plan, sales={90: 240_000}, courses=courses) == tier
