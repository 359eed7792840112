"""What of an order can be asked back: pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LineState:
    """An order line with what was refunded and what is already asked for."""

    quantity: int
    total_fen: int
    refunded_fen: int
    refunded_quantity: int
    asked_fen: int
    asked_quantity: int

    @property
    def left_fen(self) -> int:
        return self.total_fen - self.refunded_fen - self.asked_fen

    @property
    def left_quantity(self) -> int:
        return self.quantity - self.refunded_quantity - self.asked_quantity

    @property
    def is_left(self) -> bool:
        """Whether something can still be asked back: money or units."""
        return self.left_fen > 0 or self.left_quantity > 0


def amount_for(line: LineState, quantity: int) -> int:
    """The fen of so many units: their floor share, never more than is left, and all that is left for the last units."""
    if quantity >= line.left_quantity:
        return line.left_fen
    return min(line.total_fen * quantity // line.quantity, line.left_fen)
