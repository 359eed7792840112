"""Tables of distribution: owners and their tree, picks, share links, attribution, plans, commission."""

from typing import ClassVar, Self

from django.db import models

from linli.core.actor import Actor


class OwnerStatus(models.TextChoices):
    active = "active"
    suspended = "suspended"
    closed = "closed"


class Owner(models.Model):
    """A member's shop and place in the invitation forest.

    sponsor is set once; leader is the cached nearest proper ancestor who leads (plan-wanwu.md 1), kept by operations.
    """

    member = models.OneToOneField("members.Member", models.PROTECT, primary_key=True, related_name="+")
    sponsor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="invitees")
    leader = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers")
    tier = models.CharField(max_length=20, default="ordinary")
    status = models.CharField(max_length=10, choices=OwnerStatus.choices, default=OwnerStatus.active)
    shop_code = models.CharField(max_length=12, unique=True)
    shop_name = models.CharField(max_length=40)
    shop_intro = models.CharField(max_length=120, default="", blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(sponsor=models.F("member")), name="distribution_owner_not_own_sponsor"
            )
        ]

    def __str__(self) -> str:
        return self.shop_name


class ShopPick(models.Model):
    """A product that an owner shows in the own shop, in own order, with own words."""

    owner = models.ForeignKey(Owner, models.CASCADE, related_name="picks")
    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="+")
    words = models.CharField(max_length=80, default="", blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "-id"]
        constraints = [models.UniqueConstraint(fields=["owner", "product"], name="distribution_pick_once")]


class ShareLink(models.Model):
    """An owner's link to a product or to the whole shop."""

    code = models.CharField(max_length=12, unique=True)
    owner = models.ForeignKey(Owner, models.CASCADE, related_name="share_links")
    product = models.ForeignKey("catalog.Product", models.CASCADE, null=True, related_name="+")
    click_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "product"], nulls_distinct=False, name="distribution_share_link_once"
            )
        ]


class Touch(models.Model):
    """The last share link that a member came by."""

    member = models.OneToOneField("members.Member", models.CASCADE, primary_key=True, related_name="+")
    owner = models.ForeignKey(Owner, models.CASCADE, related_name="+")
    touched_at = models.DateTimeField()


class Binding(models.Model):
    """The owner who brought a member."""

    member = models.OneToOneField("members.Member", models.CASCADE, primary_key=True, related_name="+")
    owner = models.ForeignKey(Owner, models.CASCADE, related_name="+")
    bound_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class Plan(models.Model):
    """A commission plan: a document with a hash, active from a moment on. The latest active one counts."""

    name = models.CharField(max_length=40)
    version = models.IntegerField()
    document = models.JSONField()
    document_hash = models.CharField(max_length=64)
    active_from = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="distribution_plan_once")]


class CommissionState(models.TextChoices):
    pending = "pending"
    available = "available"


class CommissionLineQuerySet(models.QuerySet["CommissionLine"]):
    def visible_to(self, actor: Actor) -> Self:
        """An owner sees what is theirs; the operator all."""
        if actor.is_operator:
            return self
        return self.filter(beneficiary_id=actor.member_id) if actor.member_id else self.none()


class CommissionLine(models.Model):
    """What one order line pays one party under the plan, frozen when it was paid; reversed_fen grows with refunds.

    beneficiary 0 is the platform (breakage, and what the plan gives to nobody).
    """

    order_no = models.CharField(max_length=32)
    order_line_id = models.BigIntegerField()
    beneficiary_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    product_title = models.CharField(max_length=80)
    product_image = models.CharField(max_length=200, default="")
    base_fen = models.BigIntegerField()
    rate_bp = models.IntegerField()
    amount_fen = models.BigIntegerField()
    refunded_base_fen = models.BigIntegerField(default=0)
    reversed_fen = models.BigIntegerField(default=0)
    why = models.CharField(max_length=60)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CommissionState.choices, default=CommissionState.pending)
    paid_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = CommissionLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_line_id", "kind", "beneficiary_id"], name="distribution_commission_once"
            ),
            models.CheckConstraint(
                condition=models.Q(reversed_fen__gte=0, reversed_fen__lte=models.F("amount_fen")),
                name="distribution_commission_reversed",
            ),
        ]
        indexes = [
            models.Index(fields=["beneficiary_id", "-id"], name="distribution_commission_income"),
            models.Index(fields=["order_no"], name="distribution_commission_order"),
        ]
