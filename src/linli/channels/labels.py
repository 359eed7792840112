"""What codes of this module are called on pages."""

from django.utils.translation import pgettext_lazy

from linli.core.labels import declare

# The audit trail knows these acts only (core.audit).
declare(
    "act",
    {
        "found_accounts": pgettext_lazy("act", "Opened regional accounts"),
        "count_followers": pgettext_lazy("act", "Counted followers"),
    },
)
