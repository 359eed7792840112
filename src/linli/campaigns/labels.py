"""What codes of campaigns are called on pages."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.core.labels import declare

declare(
    "campaign_kind",
    {
        "group_buy": gettext_lazy("Group buy"),
        "flash_sale": gettext_lazy("Flash sale"),
        "bargain": gettext_lazy("Bargain"),
        "preview": gettext_lazy("Preview"),
    },
)

declare(
    "campaign_state",
    {
        "scheduled": gettext_lazy("Coming"),
        "running": gettext_lazy("Running"),
        "sold_out": gettext_lazy("Sold out"),
        "ended": gettext_lazy("Ended"),
        "stopped": gettext_lazy("Stopped"),
    },
)

declare(
    "coupon_state",
    {
        "unused": gettext_lazy("To be used"),
        "held": gettext_lazy("In an open order"),
        "used": gettext_lazy("Used"),
        "expired": gettext_lazy("Over"),
        "void": gettext_lazy("Over"),
    },
)

declare(
    "coupon_kind",
    {
        "fixed": gettext_lazy("A fixed amount"),
        "percent": gettext_lazy("A percentage"),
        "growth": gettext_lazy("Growing by friends"),
    },
)

declare(
    "point_kind",
    {
        "check_in": gettext_lazy("Checked in"),
        "opening": gettext_lazy("Transferred from your previous store"),
        "purchase": gettext_lazy("Bought and kept"),
        "honour": gettext_lazy("An honour taken as points"),
        "spent": gettext_lazy("Spent with an order"),
        "tip": gettext_lazy("A tip for what you wrote"),
        "tip_given": gettext_lazy("You tipped an author"),
        "packet": gettext_lazy("From a red packet"),
        "packet_sent": gettext_lazy("You sent a red packet"),
        "packet_back": gettext_lazy("Left over from your red packet"),
        "quiz": gettext_lazy("A level of the quiz passed"),
        "referral": gettext_lazy("A friend whom you brought bought and kept"),
        "referred": gettext_lazy("Your first order that you kept, by a friend's link"),
        "returned": gettext_lazy("Came back"),
    },
)

declare(
    "milestone",
    {
        "first_sale": gettext_lazy("The first sale that was kept"),
        "ten_sales": gettext_lazy("Ten sales that were kept"),
        "ten_thousand_yuan": gettext_lazy("Goods of ¥10,000 that were kept"),
        "hundred_sales": gettext_lazy("A hundred sales that were kept"),
    },
)

declare(
    "reason",
    {
        "list_price": gettext_lazy("Price"),
        "group_buy": gettext_lazy("Group price"),
        "flash_sale": gettext_lazy("Flash sale"),
        "bargain": gettext_lazy("Bargain"),
        "leader_cut": gettext_lazy("Initiator's discount"),
        "self_purchase": gettext_lazy("Own purchase saving"),
        "merchant_coupon": gettext_lazy("Merchant's coupon"),
        "platform_coupon": gettext_lazy("Coupon"),
        "points": gettext_lazy("Points"),
    },
)

# The audit trail knows these acts only (core.audit).
declare(
    "act",
    {
        "make_group_buy": pgettext_lazy("act", "Started a group buy"),
        "make_flash_sale": pgettext_lazy("act", "Started a flash sale"),
        "make_bargain": pgettext_lazy("act", "Started a bargain"),
        "make_preview": pgettext_lazy("act", "Announced goods"),
        "stop_campaign": pgettext_lazy("act", "Stopped a campaign"),
        "complete_group": pgettext_lazy("act", "Completed a group"),
        "make_coupon_batch": pgettext_lazy("act", "Made coupons"),
        "stop_coupon_batch": pgettext_lazy("act", "Stopped coupons"),
        "write_questions": pgettext_lazy("act", "Wrote quiz questions"),
        "stop_question": pgettext_lazy("act", "Stopped a quiz question"),
    },
)
