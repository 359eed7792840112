"""How many points something is worth: pure. One point is worth one fen."""

from datetime import date, timedelta

EARN_BP = 100  # 1 % of the goods that were paid and kept
CHECK_IN = (5, 10, 15, 20, 25, 30, 50)


def check_in_points(streak: int) -> int:
    """The points of the day that makes a streak of so many days (1, 2, ...); from the seventh on always the most."""
    return CHECK_IN[min(max(streak, 1), len(CHECK_IN)) - 1]


def streak_until(days: list[date], today: date) -> int:
    """How many days without a gap end today or yesterday, in a list of the days that one checked in."""
    known = set(days)
    day = today if today in known else today - timedelta(days=1)
    streak = 0
    while day in known:
        streak += 1
        day -= timedelta(days=1)
    return streak
