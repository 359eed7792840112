"""Playbooks are written and started; their steps come as tasks when they are due, and people say what they did."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from linli.channels.operations import Told, tell_members
from linli.community.models import (
    Community,
    CommunityType,
    Playbook,
    PlaybookRun,
    PlaybookStep,
    PlaybookTask,
    Trigger,
)
from linli.community.rules.playbook import BadPlaybook, steps_of
from linli.core import sql
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.clock import shop_day
from linli.core.refusal import Refusal
from linli.core.typed import is_named

READY = Path(__file__).resolve().parent.parent / "playbooks"
READY_CODES = ("founding-week", "newcomer-care", "weekly-rhythm", "festival")
# A step that was due longer ago than this does not come any more: a playbook that begins today does not bring last month's tasks.
LATEST_DAYS = 2
REMIND_HOURS, MOST_REMINDED = 24, 500
MOST_AHEAD_DAYS = 90


@dataclass(frozen=True)
class PlaybookDraft:
    """A playbook as somebody would have it."""

    code: str
    title: str
    trigger: str
    document: str
    types: tuple[str, ...] = ()
    is_started: bool = False


def ready_playbook(code: str, *, is_started: bool = False) -> PlaybookDraft:
    """A playbook that comes with the platform. Raises KeyError."""
    if code not in READY_CODES:
        raise KeyError(code)
    title, trigger, document = (READY / f"{code}.txt").read_text(encoding="utf-8").split("\n", 2)
    return PlaybookDraft(code, title, trigger, document, is_started=is_started)


def save_playbook(*, draft: PlaybookDraft, actor: Actor, at: datetime) -> Playbook:
    """Write a playbook, or write it anew: tasks that have come stay as they are. Raises BadPlaybook."""
    if not is_named(draft.title, 60):
        raise BadPlaybook(0, "course_title")
    if not draft.code.replace("-", "").isalnum() or not draft.code.isascii() or len(draft.code) > 40:
        raise BadPlaybook(0, "course_code")
    if draft.trigger not in Trigger.values or not set(draft.types) <= set(CommunityType.values):
        raise BadPlaybook(0, "unreadable")
    steps = steps_of(draft.document, trigger=draft.trigger)
    with transaction.atomic():
        known = Playbook.objects.select_for_update().filter(code=draft.code).first()
        since = (known.started_at if known else None) or at
        playbook, _ = Playbook.objects.update_or_create(
            code=draft.code,
            defaults={
                "title": draft.title, "trigger": draft.trigger, "types": sorted(set(draft.types)), "document": draft.document,
                "started_at": since if draft.is_started else None, "changed_at": at,
            },
        )  # fmt: skip
        playbook.steps.all().delete()
        PlaybookStep.objects.bulk_create(
            PlaybookStep(
                playbook=playbook, number=n, day=one.day, minute=one.minute, title=one.title, words=one.words
            )
            for n, one in enumerate(steps, 1)
        )
        record(actor=actor, action="playbook_saved", subject=f"playbook:{playbook.code}", at=at)
    return playbook


def begin_playbook(
    *, playbook: Playbook, community: Community, begins_on: date, actor: Actor, at: datetime
) -> PlaybookRun:
    """Begin one by hand, today or on a day to come. Raises Refusal: playbook_by_hand, playbook_begun, playbook_day."""
    if playbook.trigger != Trigger.by_hand or playbook.started_at is None:
        raise Refusal("playbook_by_hand")
    if playbook.types and community.type not in playbook.types:
        raise Refusal("playbook_by_hand")
    if not shop_day(at) <= begins_on <= shop_day(at) + timedelta(days=MOST_AHEAD_DAYS):
        raise Refusal("playbook_day")
    try:
        with transaction.atomic():
            run = PlaybookRun.objects.create(
                playbook=playbook,
                community=community,
                begins_on=begins_on,
                begun_by_id=actor.member_id,
                begun_at=at,
            )
            record(
                actor=actor,
                action="playbook_begun",
                subject=f"community:{community.pk}",
                at=at,
                playbook=playbook.code,
            )
    except IntegrityError:
        raise Refusal("playbook_begun") from None
    return run


def stop_run(*, run: PlaybookRun, actor: Actor, at: datetime) -> None:
    """It brings nothing more in its community, and what waits there goes; what was done stays. A second time changes nothing."""
    with transaction.atomic():
        if not PlaybookRun.objects.filter(pk=run.pk, stopped_at=None).update(stopped_at=at):
            return
        PlaybookTask.objects.filter(
            playbook_id=run.playbook_id, community_id=run.community_id, begins_on=run.begins_on, done_at=None
        ).delete()
        record(
            actor=actor,
            action="playbook_stopped",
            subject=f"community:{run.community_id}",
            at=at,
            playbook=run.playbook.code,
        )


# The days on which each playbook began in each community, as far as they can still bring something.
_BEGUN = """
     begun as (
       select b.id as playbook_id, c.id as community_id, (c.created_at at time zone 'Asia/Shanghai')::date as begins_on, 0 as people
         from community_playbook b cross join community_community c where b.trigger = 'founding'
       union all
       select b.id, m.community_id, m.joined_on, count(*)::int from community_playbook b cross join community_membership m
        where b.trigger = 'newcomers' and m.state = 'active' and m.role = 'member'
          and m.joined_on >= %(today)s::date - %(longest)s::int group by 1, 2, 3
       union all
       select b.id, c.id, date_trunc('week', %(today)s::date)::date, 0 from community_playbook b cross join community_community c
        where b.trigger = 'weekly'
       union all
       select r.playbook_id, r.community_id, r.begins_on, 0 from community_playbookrun r where r.stopped_at is null)
