"""The quiz: questions about goods, runs through them by level or against a neighbour, and the advice of friends."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.core.actor import Actor


class QuizQuestionQuerySet(models.QuerySet["QuizQuestion"]):
    def managed_by(self, actor: Actor) -> Self:
        """A merchant's staff manage the questions about their goods; the operator all."""
        return self if actor.is_operator else self.filter(merchant_id__in=actor.merchant_ids)


class QuizQuestion(models.Model):
    """A question of a level. product: what it is about, shown with the answer. merchant null: the platform's own."""

    merchant = models.ForeignKey("merchants.Merchant", models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey("catalog.Product", models.SET_NULL, null=True, related_name="+")
    level = models.SmallIntegerField()
    text = models.CharField(max_length=120)
    choices = ArrayField(models.CharField(max_length=60))
    right_choice = models.SmallIntegerField()
    why = models.CharField(max_length=240, default="")
    asked_count = models.IntegerField(default=0)
    right_count = models.IntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)
    created_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager] = QuizQuestionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["level", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["text"], condition=models.Q(stopped_at=None), name="campaigns_question_once"
            ),
            models.CheckConstraint(
                condition=models.Q(right_count__gte=0, right_count__lte=models.F("asked_count")),
                name="campaigns_question_counts",
            ),
        ]
        indexes = [
            models.Index(fields=["level"], condition=models.Q(stopped_at=None), name="campaigns_question_level")
        ]  # fmt: skip


class QuizDuel(models.Model):
    """Two members answer the same questions, each when they like until expires_at. opponent: whoever came first by the code.
    winner null with ended_at set: a draw, or nobody came."""

    code = models.CharField(max_length=10, unique=True)
    challenger = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    opponent = models.ForeignKey("members.Member", models.PROTECT, null=True, related_name="+")
    winner = models.ForeignKey("members.Member", models.PROTECT, null=True, related_name="+")
    questions = ArrayField(models.BigIntegerField())
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(opponent=models.F("challenger")), name="campaigns_duel_two_people"
            )
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=models.Q(ended_at=None), name="campaigns_duel_open"
            ),
            models.Index(fields=["challenger", "-id"], name="campaigns_duel_challenger"),
            models.Index(fields=["opponent", "-id"], name="campaigns_duel_opponent"),
        ]


class QuizRunQuerySet(models.QuerySet["QuizRun"]):
    def visible_to(self, actor: Actor) -> Self:
        """A run is its member's alone."""
        return self.filter(member_id=actor.member_id) if actor.member_id else self.none()


class QuizRun(models.Model):
    """A member's way through the questions of a level (level 0: of a duel).

    orders: how the choices of each question were shuffled; answers: the choice of each question so far by its own index, -1
    for none in time. shown_at: since when the next question is open, null while the last answer is looked at; closes_at: until
    when it takes an answer. help_code: by which friends advise on question help_position (-1: not asked). points: what it gave.
    """

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    duel = models.ForeignKey(QuizDuel, models.PROTECT, null=True, related_name="runs")
    level = models.SmallIntegerField(default=0)
    questions = ArrayField(models.BigIntegerField())
    orders = models.JSONField()
    answers = ArrayField(models.SmallIntegerField(), default=list)
    right_count = models.SmallIntegerField(default=0)
    spent_ms = models.IntegerField(default=0)
    shown_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    help_code = models.CharField(max_length=10, default="")
    help_position = models.SmallIntegerField(default=-1)
    points = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager] = QuizRunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["duel", "member"], name="campaigns_run_of_duel"),
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(ended_at=None, duel=None), name="campaigns_run_one_open"
            ),
            models.UniqueConstraint(
                fields=["help_code"], condition=~models.Q(help_code=""), name="campaigns_run_help"
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-id"], name="campaigns_run_member"),
            models.Index(fields=["ended_at"], name="campaigns_run_ended"),
        ]


class QuizAdvice(models.Model):
    """What a friend would choose; once each."""

    run = models.ForeignKey(QuizRun, models.CASCADE, related_name="advices")
    helper = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    choice = models.SmallIntegerField()
    given_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "helper"], name="campaigns_advice_once")]
