"""What a member thinks of buying."""

from typing import ClassVar

from django.db import models


class CartLine(models.Model):
    """A sku in a member's cart."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")
    sku = models.ForeignKey("catalog.Sku", models.CASCADE, related_name="+")
    quantity = models.IntegerField()
    is_chosen = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-added_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["member", "sku"], name="trade_cart_once"),
            models.CheckConstraint(condition=models.Q(quantity__range=(1, 999)), name="trade_cart_quantity"),
        ]
