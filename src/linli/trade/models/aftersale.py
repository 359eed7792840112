"""Wishes to have money back."""

from typing import ClassVar, Self

from django.db import models

from linli.core.actor import Actor
from linli.trade.models.order import Order, OrderLine


class AftersaleState(models.TextChoices):
    """asked → accepted (the money is on its way) → refunded (it has arrived); a return goes asked → agreed (the member sends the
    goods) → sent_back → accepted. A wish whose goods had cost nothing is refunded at once."""

    asked = "asked"
    agreed = "agreed"
    sent_back = "sent_back"
    accepted = "accepted"
    refunded = "refunded"
    refused = "refused"
    withdrawn = "withdrawn"


OPEN_AFTERSALE = (AftersaleState.asked, AftersaleState.agreed, AftersaleState.sent_back)


class AftersaleQuerySet(models.QuerySet["Aftersale"]):
    def visible_to(self, actor: Actor) -> Self:
        """Seen by who sees its order."""
        if actor.is_operator:
            return self
        return self.filter(
            models.Q(order__member_id=actor.member_id or -1)
            | models.Q(order__merchant_id__in=actor.merchant_ids)
        )


class Aftersale(models.Model):
    """A member's wish to have money back for parts of an order; decided by the merchant, or by the deadline.

    decide_by is the deadline of whoever is next: the merchant when asked or sent_back, the member when agreed.
    """

    aftersale_no = models.CharField(max_length=32, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="aftersales")
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=AftersaleState.choices, default=AftersaleState.asked)
    amount_fen = models.BigIntegerField()
    freight_fen = models.BigIntegerField(default=0)
    decision_reason = models.CharField(max_length=200, default="")
    decided_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    decide_by = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    return_carrier = models.CharField(max_length=40, default="")
    return_tracking_no = models.CharField(max_length=40, default="")
    sent_back_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = AftersaleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = [
            models.Index(
                fields=["decide_by"],
                condition=models.Q(state__in=["asked", "agreed", "sent_back"]),
                name="trade_aftersale_open",
            )
        ]


class AftersaleLine(models.Model):
    """The part of an order line that an aftersale is about."""

    aftersale = models.ForeignKey(Aftersale, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    quantity = models.IntegerField(default=0)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["aftersale", "order_line"], name="trade_aftersale_line_once")
        ]
