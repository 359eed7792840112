"""Coupons: batches with their limits, the coupons that members hold, and the friends who let one grow."""

from typing import ClassVar, Self

from django.db import models

from linli.core.actor import Actor


class CouponKind(models.TextChoices):
    fixed = "fixed"
    percent = "percent"
    growth = "growth"


class CouponBatchQuerySet(models.QuerySet["CouponBatch"]):
    def managed_by(self, actor: Actor) -> Self:
        """A merchant's staff manage their merchant's batches; the operator all."""
        return self if actor.is_operator else self.filter(merchant_id__in=actor.merchant_ids)

    def made_by_people(self) -> Self:
        """Without those that plans give: nobody issues or stops them by hand."""
        return self.exclude(created_by_id=0)


class CouponBatch(models.Model):
    """What its coupons are worth, to whom, and how many there are: issued_count never passes quantity, by constraint.

    merchant null: the platform's, usable at every merchant. scope: {"kind": "all" | "categories" | "products", "ids": []}.
    fixed: face_fen off. percent: percent_bp off, at most cap_fen. growth: face_fen at first, step_fen more with each friend,
    at most cap_fen. Of each cut the platform bears platform_share_bp, the merchant the rest.
    budget_fen: what all its coupons may cost together, 0 for no limit. is_public: everybody may claim it; else it is only issued. created_by_id 0: a plan gives them.
    """

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=CouponKind.choices)
    face_fen = models.BigIntegerField(default=0)
    percent_bp = models.IntegerField(default=0)
    cap_fen = models.BigIntegerField(default=0)
    step_fen = models.BigIntegerField(default=0)
    min_spend_fen = models.BigIntegerField(default=0)
    scope = models.JSONField(default=dict)
    platform_share_bp = models.IntegerField(default=0)
    quantity = models.BigIntegerField()
    issued_count = models.BigIntegerField(default=0)
    per_member = models.IntegerField(default=1)
    valid_days = models.IntegerField()
    budget_fen = models.BigIntegerField(default=0)
    claim_code = models.CharField(max_length=20, default="", blank=True)
    is_public = models.BooleanField(default=True)
    is_giftable = models.BooleanField(default=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    created_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager] = CouponBatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(issued_count__gte=0, issued_count__lte=models.F("quantity")),
                name="campaigns_couponbatch_never_over",
            ),
            models.CheckConstraint(
                condition=models.Q(platform_share_bp__range=(0, 10_000)), name="campaigns_couponbatch_share"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="campaigns_couponbatch_merchant")]


class CouponState(models.TextChoices):
    """unused → held (an order waits for payment) → used; unused → expired | void. A gift changes the member only."""

    unused = "unused"
    held = "held"
    used = "used"
    expired = "expired"
    void = "void"


class CouponQuerySet(models.QuerySet["Coupon"]):
    def visible_to(self, actor: Actor) -> Self:
        """A coupon is its member's alone."""
        return self.filter(member_id=actor.member_id) if actor.member_id else self.none()


class Coupon(models.Model):
    """A coupon of a member. number counts within (batch, member): the per-member limit holds by its unique constraint.

    face_fen is today's value (a growth coupon's grows, and freezes when it is used). owed_fen: what the ledger owes for it.
    """

    batch = models.ForeignKey(CouponBatch, models.PROTECT, related_name="coupons")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    claimant_id = models.BigIntegerField(help_text="who got it first; a gift does not change it")
    number = models.IntegerField()
    face_fen = models.BigIntegerField(default=0)
    owed_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=CouponState.choices, default=CouponState.unused)
    checkout_no = models.CharField(max_length=32, default="")
    code = models.CharField(max_length=12, unique=True)
    returned_count = models.IntegerField(default=0)
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = CouponQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["expires_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "claimant_id", "number"], name="campaigns_coupon_per_member"
            )
        ]
        indexes = [
            models.Index(fields=["member", "state", "expires_at"], name="campaigns_coupon_member"),
            models.Index(
                fields=["expires_at"], condition=models.Q(state="unused"), name="campaigns_coupon_expiring"
            ),
            models.Index(
                fields=["checkout_no"], condition=~models.Q(checkout_no=""), name="campaigns_coupon_checkout"
            ),
        ]


class CouponHelp(models.Model):
    """A friend let a growth coupon grow: once each per coupon, whatever they press."""

    coupon = models.ForeignKey(Coupon, models.CASCADE, related_name="helps")
    helper = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    added_fen = models.BigIntegerField()
    helped_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["coupon", "helper"], name="campaigns_help_once")]
