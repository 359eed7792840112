"""Facts that do not change any more, or not before the next hour: written once, so that no page adds up the whole past."""

from typing import ClassVar

from django.db import models


class Day(models.Model):
    """A day of the shop that is over: what was paid, and who came."""

    day = models.DateField(primary_key=True)
    orders = models.BigIntegerField()
    gmv_fen = models.BigIntegerField()
    buyers = models.BigIntegerField()
    new_members = models.BigIntegerField()
    new_owners = models.BigIntegerField()


class BestOwner(models.Model):
    """Who sold most in the last so many days, as it was when it was counted."""

    days = models.IntegerField()
    position = models.IntegerField()
    owner = models.ForeignKey("distribution.Owner", models.CASCADE, related_name="+")
    orders = models.BigIntegerField()
    fen = models.BigIntegerField()
    sales_fen = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["days", "position"]
        constraints = [models.UniqueConstraint(fields=["days", "position"], name="insight_bestowner_once")]
