"""How a quiz is counted: pure. Points are for what one knows, once a level; a duel gives honour alone, since two phones of one
person can play each other; sharing gives nothing (WX-SHARE-01)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

QUESTIONS = 5
PASS_RIGHT = 4
ANSWER_SECONDS, HELP_SECONDS = 20, 600
LEAST_MS = 600  # nobody reads a question and its choices faster
RUNS_A_DAY, DUELS_A_DAY = 10, 20
RUN_MINUTES, DUEL_HOURS = 60, 24
MOST_ADVICE = 5
LEVELS = 9


def reward_of(level: int) -> int:
    """The points of a level when it is passed for the first time."""
    return 5 + 5 * level


def is_passed(right_count: int) -> bool:
    """Whether a level is passed."""
    return right_count >= PASS_RIGHT


def spent_ms(shown_at: datetime, *, at: datetime) -> int:
    """How long a question was open, in milliseconds."""
    return (at - shown_at) // timedelta(milliseconds=1)


@dataclass(frozen=True)
class Score:
    """What one side of a duel has: right answers, and how long they took."""

    right_count: int
    spent_ms: int


def winner_of(challenger: Score, opponent: Score) -> int:
    """Who wins a duel: more right answers, then the shorter time. 1 the challenger, -1 the opponent, 0 a draw."""
    ours = (challenger.right_count, -challenger.spent_ms)
    theirs = (opponent.right_count, -opponent.spent_ms)
    return (ours > theirs) - (ours < theirs)
