"""Playbooks and their tasks, as the desk and the operator see them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.db.models.functions import Coalesce

from linli.community.models import Community, Playbook, PlaybookRun, PlaybookTask, Trigger
from linli.core import sql
from linli.core.clock import shop_day

MOST_SHOWN = 60
LATE_HOURS = 24
RUNS_SHOWN_DAYS = 14


def tasks_of(community: Community, *, at: datetime) -> dict[str, Any]:
    """What waits in a community, what was done in the last weeks, and the playbooks that can be begun by hand."""
    mine = PlaybookTask.objects.filter(community=community).select_related("playbook", "host")
    by_hand = Playbook.objects.filter(trigger=Trigger.by_hand).exclude(started_at=None)
    return {
        "tasks": list(mine.filter(done_at=None).order_by("due_at", "pk")[:MOST_SHOWN]),
        "done": list(mine.exclude(done_at=None).order_by("-done_at")[:MOST_SHOWN]),
        "by_hand": [one for one in by_hand if not one.types or community.type in one.types],
        "runs": runs_of(community, at=at),
        "today": shop_day(at),
        "late_before": at - timedelta(hours=LATE_HOURS),
    }


def runs_of(community: Community, *, at: datetime) -> list[PlaybookRun]:
    """What was begun by hand and can still bring something, or has brought it in the last weeks; the latest first."""
    today = shop_day(at)
    runs = PlaybookRun.objects.filter(community=community, stopped_at=None).select_related("playbook")
    runs = runs.annotate(last_day=Coalesce(Max("playbook__steps__day"), 0)).order_by("-begins_on", "-pk")
    return [run for run in runs if run.begins_on + timedelta(days=run.last_day + RUNS_SHOWN_DAYS) >= today]


def playbook_rows() -> list[dict[str, Any]]:
    """Every playbook with its steps and what became of its tasks: done within a day of being due, done later, open."""
    return sql.dicts(
        """select b.id, b.code, b.title, b.trigger, b.types, b.started_at,
                  (select count(*) from community_playbookstep s where s.playbook_id = b.id)::int as steps,
                  count(t.id) filter (where t.done_at <= t.due_at + make_interval(hours => %(late)s))::int as in_time,
                  count(t.id) filter (where t.done_at > t.due_at + make_interval(hours => %(late)s))::int as late,
                  count(t.id) filter (where t.id is not null and t.done_at is null)::int as open
             from community_playbook b left join community_playbooktask t on t.playbook_id = b.id group by b.id order by b.id""",
        {"late": LATE_HOURS},
    )
