"""Choices that pages offer in words."""

from django.utils.translation import gettext_lazy

REFUND_REASONS = (
    gettext_lazy("Spoiled or damaged"),
    gettext_lazy("Not as described"),
    gettext_lazy("Something is missing"),
    gettext_lazy("I do not want it any more"),
    gettext_lazy("It came too late"),
)
WEEKDAYS = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)
