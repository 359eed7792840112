"""Points: one is worth one fen. Granted with a reason and an end, spent oldest first, owed by the ledger until then."""

from typing import ClassVar

from django.db import models


class PointGrant(models.Model):
    """Points of a member: for what (kind and reference, once), how many, and how many are left until expires_at."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    reference = models.CharField(max_length=40)
    count = models.BigIntegerField()
    left_count = models.BigIntegerField()
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["member", "kind", "reference"], name="campaigns_points_once"),
            models.CheckConstraint(
                condition=models.Q(left_count__gte=0, left_count__lte=models.F("count")),
                name="campaigns_points_left",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(left_count__gt=0), name="campaigns_points_expiring"
            )
        ]


class PointSpending(models.Model):
    """Points of a grant that a checkout took: held until it is paid, then spent. back_count of them are with the member again:
    all of them when it closed unpaid (freed), else those that had paid for what was refunded (back once none is left)."""

    grant = models.ForeignKey(PointGrant, models.PROTECT, related_name="spendings")
    checkout_no = models.CharField(max_length=32)
    count = models.BigIntegerField()
    state = models.CharField(max_length=8, default="held")
    spent_at = models.DateTimeField()
    back_count = models.BigIntegerField(default=0)
    back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(back_count__gte=0, back_count__lte=models.F("count")),
                name="campaigns_points_back",
            )
        ]
        indexes = [models.Index(fields=["checkout_no"], name="campaigns_points_checkout")]
