"""Playbooks: written by line, brought when due, done by people."""

from datetime import UTC, date, datetime, timedelta

import pytest

from factories.community import acting, join, make_community, membership, neighbour
from factories.shop import make_member
from linli.channels.models import InboxMessage
from linli.community.models import Community, Playbook, PlaybookTask
from linli.community.operations.community import appoint, close_community, name_host
from linli.community.operations.join import leave
from linli.community.operations.playbook import (
    READY_CODES,
    PlaybookDraft,
    begin_playbook,
    bring_tasks,
    finish_task,
    ready_playbook,
    remind_of_playbooks,
    save_playbook,
    stop_run,
)
from linli.community.queries.playbook import playbook_rows, runs_of, tasks_of
from linli.community.rules.playbook import BadPlaybook, Step, steps_of
from linli.core.actor import SYSTEM
from linli.core.refusal import Refusal

pytestmark = [pytest.mark.capability("C6"), pytest.mark.usefixtures("holds")]
# A Wednesday, nine in the morning in Shanghai.
NINE = datetime(2026, 11, 25, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def write(trigger: str, document: str, at: datetime = NINE, **values: object) -> Playbook:
    draft = PlaybookDraft(
        **{
            "code": "pb",
            "title": "手册",
            "trigger": trigger,
            "document": document,
            "is_started": True,
            **values,
        }
    )  # type: ignore[arg-type]
    return save_playbook(draft=draft, actor=SYSTEM, at=at)


def come() -> list[tuple[int, int, date]]:
    return list(
        PlaybookTask.objects.order_by("due_at", "community_id").values_list(
            "community_id", "number", "begins_on"
        )
    )


def test_a_document_is_drawn_into_steps() -> None:
    document = "\n+3 9:30  开场\n+0 09:00 公告\n第一行\n\n第二行\n+0 08:59 早一点\n"
    assert steps_of(document, trigger="founding") == [
        Step(0, 539, "早一点"),
        Step(0, 540, "公告", "第一行\n\n第二行"),
        Step(3, 570, "开场"),
    ]


@pytest.mark.parametrize(
    ("document", "trigger", "line", "code"),
    [
        ("", "founding", 0, "playbook_begins"),
        ("先说\n+0 09:00 好", "founding", 1, "playbook_begins"),
        ("+0 09:00 好\n+x", "founding", 2, "playbook_step"),
        ("+0 24:00 好", "founding", 1, "playbook_step"),
        ("+0 09:60 好", "founding", 1, "playbook_step"),
        ("+0 09:00 ", "founding", 1, "playbook_step"),
        ("+0 09:00 " + "长" * 61, "founding", 1, "playbook_title"),
        ("+7 09:00 好", "weekly", 1, "playbook_day"),
        ("+366 09:00 好", "founding", 1, "playbook_day"),
        ("+0 09:00 好\n" + "长" * 601, "founding", 2, "playbook_words"),
        ("+0 09:00 好\n" * 61, "founding", 0, "playbook_long"),
        ("+0 09:00 好\n" + "x" * 20_000, "founding", 0, "playbook_long"),
    ],
)
def test_what_no_document_can_be_is_named_by_its_line(
    document: str, trigger: str, line: int, code: str
) -> None:
    with pytest.raises(BadPlaybook) as refused:
        steps_of(document, trigger=trigger)
    assert (refused.value.line, refused.value.code) == (line, code)


@pytest.mark.parametrize("code", READY_CODES)
def test_ready_made_ones_are_good(code: str, at: datetime) -> None:
    draft = ready_playbook(code)
    assert len(steps_of(draft.document, trigger=draft.trigger)) >= 3
    assert save_playbook(draft=draft, actor=SYSTEM, at=at).started_at is None


def test_the_first_days_of_a_community(db: None) -> None:
    leader = make_member(NINE, "群主")
    old = make_community(NINE - 10 * DAY, leader)
    write("founding", "+0 09:30 公告\n欢迎\n+1 20:00 第一帖")
    new = make_community(NINE + HOUR / 4, leader)
    assert bring_tasks(at=NINE + HOUR / 4) == 0
    assert bring_tasks(at=NINE + HOUR) == 1 and bring_tasks(at=NINE + HOUR) == 0
    assert come() == [(new.pk, 1, date(2026, 11, 25))]
    task = PlaybookTask.objects.get()
    assert (task.title, task.words, task.host_id) == ("公告", "欢迎", leader.pk)
    assert InboxMessage.objects.filter(code="playbook_task").get().member_id == leader.pk
    assert bring_tasks(at=NINE + DAY + 12 * HOUR) == 1
    assert {one.community_id for one in PlaybookTask.objects.all()} == {new.pk} != {old.pk}


def test_newcomers_of_a_day_are_one_task(db: None) -> None:
    leader = make_member(NINE, "群主")
    community = make_community(NINE - 30 * DAY, leader)
    write("newcomers", "+0 19:00 欢迎\n+3 19:00 问候", NINE - 10 * DAY)
    people = [neighbour(community, NINE) for _ in range(3)]
    leave(membership=membership(community, people[0]))
    assert bring_tasks(at=NINE + 9 * HOUR) == 0
    assert bring_tasks(at=NINE + 10 * HOUR) == 1
    assert PlaybookTask.objects.get().people == 2, "who has left is not greeted, the leader is no newcomer"
    join(community, make_member(NINE), NINE + 11 * HOUR)
    assert bring_tasks(at=NINE + 11 * HOUR) == 0, "the task of the day has come"
    assert bring_tasks(at=NINE + 3 * DAY + 10 * HOUR) == 1


def test_every_week_and_only_for_its_types(db: None) -> None:
    light, heavy = make_community(NINE - 30 * DAY), make_community(NINE - 30 * DAY, type="heavy")
    closed = make_community(NINE - 30 * DAY)
    close_community(community=closed, actor=SYSTEM, at=NINE)
    write("weekly", "+0 09:00 周一\n+2 09:00 周三", NINE - 20 * DAY, types=("light",))
    assert bring_tasks(at=NINE) == 2, "Monday was two days ago: the latest that still comes"
    assert come() == [(light.pk, 1, date(2026, 11, 23)), (light.pk, 2, date(2026, 11, 23))]
    assert bring_tasks(at=NINE + 4 * DAY) == 0
    assert bring_tasks(at=NINE + 5 * DAY) == 1
    assert {one.community_id for one in PlaybookTask.objects.all()} == {light.pk} != {heavy.pk}


def test_by_hand_from_a_day(db: None) -> None:
    community, heavy = make_community(NINE), make_community(NINE, type="heavy")
    book = write("by_hand", "+0 09:00 预告\n+1 09:00 开场", types=("light",))
    weekly = write("weekly", "+0 09:00 好", code="w")
    today = date(2026, 11, 25)
    for playbook, where, day, code in (
        (weekly, community, today, "playbook_by_hand"),
        (book, heavy, today, "playbook_by_hand"),
        (book, community, today - DAY, "playbook_day"),
        (book, community, today + 91 * DAY, "playbook_day"),
    ):
        with pytest.raises(Refusal, match=code):
            begin_playbook(playbook=playbook, community=where, begins_on=day, actor=SYSTEM, at=NINE)
    run = begin_playbook(playbook=book, community=community, begins_on=today, actor=SYSTEM, at=NINE)
    with pytest.raises(Refusal, match="playbook_begun"):
        begin_playbook(playbook=book, community=community, begins_on=today, actor=SYSTEM, at=NINE)
    bring_tasks(at=NINE + DAY)
    first, _ = PlaybookTask.objects.filter(playbook=book).order_by("number")
    finish_task(task=first, note="", actor=SYSTEM, at=NINE + DAY)
    for _ in range(2):
        stop_run(run=run, actor=SYSTEM, at=NINE + DAY)
    bring_tasks(at=NINE + DAY)
    assert [one.pk for one in PlaybookTask.objects.filter(playbook=book)] == [first.pk], "what was done stays"
    tomorrow = today + timedelta(days=1)
    begin_playbook(playbook=book, community=community, begins_on=tomorrow, actor=SYSTEM, at=NINE + DAY)
    bring_tasks(at=NINE + DAY)
    assert PlaybookTask.objects.filter(playbook=book).count() == 2, "it can be begun anew"


def test_every_begun_one_that_still_brings_something_is_shown(db: None) -> None:
    community, today = make_community(NINE), date(2026, 11, 25)
    short = write("by_hand", "+0 09:00 好")
    long = write("by_hand", "+0 09:00 好\n+100 09:00 还有", code="long")
    for book, days in ((short, range(12)), (long, range(1))):
        for n in days:
            begin_playbook(
                playbook=book, community=community, begins_on=today + n * DAY, actor=SYSTEM, at=NINE
            )  # type: ignore[arg-type]
    assert len(runs_of(community, at=NINE)) == 13
    assert [run.playbook.code for run in runs_of(community, at=NINE + 70 * DAY)] == ["long"]


def test_a_stopped_playbook_brings_nothing_and_a_late_start_no_past(db: None) -> None:
    make_community(NINE - HOUR)
    write("founding", "+0 08:30 早\n+0 09:30 晚", is_started=False)
    assert bring_tasks(at=NINE + HOUR) == 0
    write("founding", "+0 08:30 早\n+0 09:30 晚")
    assert bring_tasks(at=NINE + HOUR) == 1
    assert PlaybookTask.objects.get().title == "晚"


def test_the_host_is_asked_and_reminded_once_and_somebody_does_it(db: None) -> None:
    leader, community = make_member(NINE, "群主"), None
    community = make_community(NINE, leader)
    helper, member = neighbour(community, NINE, "帮手"), neighbour(community, NINE)
    with pytest.raises(Refusal, match="not_leading"):
        name_host(community=community, membership=membership(community, member), actor=SYSTEM, at=NINE)
    appoint(community=community, member_id=helper.pk, role="operator", actor=SYSTEM, at=NINE)
    name_host(community=community, membership=membership(community, helper), actor=SYSTEM, at=NINE)
    newcomer = neighbour(community, NINE)
    welcome = InboxMessage.objects.get(member_id=newcomer.pk, code="community_hosted")
    assert welcome.values == {"name": community.name, "host": "帮手"}
    write("founding", "+0 09:30 公告")
    bring_tasks(at=NINE + HOUR)
    task = PlaybookTask.objects.get()
    assert task.host_id == helper.pk
    assert remind_of_playbooks(at=NINE + DAY) == 0
    assert remind_of_playbooks(at=NINE + DAY + HOUR) == 1 and remind_of_playbooks(at=NINE + 2 * DAY) == 0
    told = (
        InboxMessage.objects.filter(code__startswith="playbook")
        .order_by("pk")
        .values_list("member_id", "code")
    )
    assert list(told) == [(helper.pk, "playbook_task"), (helper.pk, "playbook_waits")]
    assert list(PlaybookTask.objects.visible_to(acting(member))) == []
    assert (
        [*PlaybookTask.objects.visible_to(acting(leader))]
        == [task]
        == [*PlaybookTask.objects.visible_to(acting(helper))]
    )
    finish_task(task=task, note=" 三位  回了 ", actor=acting(leader), at=NINE + 2 * DAY)
    with pytest.raises(Refusal, match="already_decided"):
        finish_task(task=task, note="", actor=acting(helper), at=NINE + 2 * DAY)
    task.refresh_from_db()
    assert (task.note, task.done_by_id) == ("三位 回了", leader.pk)
    shown = tasks_of(Community.objects.get(), at=NINE + 2 * DAY)
    assert (shown["tasks"], shown["done"]) == ([], [task])
    assert [(row["in_time"], row["late"], row["open"]) for row in playbook_rows()] == [(0, 1, 0)]
