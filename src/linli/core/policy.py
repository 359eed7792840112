"""How a demo's rules differ from a live site's, in one place; everything else is the same code."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Policy:
    """fixed_code: the sign-in code of every phone ("" when each is drawn). tries: (how many, in how many seconds) of whoever asks for
    codes and invitations, instead of the live limits. moves_clock: the operator may move the platform's clock. knows_payees:
    withdrawals go to a play bank that needs no checked identity. law: the jurisdiction by which plans are judged."""

    fixed_code: str = ""
    tries: tuple[tuple[int, int], ...] = ()
    moves_clock: bool = False
    knows_payees: bool = False
    law: str = ""

    def limits(self, *live: tuple[int, int]) -> Sequence[tuple[int, int]]:
        """The limits in force, each (tries, seconds)."""
        return self.tries or live


LIVE = Policy()
DEMO = Policy(fixed_code="000000", tries=((600, 60),), moves_clock=True, knows_payees=True, law="DEMO")


def policy() -> Policy:
    """The policy of this site."""
    return DEMO if settings.DEMO else LIVE
