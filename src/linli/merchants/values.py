"""Business values of merchants."""

from linli.core.settings import declare

SERVICE_FEE_BP = declare(
    "service_fee_bp", 200, "bp", "The platform's fee on completed goods, unless a merchant has a rate."
)
AFTERSALE_DAYS = declare(
    "aftersale_days", 7, "days", "From receipt: the 7-day no-reason return (消法 art. 25)."
)
