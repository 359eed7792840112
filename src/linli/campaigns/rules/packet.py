"""How a red packet is split: fixed and sealed when it is sent, summing exactly. Pure."""

from linli.campaigns.rules.bargain import draw
from linli.core.money import split_by_weight

LEAST_POINTS, MOST_POINTS = 10, 20_000
MOST_SHARES = 200
OPEN_HOURS = 24
TIPS = (10, 50, 100)
MOST_TIP, MOST_TIPS_A_DAY = 500, 2000
KINDS = ("random", "equal")


def fault_of_packet(points: int, count: int, kind: str, words: str) -> str:
    """The code of what is wrong with a packet; empty when nothing is."""
    if kind not in KINDS:
        return "unreadable"
    if not LEAST_POINTS <= points <= MOST_POINTS:
        return "packet_points"
    if not 1 <= count <= MOST_SHARES or count > points:
        return "packet_shares"
    if kind == "equal" and points % count:
        return "packet_equal"
    return "too_long" if len(words) > 40 else ""


def shares_of(points: int, count: int, kind: str, seed: str) -> list[int]:
    """So many shares of at least one point that sum exactly. Random ones come from the seed alone, so that they can be checked."""
    weights = [1] * count if kind == "equal" else [1 + draw(seed, n) % 1000 for n in range(count)]
    return [1 + part for part in split_by_weight(points - count, weights)]
