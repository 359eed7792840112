"""Playbooks and their tasks, as the desk and the operator see them."""

from datetime import datetime, timedelta
from typing import Any

from linli.community.models import Community, Playbook, PlaybookRun, PlaybookTask, Trigger
from linli.core import sql
from linli.core.clock import shop_day

MOST_SHOWN = 60
LATE_HOURS = 24
RUNS_SHOWN_DAYS = 60


def tasks_of(community: Community, *, at: datetime) -> dict[str, Any]:
    """What waits in a community, what was done in the last weeks, and the playbooks that can be begun by hand."""
    mine = PlaybookTask.objects.filter(community=community).select_related("playbook", "host")
    by_hand = Playbook.objects.filter(trigger=Trigger.by_hand).exclude(started_at=None)
    return {
        "tasks": list(mine.filter(done_at=None).order_by("due_at", "pk")[:MOST_SHOWN]),
        "done": list(mine.exclude(done_at=None).order_by("-done_at")[:MOST_SHOWN]),
        "by_hand": [one for one in by_hand if not one.types or community.type in one.types],
        "runs": list(
            PlaybookRun.objects.filter(
                community=community,
                begins_on__gte=shop_day(at) - timedelta(days=RUNS_SHOWN_DAYS),
                stopped_at=None,
            )
            .select_related("playbook")
            .order_by("-begins_on", "-pk")[:10]
        ),
        "today": shop_day(at),
        "late_before": at - timedelta(hours=LATE_HOURS),
    }


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
