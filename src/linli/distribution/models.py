"""Tables of distribution: owners and their tree, picks, share links, attribution, plans, commission."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.core.actor import Actor


class OwnerStatus(models.TextChoices):
    active = "active"
    suspended = "suspended"
    closed = "closed"


class Owner(models.Model):
    """A member's shop and place in the invitation forest.

    sponsor is set once; leader is the cached nearest proper ancestor who leads (docs/plans.md), kept by operations.
    """

    member = models.OneToOneField("members.Member", models.PROTECT, primary_key=True, related_name="+")
    sponsor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="invitees")
    leader = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers")
    tier = models.CharField(max_length=20, default="ordinary")
    status = models.CharField(max_length=10, choices=OwnerStatus.choices, default=OwnerStatus.active)
    shop_code = models.CharField(max_length=12)
    shop_name = models.CharField(max_length=40)
    shop_intro = models.CharField(max_length=120, default="", blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Not unique=True: its second index, for prefixes, would be written again for everybody who moves in a split.
            models.UniqueConstraint(fields=["shop_code"], name="distribution_owner_shop_code"),
            models.CheckConstraint(
                condition=~models.Q(sponsor=models.F("member")), name="distribution_owner_not_own_sponsor"
            ),
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
    """An owner's link to a product or to the whole shop. purpose: what it is measured for ("" for the owner's everyday link; a day's
    material, a task)."""

    code = models.CharField(max_length=12, unique=True)
    owner = models.ForeignKey(Owner, models.CASCADE, related_name="share_links")
    product = models.ForeignKey("catalog.Product", models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=24, default="")
    click_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "product", "purpose"],
                nulls_distinct=False,
                name="distribution_share_link_once",
            )
        ]


class ClickHour(models.Model):
    """How often an owner's links were opened in an hour of the day (0 to 23, where the shop is)."""

    owner = models.ForeignKey(Owner, models.CASCADE, related_name="+")
    hour = models.SmallIntegerField()
    click_count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "hour"], name="distribution_click_hour_once")]


class Material(models.Model):
    """Words about a product that owners post, with a video if there is one. months: when it fits (1 to 12; empty:
    always). A copy that brings too little retires by itself (retired_why weak), or a person retires it."""

    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="materials")
    words = models.CharField(max_length=300)
    recording = models.ForeignKey("core.Recording", models.PROTECT, null=True, related_name="+")
    months = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    created_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    retired_why = models.CharField(max_length=8, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        indexes = [
            models.Index(
                fields=["product"], condition=models.Q(retired_at=None), name="distribution_material_live"
            )
        ]


class PackItem(models.Model):
    """One of the goods that an owner gets for a day: the words, the owner's link for them, and why. It is made once for a day."""

    owner = models.ForeignKey(Owner, models.CASCADE, related_name="pack_items")
    day = models.DateField()
    position = models.SmallIntegerField()
    product = models.ForeignKey("catalog.Product", models.CASCADE, related_name="+")
    material = models.ForeignKey(Material, models.PROTECT, null=True, related_name="+")
    share_link = models.ForeignKey(ShareLink, models.PROTECT, related_name="+")
    why = models.CharField(max_length=12)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["day", "position"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "day", "product"], name="distribution_pack_once")
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


class PayoutIdentity(models.Model):
    """Who an owner is to the bank and the tax office: checked by a provider or a person before money leaves.

    The number of the identity card is kept as its digest and last four digits; nobody needs more.
    """

    owner = models.OneToOneField(Owner, models.CASCADE, primary_key=True, related_name="identity")
    real_name = models.CharField(max_length=60)
    account = models.CharField(max_length=60)
    id_digest = models.BinaryField(null=True)
    id_tail = models.CharField(max_length=4, default="")
    given_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=40, default="")


class WithdrawalState(models.TextChoices):
    asked = "asked"
    approved = "approved"
    paid = "paid"
    refused = "refused"
    failed = "failed"


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def visible_to(self, actor: Actor) -> Self:
        """An owner sees their own; the operator all."""
        if actor.is_operator:
            return self
        return self.filter(owner_id=actor.member_id) if actor.member_id else self.none()


class Withdrawal(models.Model):
    """Matured earnings on their way to an owner's account. From `asked` a second person decides; refused or failed ones come back."""

    withdrawal_no = models.CharField(max_length=32, unique=True)
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="withdrawals")
    amount_fen = models.BigIntegerField()
    tax_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=WithdrawalState.choices)
    reason = models.CharField(max_length=200, default="", blank=True)
    decided_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = WithdrawalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0, tax_fen__gte=0, tax_fen__lt=models.F("amount_fen")),
                name="distribution_withdrawal_amount",
            )
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="distribution_withdrawal_owner"),
            models.Index(
                fields=["id"], condition=models.Q(state="asked"), name="distribution_withdrawal_asked"
            ),
        ]


