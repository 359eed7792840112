"""Why channels may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.rule,
    {
        "bad_account": gettext_lazy(
            "An account's name has 1 to 40 characters, its id at most 40, and its followers are a whole number."
        ),
    },
)
