"""Orders that were over, or under way, in the shop from which a site moved."""

from typing import ClassVar, Self

from django.db import models

from linli.core.actor import Actor
from linli.trade.models.order import OrderState


class PastOrderQuerySet(models.QuerySet["PastOrder"]):
    def visible_to(self, actor: Actor) -> Self:
        """A member sees their own, a merchant's staff those of their merchant, the operator all."""
        if actor.is_operator:
            return self
        return self.filter(
            models.Q(member_id=actor.member_id or -1) | models.Q(merchant_id__in=actor.merchant_ids)
        )


class PastOrder(models.Model):
    """What was bought elsewhere, as it stood there: it can be read and found, and nothing can be done with it here. None of its money
    is in the ledger, none of its goods in stock, nobody is paid for it. lines: [{title, variant, quantity, total_fen, refunded_fen}];
    seller_id: the owner who had sold it (0: nobody)."""

    number = models.CharField(max_length=64)
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    seller_id = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, choices=OrderState.choices)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    freight_fen = models.BigIntegerField()
    total_fen = models.BigIntegerField()
    lines = models.JSONField()

    objects: ClassVar[models.Manager] = PastOrderQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-placed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="trade_past_order_once"),
        ]
        indexes = [models.Index(fields=["member", "-placed_at"], name="trade_past_order_member")]
