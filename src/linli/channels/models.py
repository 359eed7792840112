"""The outbox: what the platform says to the outside, kept and sent once."""

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
