"""Who brought whom: both get points for the first order that is kept, nobody for sharing."""

from django.db import models


class ReferralLink(models.Model):
    """A member's code for friends."""

    member = models.OneToOneField("members.Member", models.CASCADE, primary_key=True, related_name="+")
    code = models.CharField(max_length=8, unique=True)


class Referral(models.Model):
    """A new member who came by a friend's code; each once, for ever."""

    invitee = models.OneToOneField("members.Member", models.PROTECT, primary_key=True, related_name="+")
    inviter = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
