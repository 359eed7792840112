"""Why pages may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.rule,
    {
        "address_gone": gettext_lazy(
            "The address you chose no longer exists. Check the one below, or choose another."
        ),
        "too_long_for_a_file": gettext_lazy(
            "A file has up to 20,000 rows. Narrow the list, for example by dates."
        ),
        "realm_region": gettext_lazy("Choose one of your regions (six digits)."),
        "unknown_outcome": gettext_lazy("The payment does not know this outcome."),
    },
)
