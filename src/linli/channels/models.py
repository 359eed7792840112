"""The outbox: what the platform says to the outside, kept and sent once."""

from django.db import models


class Message(models.Model):
    """A text message to a phone. The secret part (a sign-in code) is blanked once it is sent."""

    phone = models.CharField(max_length=20)
    text = models.TextField()
    is_sent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
