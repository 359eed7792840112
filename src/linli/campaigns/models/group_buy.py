"""Groups of a group buy, and seats: each is a real person's order, by schema."""

from typing import ClassVar

from django.db import models

from linli.campaigns.models.campaign import Campaign


class GroupState(models.TextChoices):
    """open → full (all seats paid, or completed by the merchant) | failed (its time ran out)."""

    open = "open"
    full = "full"
    failed = "failed"


class Group(models.Model):
    """People who buy together. taken_count counts held and paid seats; completed_by: the merchant's staff who filled it up."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="groups")
    initiator = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    seats = models.IntegerField()
    price_fen = models.BigIntegerField()
    taken_count = models.IntegerField(default=0)
    paid_count = models.IntegerField(default=0)
    state = models.CharField(max_length=8, choices=GroupState.choices, default=GroupState.open)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    completed_by_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            # A completed group keeps fewer; no group ever has more.
            models.CheckConstraint(
                condition=models.Q(
                    paid_count__gte=0,
                    taken_count__gte=models.F("paid_count"),
                    taken_count__lte=models.F("seats"),
                ),
                name="campaigns_group_never_over",
            )
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(state="open"), name="campaigns_group_open"
            ),
            models.Index(fields=["campaign", "-id"], name="campaigns_group_campaign"),
        ]


class SeatState(models.TextChoices):
    """held (order unpaid) → paid (waits for its group) → won | lost; held → freed (order closed); freed → late (the money of a
    group buy came after all) → paid | lost."""

    held = "held"
    paid = "paid"
    won = "won"
    lost = "lost"
    freed = "freed"
    late = "late"


class Seat(models.Model):
    """A member's units of a campaign, held with their order; of a group buy their seat in a group.

    late: a seat that was paid too late; its member chooses until choose_until what becomes of the money."""

    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="seat_rows")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    order_no = models.CharField(max_length=32, unique=True)
    quantity = models.IntegerField()
    price_fen = models.BigIntegerField()
    state = models.CharField(max_length=5, choices=SeatState.choices, default=SeatState.held)
    taken_at = models.DateTimeField()
    choose_until = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="campaigns_seat_quantity"),
            models.UniqueConstraint(
                fields=["group", "member"],
                condition=models.Q(state__in=["held", "paid", "won", "lost"]),
                name="campaigns_seat_once",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "campaign"], name="campaigns_seat_member"),
            models.Index(
                fields=["choose_until"], condition=models.Q(state="late"), name="campaigns_seat_late"
            ),
        ]
