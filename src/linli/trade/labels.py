"""What codes of trade are called on pages."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.core.labels import declare

declare(
    "order_state",
    {
        "pending_payment": gettext_lazy("Waiting for payment"),
        "waiting_group": gettext_lazy("Waiting for the group"),
        "waiting_gift": gettext_lazy("A gift, not taken yet"),
        "paid": gettext_lazy("Waiting to be sent"),
        "shipped": gettext_lazy("On its way"),
        "received": gettext_lazy("Received"),
        "completed": gettext_lazy("Completed"),
        "cancelled": gettext_lazy("Closed"),
        "refunded": gettext_lazy("Refunded"),
        "refunding": gettext_lazy("Being refunded"),
        "refund_asked": gettext_lazy("Refund requested"),
        "partly_shipped": gettext_lazy("Partially shipped"),
    },
)

declare(
    "aftersale_state",
    {
        "asked": gettext_lazy("Waiting for the merchant"),
        "agreed": gettext_lazy("Agreed, goods go back"),
        "sent_back": gettext_lazy("Goods on their way back"),
        "accepted": gettext_lazy("Accepted, money on its way"),
        "refunded": gettext_lazy("Refunded"),
        "refused": gettext_lazy("Refused"),
        "withdrawn": gettext_lazy("Taken back"),
    },
)

declare(
    "cancel_reason",
    {
        "group_failed": gettext_lazy("The group did not fill"),
        "gift_not_taken": gettext_lazy("Nobody took this gift"),
        "by_member": gettext_lazy("You cancelled it"),
        "unpaid": gettext_lazy("It was not paid in time"),
    },
)

declare(
    "audience",
    {
        "buyers": gettext_lazy("Everybody who has bought"),
        "recent_buyers": gettext_lazy("Who bought within 30 days"),
        "sleeping_buyers": gettext_lazy("Who has not bought for 30 days"),
        "newcomers": gettext_lazy("Who has never bought"),
        "owners": gettext_lazy("Owners"),
    },
)

# Reasons that the platform gives; a person's own words stand for themselves.
declare(
    "decision_reason",
    {
        "deadline": gettext_lazy("nobody decided in time"),
        "refunded_otherwise": gettext_lazy("refunded by another request"),
    },
)

# The audit trail knows these acts only (core.audit).
declare(
    "act",
    {
        "ship": pgettext_lazy("act", "Shipped a parcel"),
        "correct_parcel": pgettext_lazy("act", "Corrected a parcel"),
        "ask_aftersale": pgettext_lazy("act", "Asked for aftersale"),
        "send_back": pgettext_lazy("act", "Sent goods back"),
        "aftersale_agreed": pgettext_lazy("act", "Agreed to a return"),
        "aftersale_accepted": pgettext_lazy("act", "Accepted an aftersale"),
        "aftersale_refunded": pgettext_lazy("act", "Refunded"),
        "aftersale_refused": pgettext_lazy("act", "Refused an aftersale"),
        "aftersale_withdrawn": pgettext_lazy("act", "Withdrew an aftersale"),
        "aftersale_asked": pgettext_lazy("act", "Aftersale asked"),
        "aftersale_sent_back": pgettext_lazy("act", "Goods on their way back"),
    },
)
