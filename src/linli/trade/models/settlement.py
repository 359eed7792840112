"""Settlement runs."""

from typing import ClassVar, Self

from django.db import models

from linli.core.actor import Actor


class SettlementRunQuerySet(models.QuerySet["SettlementRun"]):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all; merchants and owners see their part of it in their statements."""
        return self if actor.is_operator else self.none()


class SettlementRun(models.Model):
    """Orders that were completed together, and where their money went: one balanced transaction of the ledger."""

    made_at = models.DateTimeField()
    order_count = models.IntegerField()
    line_count = models.IntegerField(help_text="commission lines that matured")
    merchants_fen = models.BigIntegerField()
    owners_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    breakage_fen = models.BigIntegerField()

    objects: ClassVar[models.Manager] = SettlementRunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    @property
    def number(self) -> str:
        """How people call it, and the reference of its transaction."""
        return f"S{self.pk}"

    @property
    def platform_fen(self) -> int:
        """What the platform earned by it."""
        return self.fee_fen + self.breakage_fen
