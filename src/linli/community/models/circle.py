"""Smaller rounds within a community, and those whom it can ask."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.community.models.community import Community


class Circle(models.Model):
    """Members of a community around one thing. Whoever reads the community reads it; who has joined it writes in it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="circles")
    name = models.CharField(max_length=12)
    intro = models.CharField(max_length=60, default="", blank=True)
    opened_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                condition=models.Q(closed_at=None),
                name="community_circle_name",
            )
        ]


class CircleMember(models.Model):
    """A member who has joined a circle."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="members")
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circle", "member"], name="community_circle_once")]


class Expert(models.Model):
    """A member of whom the community may ask a subject. weekdays (1: Monday) and minutes of the day say when they look in; an empty
    list of weekdays says every day."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="experts")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    subject = models.CharField(max_length=20)
    weekdays = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    from_minute = models.SmallIntegerField()
    to_minute = models.SmallIntegerField()
    named_by_id = models.BigIntegerField()
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "member"],
                condition=models.Q(ended_at=None),
                name="community_expert_once",
            )
        ]
