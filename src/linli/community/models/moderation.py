"""How a community stays a good place: words that hold a post, reports, sanctions with reason and appeal."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.community.models.community import Membership
from linli.community.models.post import Comment, Post


class Word(models.Model):
    """A word that lets a post wait for a look of a person. Nothing is refused by a machine."""

    text = models.CharField(max_length=20, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["text"]


class Report(models.Model):
    """A member says that a post or comment is not right; one report each."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="reports")
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="reports")
    reporter = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "comment", "reporter"], nulls_distinct=False, name="community_report_once"
            )
        ]
        indexes = [
            models.Index(fields=["post"], condition=Q(decided_at=None), name="community_report_open"),
        ]


class SanctionKind(models.TextChoices):
    """Graded: a hint says what is expected; a pause stops writing for days; rest takes the voice until the member comes back;
    leave ends the membership."""

    hint = "hint"
    pause = "pause"
    rest = "rest"
    leave = "leave"


class Sanction(models.Model):
    """What a leader decided about a member, with its reason; the member may appeal once, and another person decides."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="sanctions")
    kind = models.CharField(max_length=8, choices=SanctionKind.choices)
    reason = models.CharField(max_length=200)
    days = models.SmallIntegerField(default=0)
    decided_by_id = models.BigIntegerField()
    decided_at = models.DateTimeField()
    appeal = models.CharField(max_length=300, default="")
    appealed_at = models.DateTimeField(null=True)
    is_lifted = models.BooleanField(default=False)
    answer = models.CharField(max_length=200, default="")
    answered_by_id = models.BigIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by_id=0) | ~Q(answered_by_id=models.F("decided_by_id")),
                name="community_appeal_by_another",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(appealed_at__isnull=False, answered_at=None),
                name="community_appeal_open",
            )
        ]
