"""What members give each other in points: tips for what somebody wrote, red packets for a community."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.core.actor import Actor


class Tip(models.Model):
    """Points from a reader to an author."""

    post = models.ForeignKey("community.Post", models.PROTECT, related_name="+")
    giver = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    author_id = models.BigIntegerField()
    points = models.BigIntegerField()
    given_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["post"], name="campaigns_tip_post"),
            models.Index(fields=["giver", "-given_at"], name="campaigns_tip_giver"),
        ]


class PacketKind(models.TextChoices):
    random = "random"
    equal = "equal"


class PacketQuerySet(models.QuerySet["RedPacket"]):
    def visible_to(self, actor: Actor) -> Self:
        """The packets of communities that the actor is a member of; the operator's eyes see all."""
        if actor.is_operator:
            return self
        return self.filter(
            community__memberships__member_id=actor.member_id or None, community__memberships__state="active"
        )


class RedPacket(models.Model):
    """Points of a member for others of a community, first come first served. shares: how it is split, sealed when it was sent;
    the seed is shown when it is over. left_points go back to the sender when its time ends."""

    community = models.ForeignKey("community.Community", models.PROTECT, related_name="+")
    sender = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=PacketKind.choices)
    words = models.CharField(max_length=40, default="")
    points = models.BigIntegerField()
    shares = ArrayField(models.BigIntegerField())
    seed = models.CharField(max_length=32)
    seal = models.CharField(max_length=64)
    taken_count = models.IntegerField(default=0)
    left_points = models.BigIntegerField()
    points_until = models.DateTimeField(help_text="until when the sender's own points would have held")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = PacketQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_points__gte=0, left_points__lte=models.F("points")),
                name="campaigns_packet_left",
            )
        ]
        indexes = [
            models.Index(fields=["community", "-id"], name="campaigns_packet_community"),
            models.Index(
                fields=["expires_at"], condition=models.Q(ended_at=None), name="campaigns_packet_open"
            ),
        ]

    @property
    def sealed(self) -> str:
        """The text whose SHA-256 is the seal: seed and shares; not to be shown before it is over."""
        return f"{self.seed}:{self.shares}"


class PacketTaking(models.Model):
    """Who took which share; once each."""

    packet = models.ForeignKey(RedPacket, models.PROTECT, related_name="takings")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    points = models.BigIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [models.UniqueConstraint(fields=["packet", "member"], name="campaigns_packet_once")]
