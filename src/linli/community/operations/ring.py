"""Moves between the rings are counted where they can be: at a tap."""

from datetime import datetime

from linli.community.models import Ring
from linli.core import sql
from linli.core.clock import shop_day


def count_move(
    from_ring: Ring, to_ring: Ring, *, region: str, reference: str, visitor: str, at: datetime
) -> bool:
    """Somebody went from one ring to another by something; each visitor (a digest) once a day. Whether it was counted."""
    return bool(
        sql.rows(
            """insert into community_ringmove (from_ring, to_ring, region, reference, visitor, day)
               values (%s, %s, %s, %s, %s, %s) on conflict do nothing returning id""",
            (from_ring.value, to_ring.value, region, reference, visitor, shop_day(at)),
        )
    )
