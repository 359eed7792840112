"""An owner takes an honour, as a badge or as points: their own choice."""

from datetime import datetime

from django.db import transaction

from linli.campaigns.models import Recognition
from linli.campaigns.operations.points import Granted, grant_points
from linli.campaigns.queries.recognition import kept_sales, progress_of
from linli.campaigns.rules.recognition import TAKEN_AS, milestone_of
from linli.core.refusal import NamedRefusal
from linli.distribution.models import Owner


class NotToBeTaken(NamedRefusal):
    """The milestone is not reached, was taken, or is none."""

    code = "not_to_be_taken"


def take_recognition(*, owner: Owner, code: str, taken_as: str, at: datetime) -> None:
    """Take a reached milestone once, as a badge or as points. Raises NotToBeTaken."""
    milestone = milestone_of(code)
    if milestone is None or taken_as not in TAKEN_AS:
        raise NotToBeTaken
    with transaction.atomic():
        reached = next(
            one for one in progress_of(owner.pk, kept_sales(owner.pk)) if one.milestone == milestone
        )
        if not reached.is_reached:
            raise NotToBeTaken
        _, is_new = Recognition.objects.get_or_create(
            owner=owner, milestone=code, defaults={"taken_as": taken_as, "taken_at": at}
        )
        if not is_new:
            raise NotToBeTaken
        if taken_as == "points":
            grant_points([Granted(owner.pk, "honour", code, milestone.points)], at=at)
