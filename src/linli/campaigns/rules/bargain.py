"""The schedule of a bargain's cuts: fixed and sealed before the first friend helps. Pure."""

import hashlib
import json

from linli.core.money import split_by_weight


def schedule(total_fen: int, helpers: int, seed: str) -> list[int]:
    """Cuts in fen for so many helpers that sum exactly to the total, the early ones larger, none below one fen.

    The weights come from the seed alone (SHA-256 of seed and position), so that whoever knows it reckons the same cuts.
    Raises ValueError when there is less than a fen for each.
    """
    if helpers < 1 or total_fen < helpers:
        raise ValueError("a helper takes off at least one fen")
    weights = [(2 * helpers - n) * (50 + draw(seed, n) % 101) for n in range(helpers)]
    return [1 + part for part in split_by_weight(total_fen - helpers, weights)]


def seal(seed: str, cuts: list[int]) -> str:
    """What is shown from the start: it can be checked once the seed is known, and gives nothing away before."""
    return hashlib.sha256(f"{seed}:{json.dumps(cuts)}".encode()).hexdigest()


def draw(seed: str, n: int) -> int:
    """A number of 32 bits that the seed alone gives for a place."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{n}".encode()).digest()[:4])
