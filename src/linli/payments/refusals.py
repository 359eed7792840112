"""Why payments may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.rule,
    {
        "no_such_gateway": gettext_lazy("This way of paying is not available here."),
    },
)
