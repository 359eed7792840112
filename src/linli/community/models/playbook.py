"""Playbooks: what a community's people do, day by day, as tasks that come when they are due."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.community.models.community import Community
from linli.core.actor import Actor


class Trigger(models.TextChoices):
    """founding: a community's first days. newcomers: the days of those who came in together. weekly: every week from Monday.
    by_hand: from a day that somebody names."""

    founding = "founding"
    newcomers = "newcomers"
    weekly = "weekly"
    by_hand = "by_hand"


class Playbook(models.Model):
    """A playbook, written as one document (rules/playbook.py). types: communities of these; empty: all. It begins no earlier than
    started_at, and brings nothing while it is not started."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=60)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    types = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    document = models.TextField()
    started_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]


class PlaybookStep(models.Model):
    """A step as drawn from the document: days after the beginning (0: the same day), the minute of the day, what to do, and words to
    copy."""

    playbook = models.ForeignKey(Playbook, models.CASCADE, related_name="steps")
    number = models.SmallIntegerField()
    day = models.SmallIntegerField()
    minute = models.SmallIntegerField()
    title = models.CharField(max_length=60)
    words = models.CharField(max_length=600, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints = [models.UniqueConstraint(fields=["playbook", "number"], name="community_step_once")]


class PlaybookRun(models.Model):
    """A playbook that somebody began by hand in a community, until somebody stops it."""

    playbook = models.ForeignKey(Playbook, models.CASCADE, related_name="runs")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    begins_on = models.DateField()
    begun_by_id = models.BigIntegerField()
    begun_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["playbook", "community", "begins_on"],
                condition=models.Q(stopped_at=None),
                name="community_run_once",
            )
        ]


class PlaybookTaskQuerySet(models.QuerySet["PlaybookTask"]):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; leaders and second-level operators those of their communities."""
        if actor.is_operator:
            return self
        return self.filter(community__in=Community.objects.led_by(actor))


class PlaybookTask(models.Model):
    """A step that has come, for one beginning (begins_on) in one community. title and words are of the moment it came; people: how
    many newcomers it is about. host: who was asked."""

    playbook = models.ForeignKey(Playbook, models.PROTECT, related_name="tasks")
    community = models.ForeignKey(Community, models.PROTECT, related_name="tasks")
    begins_on = models.DateField()
    number = models.SmallIntegerField()
    title = models.CharField(max_length=60)
    words = models.CharField(max_length=600, default="")
    people = models.IntegerField(default=0)
    host = models.ForeignKey("members.Member", models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by_id = models.BigIntegerField(default=0)
    note = models.CharField(max_length=200, default="")

    objects: ClassVar[models.Manager] = PlaybookTaskQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "playbook", "begins_on", "number"], name="community_task_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at=None, reminded_at=None),
                name="community_task_open",
            )
        ]
