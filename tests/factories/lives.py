"""Running state machines against the database."""

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def run_lives(machine: type[RuleBasedStateMachine], *, examples: int, steps: int) -> None:
    """Run that many lives of at most so many steps, each in a transaction of its own that is rolled back; always the same ones."""

    class Fresh(machine):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            self.block = transaction.atomic()
            self.block.__enter__()
            super().__init__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    run_state_machine_as_test(Fresh, settings=wanted)
