"""Communities and who belongs to them."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.core.actor import Actor


class CommunityType(models.TextChoices):
    """benefit: leaders tell of good offers, filled to capacity. light: content and learning. heavy: topics for members alone."""

    benefit = "benefit"
    light = "light"
    heavy = "heavy"


class EntryKind(models.TextChoices):
    open = "open"
    question = "question"
    invitation = "invitation"
    purchase = "purchase"
    fee = "fee"


class CommunityQuerySet(models.QuerySet["Community"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody finds a community that is open; a closed one only the operator."""
        return self if actor.is_operator else self.filter(closed_at=None)

    def led_by(self, actor: Actor) -> Self:
        """The operator leads all; leaders and second-level operators their own."""
        if actor.is_operator:
            return self
        return self.filter(
            closed_at=None,
            memberships__member_id=actor.member_id or None,
            memberships__state=MembershipState.active,
            memberships__role__in=LEADING,
        )


class Community(models.Model):
    """A community and its rules. member_count is of those inside (active or resting), and never passes capacity, by constraint.

    entry: for a question its words; for a purchase a product, or goods kept for at least entry_spend_fen in all; for a fee its amount.
    host: who welcomes newcomers; its leader when nobody is named.
    """

    name = models.CharField(max_length=24)
    type = models.CharField(max_length=8, choices=CommunityType.choices)
    region = models.CharField(max_length=6, default="", blank=True)
    tags = ArrayField(models.CharField(max_length=12), default=list)
    intro = models.CharField(max_length=120, default="")
    rules = models.TextField(default="")
    announcement = models.CharField(max_length=200, default="")
    picture = models.CharField(max_length=200, default="")
    capacity = models.IntegerField()
    daily_intake = models.IntegerField()
    entry_kind = models.CharField(max_length=10, choices=EntryKind.choices, default=EntryKind.open)
    entry_question = models.CharField(max_length=120, default="")
    entry_product = models.ForeignKey("catalog.Product", models.PROTECT, null=True, related_name="+")
    entry_spend_fen = models.BigIntegerField(default=0)
    entry_fee_fen = models.BigIntegerField(default=0)
    host = models.ForeignKey("members.Member", models.PROTECT, null=True, related_name="+")
    invitation_code = models.CharField(max_length=12)
    member_count = models.IntegerField(default=0)
    post_count = models.IntegerField(default=0)
    template = models.ForeignKey("self", models.PROTECT, null=True, related_name="clones")
    template_seen = models.JSONField(
        default=dict, help_text="its template's values when they were last taken or kept apart"
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = CommunityQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-member_count", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member_count__gte=0, member_count__lte=models.F("capacity")),
                name="community_never_over",
            )
        ]
        indexes = [models.Index(fields=["region", "-member_count"], name="community_region")]

    @property
    def is_for_members(self) -> bool:
        """Whether only members read what is said there."""
        return self.type == CommunityType.heavy

    @property
    def is_led_talk(self) -> bool:
        """Whether only leaders write posts; everybody comments and asks."""
        return self.type == CommunityType.benefit


class MembershipRole(models.TextChoices):
    member = "member"
    operator = "operator"
    leader = "leader"


LEADING = (MembershipRole.operator, MembershipRole.leader)


class MembershipState(models.TextChoices):
    """asked (a person decides) | queued (waits for a place) → active ⇄ resting; active → left | removed. refused ends an asking."""

    asked = "asked"
    queued = "queued"
    active = "active"
    resting = "resting"
    left = "left"
    removed = "removed"
    refused = "refused"


INSIDE = (MembershipState.active, MembershipState.resting)


class Membership(models.Model):
    """A member in a community, one row for ever. joined_on: the day in Shanghai that its intake counts for. ladder: how many
    steps of silence were taken (1 notice, 2 reminder, 3 rest, 4 left); talking or reading resets it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="memberships")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=MembershipRole.choices, default=MembershipRole.member)
    state = models.CharField(max_length=8, choices=MembershipState.choices)
    answer = models.CharField(max_length=300, default="")
    why = models.CharField(max_length=200, default="", help_text="why an asking was refused")
    asked_at = models.DateTimeField()
    joined_on = models.DateField(null=True)
    seen_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    ladder = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "member"], name="community_member_once")]
        indexes = [
            models.Index(fields=["member", "state"], name="community_of_member"),
            models.Index(fields=["community", "state", "asked_at", "id"], name="community_line"),
            models.Index(fields=["community", "joined_on"], name="community_intake"),
            models.Index(
                fields=["seen_at"],
                condition=models.Q(state__in=["active", "resting"]),
                name="community_silent",
            ),
        ]
