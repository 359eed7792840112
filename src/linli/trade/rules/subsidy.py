"""The platform's part of a line's coupons: what refunds leave of it."""

from linli.core.money import remaining


def subsidy_left(
    *, subsidy_fen: int, total_fen: int, refunded_fen: int, quantity: int, refunded_quantity: int
) -> int:
    """What is left of a line's subsidy in fen, by the cumulative rule: in proportion to the money, or to the units where the
    coupons had left nothing to pay."""
    if total_fen:
        return remaining(subsidy_fen, total_fen, refunded_fen)
    return remaining(subsidy_fen, quantity, refunded_quantity)
