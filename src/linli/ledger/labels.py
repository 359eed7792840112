"""What codes of the ledger are called on pages."""

from django.utils.translation import gettext_lazy

from linli.core.labels import declare

declare(
    "ledger_kind",
    {
        "paid": gettext_lazy("Order paid"),
        "completed": gettext_lazy("Order completed"),
        "settlement": gettext_lazy("Orders completed, together"),
        "refund": gettext_lazy("Refund"),
        "refund_paid": gettext_lazy("Refund paid out"),
        "join": gettext_lazy("Owner joined"),
        "join_matured": gettext_lazy("Reward for a new owner matured"),
        "withdrawal": gettext_lazy("Withdrawal asked"),
        "withdrawal_paid": gettext_lazy("Withdrawal paid out"),
        "withdrawal_back": gettext_lazy("Withdrawal came back"),
        "write_off": gettext_lazy("Debt given up"),
        "group_paid": gettext_lazy("Seat of a group paid"),
        "gift_paid": gettext_lazy("Gift paid"),
        "coupon_used": gettext_lazy("Coupon of a plan used"),
        "points": gettext_lazy("Points given"),
        "points_used": gettext_lazy("Points spent"),
        "points_back": gettext_lazy("Points came back"),
        "points_ended": gettext_lazy("Points ended"),
        "tip": gettext_lazy("Tip in points"),
        "packet": gettext_lazy("Red packet sent"),
        "packet_taken": gettext_lazy("Red packet taken"),
        "packet_back": gettext_lazy("Red packet came back"),
        "coupon_returned": gettext_lazy("Coupon of a plan returned"),
        "coupon_expired": gettext_lazy("Coupon of a plan expired"),
        "surplus": gettext_lazy("Payment that goes back"),
        "fee_paid": gettext_lazy("Fee for coming into a community"),
        "fee_earned": gettext_lazy("Fee of a community earned"),
        "refund_fee": gettext_lazy("Fee of a community given back"),
    },
)

declare(
    "account",
    {
        "gateway": gettext_lazy("Payment gateway"),
        "bank": gettext_lazy("Bank"),
        "merchant_pending": gettext_lazy("Merchant, not yet due"),
        "merchant_available": gettext_lazy("Merchant, due"),
        "commission_pending": gettext_lazy("Commission, not yet due"),
        "commission_available": gettext_lazy("Commission, due"),
        "commission_withdrawing": gettext_lazy("Commission, on its way"),
        "coupon_owed": gettext_lazy("Coupons like cash"),
        "points_owed": gettext_lazy("Points of members"),
        "packet_held": gettext_lazy("Points in red packets"),
        "tax_withheld": gettext_lazy("Income tax withheld"),
        "deferred_platform": gettext_lazy("Platform, not yet earned"),
        "group_held": gettext_lazy("Seats of groups, held"),
        "gift_held": gettext_lazy("Gifts, held"),
        "fee_held": gettext_lazy("Entry fees, held"),
        "refund_payable": gettext_lazy("Refunds to pay"),
        "service_fee": gettext_lazy("Service fees"),
        "breakage": gettext_lazy("Commission given to nobody"),
        "entry_fee": gettext_lazy("Entry fees"),
        "recruit_cost": gettext_lazy("Cost of new owners"),
        "campaign_cost": gettext_lazy("Cost of campaigns"),
        "points_cost": gettext_lazy("Cost of points"),
        "bad_debt": gettext_lazy("Debts given up"),
    },
)
