"""What codes of this module are called on pages."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.core.labels import declare

# The audit trail knows these acts only (core.audit).
declare(
    "act",
    {
        "change_product": pgettext_lazy("act", "Changed goods"),
        "set_on_sale": pgettext_lazy("act", "Put goods on sale"),
        "set_off_sale": pgettext_lazy("act", "Took goods off sale"),
        "set_draft": pgettext_lazy("act", "Made goods a draft"),
    },
)

declare(
    "product_state",
    {
        "draft": gettext_lazy("Draft"),
        "on_sale": gettext_lazy("On sale"),
        "off_sale": gettext_lazy("Off sale"),
    },
)
