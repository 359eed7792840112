"""What refunds leave of the part of a line that its buyer did not pay in money."""

from linli.core.money import remaining


def share_left(
    *, share_fen: int, total_fen: int, refunded_fen: int, quantity: int, refunded_quantity: int
) -> int:
    """What is left of a share in fen (the platform's of a line's coupons, its points), by the cumulative rule: in proportion to
    the money, or to the units where there was nothing left to pay."""
    if total_fen:
        return remaining(share_fen, total_fen, refunded_fen)
    return remaining(share_fen, quantity, refunded_quantity)
