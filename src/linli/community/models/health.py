"""How communities are: the facts of four weeks, and where they stand among communities of their type."""

from typing import ClassVar

from django.db import models

from linli.community.models.community import Community


class Light(models.TextChoices):
    green = "green"
    amber = "amber"
    red = "red"


class Health(models.Model):
    """A community's last four weeks, recomputed by a job. percentile: the mean of its ranks among communities of its type, of
    those talking, questions answered, newcomers who stay, and how evenly people talk. advice: its weakest point."""

    community = models.OneToOneField(Community, models.CASCADE, primary_key=True, related_name="health")
    computed_at = models.DateTimeField()
    member_count = models.IntegerField()
    contributor_count = models.IntegerField()
    post_count = models.IntegerField()
    comment_count = models.IntegerField()
    question_count = models.IntegerField()
    answered_count = models.IntegerField()
    first_answer_minutes = models.IntegerField(null=True, help_text="median, of questions that were answered")
    pair_count = models.IntegerField(help_text="ordered pairs: one answered another")
    mutual_count = models.IntegerField(help_text="of them answered back")
    gini_bp = models.IntegerField(help_text="10,000: one does all the talking")
    newcomer_count = models.IntegerField(help_text="joined two to four weeks ago")
    stayed_count = models.IntegerField(help_text="of them seen within two weeks")
    percentile = models.IntegerField()
    light = models.CharField(max_length=5, choices=Light.choices)
    advice = models.CharField(max_length=10)

    class Meta:
        ordering: ClassVar[list[str]] = ["percentile"]
