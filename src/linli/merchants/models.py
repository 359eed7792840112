"""Tables of merchants: who sells, who works for them, what the platform's service costs them."""

from typing import ClassVar, Self

from django.db import models

from linli.core.actor import Actor


class MerchantQuerySet(models.QuerySet["Merchant"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see their own merchant in the console; the operator sees all."""
        return self if actor.is_operator else self.filter(pk__in=actor.merchant_ids)


class Merchant(models.Model):
    """A supplier of goods. Freight is a flat fee per order in fen, free from a goods amount on (0: always free)."""

    name = models.CharField(max_length=60)
    intro = models.CharField(max_length=200, default="", blank=True)
    freight_fen = models.BigIntegerField(default=0)
    free_freight_from_fen = models.BigIntegerField(default=0)
    ships_within_hours = models.IntegerField(default=48)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager] = MerchantQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Staff(models.Model):
    """A member who works in a merchant's console."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="staff")
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "member"], name="merchants_staff_once")]


class ServiceFeeRate(models.Model):
    """A merchant's own service fee from a moment on, instead of the platform's (core.settings.SERVICE_FEE_BP)."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="service_fee_rates")
    rate_bp = models.IntegerField()
    active_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "active_from"], name="merchants_fee_once"),
            models.CheckConstraint(condition=models.Q(rate_bp__range=(0, 3000)), name="merchants_fee_range"),
        ]
