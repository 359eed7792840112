"""The ladder of silence: notice, reminder, rest, leave. Never silent, and a way back from each step but the last."""

# Days of silence after which a step is taken: a notice, a reminder, rest, leave.
STEPS = (30, 45, 60, 120)
STEP_CODES = ("silent_notice", "silent_reminder", "silent_rest", "silent_left")


def step_due(silent_days: int, taken: int) -> int:
    """The next step for somebody who has been silent for so many days and has heard of `taken` steps; 0 when none is due. One at
    a time: nobody leaves who was not told before."""
    return taken + 1 if taken < len(STEPS) and silent_days >= STEPS[taken] else 0
