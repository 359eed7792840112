"""Money is integer fen, rates are integer basis points; floats never come near either."""

BP = 10_000


def floor_bp(amount_fen: int, rate_bp: int) -> int:
    """The share of an amount at a rate, floored to the fen (docs/plans.md: floor, what is left stays with the platform)."""
    return amount_fen * rate_bp // BP


def remaining(share_fen: int, base_fen: int, refunded_fen: int) -> int:
    """What is left of a share in fen after so much of its base was refunded (the cumulative rule)."""
    return share_fen * (base_fen - refunded_fen) // base_fen if base_fen else 0


def reversal(share_fen: int, base_fen: int, refunded_before_fen: int, refund_fen: int) -> int:
    """What a refund takes back of a share, in fen. Over any parts of the base the reversals sum to the share exactly."""
    before = remaining(share_fen, base_fen, refunded_before_fen)
    return before - remaining(share_fen, base_fen, refunded_before_fen + refund_fen)


def split_by_weight(total_fen: int, weights: list[int]) -> list[int]:
    """Split fen in proportion to weights by the largest remainder; the parts sum to the total exactly."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total_fen * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total_fen * weights[i] % whole), i))
    for i in order[: total_fen - sum(parts)]:
        parts[i] += 1
    return parts


def yuan(fen: int) -> str:
    """Fen as a plain number of yuan with two decimals and thousands separated: 1234560 -> 12,345.60."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
