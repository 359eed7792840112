"""Campaigns that were sold out a moment ago, as this process knows: whoever comes now is told so without asking the database.

A unit that another process gives back is noticed within SECONDS; one that this process gives back at once."""

from collections.abc import Iterable
from datetime import datetime, timedelta

SECONDS = 1
_until: dict[int, datetime] = {}


def remember_sold_out(campaign_ids: Iterable[int], *, at: datetime) -> None:
    """Nothing is left of these campaigns."""
    for campaign_id in campaign_ids:
        _until[campaign_id] = at + timedelta(seconds=SECONDS)


def forget_sold_out(campaign_ids: Iterable[int]) -> None:
    """Something was given back."""
    for campaign_id in campaign_ids:
        _until.pop(campaign_id, None)


def is_sold_out(campaign_id: int, *, at: datetime) -> bool:
    """Whether a campaign was sold out a moment ago."""
    until = _until.get(campaign_id)
    return until is not None and at < until
