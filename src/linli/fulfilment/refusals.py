"""Why fulfilment may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.conflict,
    {
        "parcel_known": gettext_lazy(
            "This order already has a parcel with this tracking number and different items."
        ),
    },
)

declare(
    Kind.rule,
    {
        "bad_parcel": gettext_lazy("The carrier or the tracking number is not right."),
    },
)
