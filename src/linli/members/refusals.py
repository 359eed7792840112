"""Why members may refuse: each code with its kind and its sentence."""

from django.utils.translation import gettext_lazy

from linli.core.refusal import Kind, declare

declare(
    Kind.unauthorised,
    {
        "no_such_member": gettext_lazy("No account uses this phone number yet."),
        "wrong_code": gettext_lazy("The code is wrong or has expired."),
    },
)

declare(
    Kind.conflict,
    {
        "already_member": gettext_lazy("This phone number is registered already. Sign in instead."),
    },
)

declare(
    Kind.rule,
    {
        "bad_address": gettext_lazy(
            "The address is not complete: name, phone, region and street are needed."
        ),
        "invitation_refused": gettext_lazy(
            "This invitation is not valid (any more). Ask your friend for a new one."
        ),
    },
)
