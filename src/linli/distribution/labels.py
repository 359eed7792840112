"""What codes of the network are called on pages."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.core.labels import declare

declare(
    "income_state",
    {
        "pending": gettext_lazy("Pending"),
        "available": gettext_lazy("Available"),
        "coupon": gettext_lazy("Coupon"),
        "reversed": gettext_lazy("Reversed"),
    },
)

declare(
    "commission_kind",
    {
        "commission": gettext_lazy("Share commission"),
        "override": gettext_lazy("Team commission"),
        "self_saving": gettext_lazy("Own purchase saved"),
        "recruit_reward": gettext_lazy("Reward for a new owner"),
        "invite_coupon": gettext_lazy("Invitation coupon"),
        "breakage": gettext_lazy("Kept by the platform"),
    },
)

declare(
    "why",
    {
        "own_sale": gettext_lazy("A friend bought through you"),
        "override_direct": gettext_lazy("An owner you invited sold this"),
        "override_own": gettext_lazy("A leader's own sale"),
        "recruit": gettext_lazy("An owner joined your community"),
        "invite_coupon": gettext_lazy("You invited an owner"),
        "override_team": gettext_lazy("An owner of your community sold this"),
        "no_override": gettext_lazy("Nobody is entitled to the team commission"),
    },
)

declare(
    "tier",
    {
        "ordinary": gettext_lazy("Owner"),
        "gold": gettext_lazy("Gold owner"),
        "senior": gettext_lazy("Senior gold owner"),
    },
)

declare(
    "withdrawal_state",
    {
        "asked": gettext_lazy("Waiting for review"),
        "approved": gettext_lazy("Payout on its way"),
        "paid": gettext_lazy("Paid out"),
        "refused": gettext_lazy("Refused"),
        "failed": gettext_lazy("Failed, it is yours again"),
    },
)

declare(
    "plan_state",
    {
        "draft": gettext_lazy("Draft"),
        "checked": gettext_lazy("Checked"),
        "simulated": gettext_lazy("Simulated"),
        "approved": gettext_lazy("Approved"),
        "active": gettext_lazy("In force"),
        "retired": gettext_lazy("Retired"),
    },
)

declare(
    "risk",
    {
        "burst": gettext_lazy("Many shops opened under one inviter within a day"),
        "star": gettext_lazy("Many invited, and none of them has ever sold"),
        "siblings": gettext_lazy("Signed in with the same browser as the one who invited them"),
        "own_buyer": gettext_lazy("Buyers by own links who sign in with the owner's browser"),
        "late_refund": gettext_lazy("Goods went back after the earnings had matured"),
    },
)

declare(
    "pack_why",
    {
        "sells": gettext_lazy("sells through you"),
        "season": gettext_lazy("in season"),
        "fits": gettext_lazy("fits your neighbours"),
        "popular": gettext_lazy("popular now"),
    },
)

# The audit trail knows these acts only (core.audit).
declare(
    "act",
    {
        "open_shop": pgettext_lazy("act", "Opened a shop"),
        "bring_owner": pgettext_lazy("act", "Brought an owner from elsewhere"),
        "owner_active": pgettext_lazy("act", "Restored an owner"),
        "owner_suspended": pgettext_lazy("act", "Suspended an owner"),
        "owner_closed": pgettext_lazy("act", "Closed a shop"),
        "appoint": pgettext_lazy("act", "Appointed a tier"),
        "write_material": pgettext_lazy("act", "Wrote sharing words"),
        "retire_material": pgettext_lazy("act", "Retired sharing words"),
        "approve_plan": pgettext_lazy("act", "Approved a commission plan"),
        "appeal": pgettext_lazy("act", "Appealed a suspension"),
        "ask_withdrawal": pgettext_lazy("act", "Asked for a withdrawal"),
        "withdrawal_approved": pgettext_lazy("act", "Approved a withdrawal"),
        "withdrawal_refused": pgettext_lazy("act", "Refused a withdrawal"),
        "withdrawal_paid": pgettext_lazy("act", "Paid a withdrawal out"),
        "withdrawal_failed": pgettext_lazy("act", "A withdrawal failed"),
        "withdrawal_asked": pgettext_lazy("act", "Withdrawal asked"),
        "give_identity": pgettext_lazy("act", "Gave payout details"),
        "verify_identity": pgettext_lazy("act", "Verified an identity"),
        "write_off": pgettext_lazy("act", "Gave a debt up"),
    },
)

declare(
    "owner_status",
    {
        "active": gettext_lazy("Active"),
        "suspended": gettext_lazy("Suspended"),
        "closed": gettext_lazy("Closed"),
    },
)