class WriteOff(models.Model):
    """An owner's debt that a named person gave up, with the reason."""

    owner = models.ForeignKey(Owner, models.PROTECT, related_name="write_offs")
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    decided_by_id = models.BigIntegerField()
    decided_at = models.DateTimeField()


class OpeningBalance(models.Model):
    """What an owner brought from the mall before, once; from then on it is like what they earn here."""

    owner = models.OneToOneField(Owner, models.PROTECT, primary_key=True, related_name="opening_balance")
    amount_fen = models.BigIntegerField()
    brought_at = models.DateTimeField()


class PlanState(models.TextChoices):
    """A plan is judged before it lives: every step needs the one before, of exactly this document."""

    draft = "draft"
    checked = "checked"
    simulated = "simulated"
    approved = "approved"
    active = "active"
    retired = "retired"


class Plan(models.Model):
    """A commission plan: a document with a hash. Once activated it never changes; the latest activated one is in force.

    report, proof and simulation are what the judgements of exactly this document said (distribution.operations.plan).
    """

    name = models.CharField(max_length=40)
    version = models.IntegerField()
    document = models.JSONField()
    document_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.draft)
    drafted_by_id = models.BigIntegerField(default=0)
    drafted_at = models.DateTimeField(null=True)
    report = models.JSONField(null=True)
    proof = models.JSONField(null=True)
    simulation = models.JSONField(null=True)
    approved_by_id = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    begins_at = models.DateTimeField(null=True)
    active_from = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="distribution_plan_once")]


class TierReason(models.TextChoices):
    qualified = "qualified"
    lapsed = "lapsed"
    by_person = "by_person"


class TierChange(models.Model):
    """A promotion or demotion: decided with its evidence, effective from a moment on, applied in one transaction with its split."""

    owner = models.ForeignKey(Owner, models.PROTECT, related_name="tier_changes")
    from_tier = models.CharField(max_length=40)
    to_tier = models.CharField(max_length=40)
    reason = models.CharField(max_length=12, choices=TierReason.choices)
    evidence_fen = models.BigIntegerField(default=0)
    decided_by_id = models.BigIntegerField(default=0)
    decided_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    moved_count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=models.Q(applied_at=None), name="distribution_tier_change_waiting"
            )
        ]


class PassedCourse(models.Model):
    """A course of the school that a member has passed, as the school told it: what a tier may ask for."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    course = models.CharField(max_length=40)
    passed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "course"], name="distribution_course_once")]


class CommissionState(models.TextChoices):
    """A coupon is owed as a coupon, never as money."""

    pending = "pending"
    available = "available"
    coupon = "coupon"


class CommissionLineQuerySet(models.QuerySet["CommissionLine"]):
    def visible_to(self, actor: Actor) -> Self:
        """An owner sees what is theirs; the operator all."""
        if actor.is_operator:
            return self
        return self.filter(beneficiary_id=actor.member_id) if actor.member_id else self.none()


class CommissionLine(models.Model):
    """What one order line, or one new owner (`joiner`), pays one party under the plan, frozen when it happened; reversed_fen
    grows with refunds.

    beneficiary 0 is the platform (breakage, and what the plan gives to nobody).
    """

    order_no = models.CharField(max_length=32)
    order_line_id = models.BigIntegerField(null=True)
    joiner = models.ForeignKey(Owner, models.PROTECT, null=True, related_name="+")
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
            models.UniqueConstraint(
                fields=["joiner", "why"],
                condition=models.Q(joiner__isnull=False),
                name="distribution_commission_joiner_once",
            ),
            models.CheckConstraint(
                condition=models.Q(order_line_id__isnull=False) ^ models.Q(joiner__isnull=False),
                name="distribution_commission_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(reversed_fen__gte=0, reversed_fen__lte=models.F("amount_fen")),
                name="distribution_commission_reversed",
            ),
        ]
        indexes = [
            models.Index(fields=["beneficiary_id", "-id"], name="distribution_commission_income"),
            models.Index(fields=["order_no"], name="distribution_commission_order"),
            models.Index(fields=["beneficiary_id", "paid_at"], name="distribution_commission_days"),
            models.Index(
                fields=["paid_at"], condition=models.Q(kind="commission"), name="distribution_commission_sold"
            ),
        ]
