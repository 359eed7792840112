"""What codes of members are called on pages."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.core.labels import declare

declare(
    "occupation",
    {
        "parent": gettext_lazy("At home with children"),
        "office": gettext_lazy("Office"),
        "teacher": gettext_lazy("Teacher"),
        "medical": gettext_lazy("Health care"),
        "student": gettext_lazy("Student"),
        "retired": gettext_lazy("Pensioner"),
        "farmer": gettext_lazy("Farmer"),
        "service": gettext_lazy("Trade and service"),
        "own_boss": gettext_lazy("Self-employed"),
        "other": gettext_lazy("Something else"),
    },
)

# The audit trail knows these acts only (core.audit).
declare(
    "act",
    {
        "grant_role": pgettext_lazy("act", "Granted a role"),
    },
)

declare(
    "role",
    {
        "operator": gettext_lazy("Operator"),
        "agent": gettext_lazy("Regional agent"),
        "leader": gettext_lazy("Leader"),
    },
)
