"""What the steps of a price are called."""

from django.utils.translation import gettext_lazy

REASONS = {
    "list_price": gettext_lazy("Price"),
    "group_buy": gettext_lazy("Group price"),
    "flash_sale": gettext_lazy("Flash sale"),
    "bargain": gettext_lazy("Bargain"),
    "leader_cut": gettext_lazy("Initiator's discount"),
    "self_purchase": gettext_lazy("Own purchase saving"),
    "merchant_coupon": gettext_lazy("Merchant's coupon"),
    "platform_coupon": gettext_lazy("Coupon"),
    "points": gettext_lazy("Points"),
}


def reason_label(code: str) -> str:
    """The label of a price reason, in the active language."""
    return str(REASONS.get(code, code))
