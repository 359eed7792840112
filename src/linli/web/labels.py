"""What codes of forms are called on pages."""

from django.utils.translation import gettext_lazy

from linli.core.labels import declare

declare(
    "field_name",
    {
        "kind": gettext_lazy("Kind"),
        "sku": gettext_lazy("Goods and variant"),
        "sku_id": gettext_lazy("Goods and variant"),
        "starts_at": gettext_lazy("Begins"),
        "ends_at": gettext_lazy("Ends"),
        "price": gettext_lazy("Price ¥"),
        "price_fen": gettext_lazy("Price ¥"),
        "stock": gettext_lazy("Units in this campaign"),
        "seats": gettext_lazy("People"),
        "hours": gettext_lazy("Duration (hours)"),
        "per_member": gettext_lazy("Units per member"),
        "rate": gettext_lazy("Commission %"),
        "rate_bp": gettext_lazy("Commission %"),
        "leader_cut": gettext_lazy("Initiator pays less by ¥"),
        "leader_cut_fen": gettext_lazy("Initiator pays less by ¥"),
        "budget": gettext_lazy("Budget ¥"),
        "name": gettext_lazy("Name"),
        "percent_bp": gettext_lazy("Percent off"),
        "face_fen": gettext_lazy("Worth ¥"),
        "step_fen": gettext_lazy("Every friend adds ¥"),
        "cap_fen": gettext_lazy("At most ¥"),
        "min_spend_fen": gettext_lazy("From goods of ¥ (empty: no threshold)"),
        "quantity": gettext_lazy("How many"),
        "valid_days": gettext_lazy("Valid for days"),
        "scope": gettext_lazy("For"),
        "platform_share_bp": gettext_lazy("What the platform bears"),
        "claim_code": gettext_lazy("Code to claim it by (empty: none)"),
        "region": gettext_lazy("Region"),
        "capacity": gettext_lazy("Members at most"),
        "member_count": gettext_lazy("Members now"),
        "position": gettext_lazy("Its place in the series"),
        "join_url": gettext_lazy("Link to join"),
        "qr": gettext_lazy("Picture of the join code"),
    },
)
