"""What communities do by the clock."""

from datetime import datetime

from linli.community.operations import health, join, outer_group, outer_task, playbook, silence
from linli.core.jobs import every


@every("* * * * *")
def admit_queued(*, at: datetime) -> int:
    """Who waits in line comes in when there is a place."""
    return join.admit_queued(at=at)


@every("7 * * * *")
def step_down_the_silent(*, at: datetime) -> int:
    """The ladder of silence."""
    return silence.step_down_the_silent(at=at)


@every("11 * * * *")
def compute_health(*, at: datetime) -> int:
    """How all communities are."""
    return health.compute_health(at=at)


@every("23 * * * *")
def remind_of_tasks(*, at: datetime) -> int:
    """What leaders were asked to post, and is due within a day."""
    return outer_task.remind_of_tasks(at=at)


@every("41 * * * *")
def remind_of_pictures(*, at: datetime) -> int:
    """Pictures of join codes that hold for another day only."""
    return outer_group.remind_of_pictures(at=at)


@every("*/5 * * * *")
def bring_tasks(*, at: datetime) -> int:
    """The steps of playbooks that are due."""
    return playbook.bring_tasks(at=at)


@every("17 * * * *")
def remind_of_playbooks(*, at: datetime) -> int:
    """Tasks of playbooks that wait for a day."""
    return playbook.remind_of_playbooks(at=at)
