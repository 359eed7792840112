"""What trade tells members in their inbox: the sentence and the icon of each code."""

from django.utils.translation import gettext_lazy

from linli.channels.notifications import declare

declare(
    {
        "refund_arrived": (gettext_lazy("Your refund of ¥%(yuan)s has arrived."), "check-circle-fill"),
        "amount_differs": (
            gettext_lazy(
                "Your payment was not the amount that was asked: it is on its way back. Please pay again."
            ),
            "arrow-counter-clockwise",
        ),
        "fee_returned": (
            gettext_lazy("You are not in %(name)s: your ¥%(yuan)s for coming in are on their way back."),
            "arrow-counter-clockwise",
        ),
    }
)
