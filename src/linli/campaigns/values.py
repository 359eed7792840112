"""Business values of campaigns."""

from linli.core.settings import declare

REFERRAL_POINTS = declare(
    "referral_points", 500, "points", "Each of two friends, for the first order of the one who was brought."
)
REFERRALS_A_MONTH = declare(
    "referrals_a_month", 20, "friends", "More than so many friends in 30 days bring nothing: it is no trade."
)
QUIZ_POINTS_A_DAY = declare(
    "quiz_points_a_day", 20_000, "points", "What all members together get by the quiz in a day: its budget."
)
