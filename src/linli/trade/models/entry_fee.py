"""Fees to come into a community."""

from typing import ClassVar

from django.db import models


class FeeState(models.TextChoices):
    """open → paid → earned | returned; open → closed. Money that comes late for a closed one goes back."""

    open = "open"
    paid = "paid"
    earned = "earned"
    returned = "returned"
    closed = "closed"


class EntryFee(models.Model):
    """What a member pays to come into a community. It is given back to whoever does not come in, or goes within the days of
    rules.entry_fee.RETURN_DAYS; entered_at: when they were inside. is_final: a second time within these days gives nothing back."""

    fee_no = models.CharField(max_length=32, unique=True)
    community = models.ForeignKey("community.Community", models.PROTECT, related_name="+")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=FeeState.choices, default=FeeState.open)
    charge = models.ForeignKey("payments.Charge", models.PROTECT, null=True, related_name="+")
    is_final = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="trade_fee_positive"),
            models.UniqueConstraint(
                fields=["community", "member"],
                condition=models.Q(state__in=["open", "paid"]),
                name="trade_fee_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(state__in=["open", "paid"]), name="trade_fee_open"
            )
        ]
