"""A campaign: a sku at another price, in a limited number, for a limited time."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models

from linli.campaigns.rules.campaign import state_at
from linli.core.actor import Actor


class CampaignKind(models.TextChoices):
    group_buy = "group_buy"
    flash_sale = "flash_sale"
    bargain = "bargain"
    preview = "preview"


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody sees what was not stopped before it began; a merchant's staff and the operator see all of theirs."""
        if actor.is_operator:
            return self
        return self.filter(
            models.Q(stopped_at=None)
            | models.Q(stopped_at__gt=models.F("starts_at"))
            | models.Q(merchant_id__in=actor.merchant_ids)
        )

    def managed_by(self, actor: Actor) -> Self:
        """What an actor may change: their merchant's campaigns; the operator all."""
        return self if actor.is_operator else self.filter(merchant_id__in=actor.merchant_ids)

    def running(self, at: datetime) -> Self:
        """Begun, not over, not stopped."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, stopped_at=None)

    def coming(self, at: datetime) -> Self:
        """Announced and not begun."""
        return self.filter(starts_at__gt=at, stopped_at=None)


class Campaign(models.Model):
    """One sku at price_fen, stock_count units of it (available + held by unpaid and waiting orders + sold).

    stacks_with names the price lanes that may follow the campaign's price (campaigns.rules.price). per_member: units of one
    member, 0 is no limit. rate_bp: the commission rate while it runs, frozen on each order; null: the offer's.
    Of group buys: steps are [[seats, price_fen], ...], the first one being (seats, price_fen); hours is how long a group has;
    leader_cut_fen is what the initiator pays less. Of bargains: price_fen is the floor, seats the number of helpers.
    budget_fen: what all units may take off the list price together, 0 for no limit. Of previews: the sku cannot be bought at all before starts_at. community: only its members buy by it.
    """

    kind = models.CharField(max_length=12, choices=CampaignKind.choices)
    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, related_name="+")
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+")
    price_fen = models.BigIntegerField()
    rate_bp = models.IntegerField(null=True)
    stock_count = models.BigIntegerField()
    available_count = models.BigIntegerField()
    held_count = models.BigIntegerField(default=0)
    sold_count = models.BigIntegerField(default=0)
    per_member = models.IntegerField(default=0)
    stacks_with = models.JSONField(default=list)
    seats = models.IntegerField(default=0)
    hours = models.IntegerField(default=0)
    steps = models.JSONField(default=list)
    leader_cut_fen = models.BigIntegerField(default=0)
    budget_fen = models.BigIntegerField(default=0)
    newcomers_only = models.BooleanField(default=False)
    community = models.ForeignKey("community.Community", models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    created_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager] = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(available_count__gte=0, held_count__gte=0, sold_count__gte=0),
                name="campaigns_campaign_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    stock_count=models.F("available_count") + models.F("held_count") + models.F("sold_count")
                ),
                name="campaigns_campaign_conserved",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="campaigns_campaign_times"
            ),
        ]
        indexes = [
            models.Index(
                fields=["product"],
                condition=models.Q(stopped_at=None),
                name="campaigns_campaign_product",
            ),
            models.Index(fields=["merchant", "-id"], name="campaigns_campaign_merchant"),
            models.Index(
                fields=["ends_at"], condition=models.Q(stopped_at=None), name="campaigns_campaign_ends"
            ),
            models.Index(
                fields=["starts_at"], condition=models.Q(stopped_at=None), name="campaigns_campaign_starts"
            ),
        ]

    def state(self, at: datetime) -> str:
        """scheduled, running, sold_out, ended or stopped."""
        return state_at(
            at,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            stopped_at=self.stopped_at,
            available_count=self.available_count,
        )


class Reminder(models.Model):
    """A member wants to be told when a campaign begins."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="reminders")
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "member"], name="campaigns_reminder_once")]
        indexes = [
            models.Index(
                fields=["campaign"], condition=models.Q(sent_at=None), name="campaigns_reminder_open"
            )
        ]
