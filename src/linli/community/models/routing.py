"""Routing: which community fits whom, as rules that people write, and the places that came of them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.community.models.community import Community


class Identity(models.TextChoices):
    """owner: has a shop. buyer: has bought. newcomer: has not bought yet."""

    owner = "owner"
    buyer = "buyer"
    newcomer = "newcomer"


class RoutingRule(models.Model):
    """Whom a community fits: people of its region who are (one of) these; an empty list asks for nothing. priority: of rules that
    fit alike the higher one counts."""

    community = models.OneToOneField(Community, models.CASCADE, primary_key=True, related_name="routing")
    occupations = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    interests = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    identities = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    priority = models.SmallIntegerField(default=0)
    changed_at = models.DateTimeField()


class PlaceState(models.TextChoices):
    """proposed (the member may take it) | waiting (there is no room yet) | declined (never proposed again)."""

    proposed = "proposed"
    waiting = "waiting"
    declined = "declined"


class RoutedPlace(models.Model):
    """A community that fits a member, of each type at most one. why: the conditions that it fits by. Millions are written in one run
    from rows that are there, so that the database does not look each of them up again."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    community = models.ForeignKey(
        Community, models.CASCADE, related_name="places", db_constraint=False, db_index=False
    )
    type = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=PlaceState.choices)
    why = ArrayField(models.CharField(max_length=10), default=list)
    routed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["member", "community"], name="community_place_once"),
            models.UniqueConstraint(
                fields=["member", "type"],
                condition=~models.Q(state="declined"),
                name="community_place_of_type",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["community", "state", "id"], name="community_place_line")
        ]
