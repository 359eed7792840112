"""What distribution tells the modules above."""

from linli.core.events import event


@event
class OwnerJoined:
    """A member opened a shop by invitation; sponsor 0: by the platform itself."""

    owner_id: int
    sponsor_id: int


@event
class CommunitySplit:
    """An owner began or ceased to lead; so many owners have another leader."""

    owner_id: int
    moved_count: int
