"""What distribution tells the modules above."""

from dataclasses import field

from linli.core.events import event


@event
class OwnerJoined:
    """A member opened a shop by invitation; sponsor 0: by the platform itself.

    coupons: what the plan gives as coupons for it: [member_id, face_fen, min_spend_fen, owed_fen] each.
    """

    owner_id: int
    sponsor_id: int
    coupons: list[list[int]] = field(default_factory=list)


@event
class CommunitySplit:
    """An owner began or ceased to lead; so many owners have another leader."""

    owner_id: int
    moved_count: int
