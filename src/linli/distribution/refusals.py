"""Why the network may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.forbidden,
    {
        "own_money": gettext_lazy("You can't decide about your own money. Ask a colleague."),
        "same_person": gettext_lazy("A second person has to approve what you drafted."),
    },
)

declare(
    Kind.conflict,
    {
        "already_decided": gettext_lazy("This request has already been decided."),
        "already_owner": gettext_lazy("You have a shop already."),
        "owner_closed": gettext_lazy("This shop is closed, and stays closed."),
        "plan_not_ready": gettext_lazy("The plan has to pass the step before first."),
    },
)

declare(
    Kind.rule,
    {
        "identity_needed": gettext_lazy("Add your payout details first, and wait for them to be verified."),
        "no_such_tier": gettext_lazy("The plan in force has no such tier."),
        "nothing_owed": gettext_lazy("This owner owes nothing."),
        "plan_blocked": gettext_lazy("The law of this site or the proof forbids this plan."),
        "too_many_copies": gettext_lazy("A product has at most 30 copies in use. Retire one first."),
        "withdrawal_day": gettext_lazy("That is more than can be withdrawn in one day."),
        "withdrawal_held": gettext_lazy(
            "Your earnings are on hold while your shop is under review. You can appeal."
        ),
        "withdrawal_least": gettext_lazy("The least that can be withdrawn is ¥1."),
        "withdrawal_too_much": gettext_lazy("That is more than is available."),
    },
)
