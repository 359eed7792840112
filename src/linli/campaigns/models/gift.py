"""Gifts: one sku wrapped in shares, each an order of its own that waits for somebody to take it."""

from typing import ClassVar, Self

from django.db import models

from linli.core.actor import Actor


class GiftQuerySet(models.QuerySet["Gift"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever has the code of a gift that was paid sees it, a community's gift its members only; its giver always."""
        inside = models.Q(
            community__memberships__member_id=actor.member_id or None, community__memberships__state="active"
        )
        reached = models.Q(sent_at__isnull=False) & (models.Q(community=None) | inside)
        return self.filter(models.Q(giver_id=actor.member_id or None) | reached).distinct()


class Gift(models.Model):
    """What a member gives away: quantity units of a sku in each share, paid together by the checkout checkout_no. community: only its
    members may take a share. sent_at: when it was paid; what nobody takes until expires_at goes back to the giver as money."""

    checkout_no = models.CharField(max_length=32, unique=True)
    code = models.CharField(max_length=12, unique=True)
    giver = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    community = models.ForeignKey("community.Community", models.PROTECT, null=True, related_name="+")
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    words = models.CharField(max_length=60, default="")
    wrapped_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = GiftQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = [
            models.Index(fields=["giver", "-id"], name="campaigns_gift_giver"),
            models.Index(fields=["community", "-id"], name="campaigns_gift_community"),
        ]


class GiftShareState(models.TextChoices):
    """held (unpaid) → open (waits for somebody) → taken | returned; held → freed (its order was closed)."""

    held = "held"
    open = "open"
    taken = "taken"
    returned = "returned"
    freed = "freed"


class GiftShareQuerySet(models.QuerySet["GiftShare"]):
    def visible_to(self, actor: Actor) -> Self:
        """A share with its address is its receiver's alone; whoever sends the goods reads it by addresses_of_gifts."""
        return self.filter(receiver_id=actor.member_id) if actor.member_id else self.none()


class GiftShare(models.Model):
    """One share of a gift and its order. The address stands here and not on the order: no page or answer of the giver's order
    can show it."""

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="shares")
    order_no = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=8, choices=GiftShareState.choices, default=GiftShareState.held)
    receiver = models.ForeignKey("members.Member", models.PROTECT, null=True, related_name="+")
    address = models.JSONField(null=True)
    taken_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = GiftShareQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["gift", "receiver"], name="campaigns_gift_once"),
            models.CheckConstraint(
                condition=models.Q(state="taken", receiver__isnull=False, address__isnull=False)
                | (~models.Q(state="taken") & models.Q(receiver=None, address=None)),
                name="campaigns_gift_taken",
            ),
        ]
        indexes = [
            models.Index(fields=["receiver", "-id"], condition=models.Q(receiver__isnull=False), name="campaigns_gift_receiver"),
            models.Index(fields=["gift"], condition=models.Q(state="open"), name="campaigns_gift_open"),
        ]  # fmt: skip
