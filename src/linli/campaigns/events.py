"""What campaigns tell the modules above."""

from linli.core.events import event


@event
class GroupFilled:
    """The sales of these orders are final: their group is full, or was completed by its merchant."""

    group_id: int
    order_nos: list[str]


@event
class GroupFailed:
    """The seats of these orders are given up: the group's time ran out, or nobody chose after a late payment."""

    group_id: int
    order_nos: list[str]


@event
class GiftClaimed:
    """Shares of gifts were taken: their orders are sales."""

    order_nos: list[str]


@event
class GiftReturned:
    """Shares of gifts that nobody takes any more: their giver gets the money back."""

    order_nos: list[str]
