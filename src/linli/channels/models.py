"""What the platform says to the outside, kept and sent once; and the service accounts of regions."""

from django.db import models


class Message(models.Model):
    """A text message to a phone. The secret part (a sign-in code) is blanked once it is sent."""

    phone = models.CharField(max_length=20)
    text = models.TextField()
    is_sent = models.BooleanField(default=False)
    created_at = models.DateTimeField()


class InboxMessage(models.Model):
    """What the platform tells a member in the app: the code of a sentence with its values, and where it leads."""

    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")
    code = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    url = models.CharField(max_length=200, default="")
    reference = models.CharField(max_length=80, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "code", "reference"], name="channels_inbox_once")
        ]
        indexes = [
            models.Index(fields=["member", "-id"], name="channels_inbox_member"),
            models.Index(fields=["member"], condition=models.Q(read_at=None), name="channels_inbox_unread"),
        ]


class RegionalAccount(models.Model):
    """A region's service account: the middle ring. follower_count is what its backend showed when a person looked last: no
    connection to it is built yet, and pages say so. region: the code of a province."""

    region = models.CharField(max_length=6, unique=True)
    name = models.CharField(max_length=40)
    account = models.CharField(max_length=40, default="", blank=True)
    qr = models.CharField(max_length=200, default="", blank=True)
    follower_count = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(follower_count__gte=0), name="channels_account_followers"
            )
        ]
