"""What codes of payments are called on pages."""

from django.utils.translation import gettext_lazy

from linli.core.labels import declare

declare(
    "difference_kind",
    {
        "payment": gettext_lazy("Payment"),
        "refund": gettext_lazy("Refund"),
        "payout": gettext_lazy("Payout"),
        "posted_charges": gettext_lazy("Charges and ledger"),
        "posted_refunds": gettext_lazy("Refunds and ledger"),
        "posted_payouts": gettext_lazy("Payouts and ledger"),
    },
)
