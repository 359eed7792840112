"""The school: courses of lessons with a quiz, what was read, tries, certificates."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.core.actor import Actor


class CourseLevel(models.TextChoices):
    opening = "opening"
    middle = "middle"
    advanced = "advanced"


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, actor: Actor) -> Self:
        """Published courses; the operator also those that are being written."""
        return self if actor.is_operator else self.exclude(published_at=None)


class Course(models.Model):
    """A course, written as one document (rules/course.py); its lessons and quiz are drawn from it when it is saved."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=60)
    intro = models.CharField(max_length=200, default="")
    level = models.CharField(max_length=8, choices=CourseLevel.choices)
    document = models.TextField()
    lesson_count = models.SmallIntegerField()
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    objects: ClassVar[models.Manager] = CourseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]


class LessonRead(models.Model):
    """A member has read a lesson, by its number in the course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="reads")
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+")
    lesson = models.SmallIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "course", "lesson"], name="community_lesson_once")
        ]


class Attempt(models.Model):
    """A try at the quiz: what was chosen, and how many of all were right."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="attempts")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    choices = ArrayField(models.SmallIntegerField())
    right_count = models.SmallIntegerField()
    question_count = models.SmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["member", "course", "-id"], name="community_attempts")]


class Certificate(models.Model):
    """Proof of a passed course, which anybody can check by its number."""

    number = models.CharField(max_length=12, unique=True)
    course = models.ForeignKey(Course, models.PROTECT, related_name="certificates")
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "member"], name="community_certificate_once")
        ]
        indexes = [models.Index(fields=["member"], name="community_certificates")]
