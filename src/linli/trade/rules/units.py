"""Where the units of an order line are: not sent yet, with the buyer, or refunded. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LineUnits:
    """Units of an order line. refunded of which never_sent stayed in the store; asked_refund and asked_return: of open aftersales."""

    quantity: int
    shipped: int
    refunded: int
    never_sent: int
    asked_refund: int = 0
    asked_return: int = 0

    @property
    def unsent(self) -> int:
        """Units that are still in the store."""
        return self.quantity - self.shipped - self.never_sent

    @property
    def with_buyer(self) -> int:
        """Units that were sent and are not refunded."""
        return self.shipped - (self.refunded - self.never_sent)

    @property
    def to_ship(self) -> int:
        """Units that may travel now: nothing is sent while its buyer asks for the money back."""
        return max(self.unsent - self.asked_refund - max(self.asked_return - self.with_buyer, 0), 0)


def never_sent_of(units: LineUnits, *, quantity: int, kind: str) -> int:
    """How many of the refunded units stay in the store: a return brings back what was sent first, a refund spares the way of
    what was not."""
    if kind == "return":
        return max(quantity - units.with_buyer, 0)
    return min(quantity, units.unsent)
