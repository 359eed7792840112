"""What distribution tells the modules above."""

from linli.core.events import event


@event
class OwnerJoined:
    """A member opened a shop by invitation; sponsor 0: by the platform itself."""

    owner_id: int
    sponsor_id: int
