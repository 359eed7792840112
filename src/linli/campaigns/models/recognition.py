"""Honours that owners have taken."""

from typing import ClassVar

from django.db import models


class Recognition(models.Model):
    """A milestone that an owner has reached and taken, as a badge that the shop shows or as points; once."""

    owner = models.ForeignKey("distribution.Owner", models.CASCADE, related_name="+")
    milestone = models.CharField(max_length=20)
    taken_as = models.CharField(max_length=8)
    taken_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "milestone"], name="campaigns_recognition_once")
        ]
