"""Bargains: a schedule of cuts that is fixed and sealed when the bargain begins, and friends who take the next one each."""

from typing import ClassVar

from django.db import models

from linli.campaigns.models.campaign import Campaign


class Bargain(models.Model):
    """A member's bargain. cuts sum exactly to list_fen - floor_fen; seal is the SHA-256 of seed and cuts, shown from the start;
    the seed is shown when it is over, so that anybody can reckon it again. order_no: bought at the price of that moment."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="bargains")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    list_fen = models.BigIntegerField()
    floor_fen = models.BigIntegerField()
    cuts = models.JSONField()
    seed = models.CharField(max_length=32)
    seal = models.CharField(max_length=64)
    helped_count = models.IntegerField(default=0)
    cut_fen = models.BigIntegerField(default=0)
    order_no = models.CharField(max_length=32, default="")
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "member"], name="campaigns_bargain_once"),
            models.CheckConstraint(
                condition=models.Q(cut_fen__gte=0, cut_fen__lte=models.F("list_fen") - models.F("floor_fen")),
                name="campaigns_bargain_floor",
            ),
        ]
        indexes = [
            models.Index(
                fields=["order_no"], condition=~models.Q(order_no=""), name="campaigns_bargain_order"
            )
        ]


class BargainHelp(models.Model):
    """A friend took the next cut of a bargain."""

    bargain = models.ForeignKey(Bargain, models.CASCADE, related_name="helps")
    helper = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    position = models.IntegerField()
    cut_fen = models.BigIntegerField()
    helped_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["bargain", "helper"], name="campaigns_bargain_help_once"),
            models.UniqueConstraint(fields=["bargain", "position"], name="campaigns_bargain_help_next"),
        ]
