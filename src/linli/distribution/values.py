"""Business values of distribution."""

from linli.core.settings import declare

TOUCH_DAYS = declare("touch_days", 7, "days", "A share link's last touch attributes a sale this long.")
BINDING_DAYS = declare(
    "binding_days", 365, "days", "A member stays bound to the owner who brought them this long."
)
WITHDRAWAL_LEAST_FEN = declare(
    "withdrawal_least_fen", 100, "fen", "Smaller amounts cost more to pay than they are."
)
WITHDRAWAL_DAY_FEN = declare(
    "withdrawal_day_fen", 2_000_000, "fen", "The most that one owner withdraws in a day."
)
WITHDRAWAL_REVIEW_FEN = declare(
    "withdrawal_review_fen", 100_000, "fen", "From this amount on a second person looks before money leaves."
)
