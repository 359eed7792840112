"""The outer ring: groups outside of this app, what is posted into them by people, and how members move between the rings."""

from typing import ClassVar, Self

from django.db import models

from linli.community.models.community import CommunityType
from linli.core.actor import Actor


class Platform(models.TextChoices):
    wechat = "wechat"
    wecom = "wecom"
    qq = "qq"
    other = "other"


class Ring(models.TextChoices):
    """outer: groups elsewhere. middle: the service accounts of regions. inner: this app."""

    outer = "outer"
    middle = "middle"
    inner = "inner"


class OuterGroupQuerySet(models.QuerySet["OuterGroup"]):
    def led_by(self, actor: Actor) -> Self:
        """The operator keeps all, a leader their own."""
        return self if actor.is_operator else self.filter(leader_id=actor.member_id or None)


class OuterGroup(models.Model):
    """A group elsewhere, as its leader says it is: nobody but them can read it. member_count is what they counted last.

    Newcomers are led to it once the operator has approved it: approved_at. A picture of a join code holds until qr_until (WeChat's for seven days). Groups of one platform, type and region form a
    series by their position: newcomers see the first that can be joined, and the next one when it is full.
    """

    platform = models.CharField(max_length=8, choices=Platform.choices)
    name = models.CharField(max_length=40)
    type = models.CharField(max_length=8, choices=CommunityType.choices)
    region = models.CharField(max_length=6)
    leader = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    capacity = models.IntegerField()
    member_count = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    join_url = models.CharField(max_length=200, default="", blank=True)
    qr = models.CharField(max_length=200, default="", blank=True)
    qr_until = models.DateTimeField(null=True)
    qr_reminded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = OuterGroupQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["region", "platform", "type", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member_count__gte=0, member_count__lte=models.F("capacity")),
                name="community_outergroup_never_over",
            )
        ]
        indexes = [
            models.Index(
                fields=["region", "platform", "type", "position"],
                condition=models.Q(closed_at=None),
                name="community_outergroup_series",
            ),
            models.Index(fields=["leader"], name="community_outergroup_leader"),
        ]


class OuterTaskQuerySet(models.QuerySet["OuterTask"]):
    def visible_to(self, actor: Actor) -> Self:
        """The operator sees all, a leader those of their groups."""
        return self if actor.is_operator else self.filter(group__leader_id=actor.member_id or None)


class OuterTask(models.Model):
    """Something that a leader is asked to post into their group. Nobody can see whether they did but them: they confirm it, and
    its own link (code) is counted. share_code: the leader's, when they have a shop; orders that came by it are known by that."""

    group = models.ForeignKey(OuterGroup, models.PROTECT, related_name="tasks")
    product = models.ForeignKey("catalog.Product", models.PROTECT, related_name="+")
    words = models.CharField(max_length=300)
    code = models.CharField(max_length=10, unique=True)
    share_code = models.CharField(max_length=12, default="")
    click_count = models.IntegerField(default=0)
    issued_by_id = models.BigIntegerField()
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = OuterTaskQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes = [
            models.Index(fields=["group", "-id"], name="community_outertask_group"),
            models.Index(
                fields=["due_at"],
                condition=models.Q(confirmed_at=None, reminded_at=None),
                name="community_outertask_due",
            ),
        ]


class RingMove(models.Model):
    """Somebody went from one ring to another, by something (reference) that they tapped: counted once a day for each visitor, who
    is known by a digest only."""

    from_ring = models.CharField(max_length=6, choices=Ring.choices)
    to_ring = models.CharField(max_length=6, choices=Ring.choices)
    region = models.CharField(max_length=6, default="")
    reference = models.CharField(max_length=24)
    visitor = models.CharField(max_length=32)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visitor", "reference", "day"], name="community_move_once")
        ]
        indexes = [models.Index(fields=["day", "region"], name="community_move_day")]
