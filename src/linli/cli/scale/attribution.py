"""What attribution of one sale costs: the same look-ups that checkout makes, one sale at a time."""

import random
import time

from linli.distribution.queries.commission import positions_of
from linli.distribution.queries.plan import latest_plan

SALES = 3000


def attribution_ms(owners: int, *, sales: int = SALES) -> tuple[float, float]:
    """The p50 and p99 in milliseconds of finding a seller's position and what a sale pays, for sellers drawn at random."""
    engine = latest_plan().engine
    dice = random.Random(7)
    took = []
    for n in range(sales + 300):
        seller = dice.randrange(1, owners + 1)
        began = time.perf_counter()
        positions_of([seller], leading=engine.plan.leading_tiers)
        if n >= 300:
            took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return round(took[len(took) // 2], 3), round(took[len(took) * 99 // 100], 3)
