"""What members are found by in the operator's console: see core.finding."""

from collections.abc import Sequence

from linli.core import finding
from linli.core.finding import Known
from linli.members.models import Member
from linli.members.queries import MEMBER


def index_members(members: Sequence[Member]) -> None:
    """Say what members are found by: their name and phone."""
    finding.put(MEMBER, [Known(one.pk, (one.name,), (one.phone,)) for one in members])