"""

_COME = f"""
with {_BEGUN.strip()},
     due as (
       select g.*, s.number, s.title, s.words,
              (g.begins_on + s.day + make_interval(mins => s.minute)) at time zone 'Asia/Shanghai' as due_at
         from begun g join community_playbook b on b.id = g.playbook_id and b.started_at is not null
         join community_playbookstep s on s.playbook_id = b.id
         join community_community c on c.id = g.community_id and c.closed_at is null
          and (b.types = '{{}}' or c.type = any(b.types))
        where (g.begins_on + s.day + make_interval(mins => s.minute)) at time zone 'Asia/Shanghai'
              between greatest(%(at)s::timestamptz - make_interval(days => %(latest)s), b.started_at) and %(at)s),
     come as (
       insert into community_playbooktask (playbook_id, community_id, begins_on, number, title, words, people, host_id, due_at,
                                           done_by_id, note)
       select d.playbook_id, d.community_id, d.begins_on, d.number, d.title, d.words, d.people,
              coalesce(c.host_id, (select m.member_id from community_membership m
                                    where m.community_id = c.id and m.role = 'leader' and m.state = 'active' order by m.id limit 1)),
              d.due_at, 0, ''
         from due d join community_community c on c.id = d.community_id order by d.due_at, d.community_id
       on conflict do nothing returning *)
select t.id, t.community_id, t.host_id, t.title, c.name from come t join community_community c on c.id = t.community_id
"""


def bring_tasks(*, at: datetime) -> int:
    """The steps that are due become tasks, and their hosts hear of them. Returns how many."""
    longest = sql.rows("select coalesce(max(day), 0)::int as day from community_playbookstep")[0].day
    with transaction.atomic():
        # Whoever stops one now waits, and then finds what has come.
        sql.rows("select id from community_playbookrun where stopped_at is null order by id for share")
        come = sql.rows(
            _COME, {"at": at, "today": shop_day(at), "longest": longest + LATEST_DAYS, "latest": LATEST_DAYS}
        )
        tell_members([_told(row, "playbook_task", at) for row in come if row.host_id], at=at)
    return len(come)


def remind_of_playbooks(*, at: datetime) -> int:
    """Tasks that nobody has done for a day: their hosts hear once more. Returns how many."""
    with transaction.atomic():
        rows = sql.rows(
            """update community_playbooktask t set reminded_at = %(at)s from community_community c
                where c.id = t.community_id and t.id in (
                      select id from community_playbooktask where done_at is null and reminded_at is null and due_at <= %(before)s
                       order by due_at limit %(most)s for no key update skip locked)
               returning t.id, t.community_id, t.host_id, t.title, c.name""",
            {"at": at, "before": at - timedelta(hours=REMIND_HOURS), "most": MOST_REMINDED},
        )
        tell_members([_told(row, "playbook_waits", at) for row in rows if row.host_id], at=at)
    return len(rows)


def _told(row: Any, code: str, at: datetime) -> Told:
    """One message a day about one community, however many tasks come."""
    values = {"name": row.name, "title": row.title}
    return Told(
        row.host_id,
        code,
        f"{row.community_id}:{shop_day(at)}",
        f"/c/{row.community_id}/desk?tab=tasks",
        values,
    )


def finish_task(*, task: PlaybookTask, note: str, actor: Actor, at: datetime) -> None:
    """Somebody who leads there has done it, and may say how it went. Raises Refusal: already_decided."""
    changed = PlaybookTask.objects.filter(pk=task.pk, done_at=None).update(
        done_at=at, done_by_id=actor.member_id, note=" ".join(note.split())[:200]
    )
    if not changed:
        raise Refusal("already_decided")
