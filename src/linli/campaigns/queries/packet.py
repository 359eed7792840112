"""Tips and packets as pages show them."""

from dataclasses import dataclass

from linli.core import sql


@dataclass(frozen=True)
class Tipped:
    """What an author got for a post: points in all, from how many."""

    points: int = 0
    givers: int = 0


def tips_of(post_id: int) -> Tipped:
    """The tips of a post."""
    row = sql.rows(
        "select coalesce(sum(points), 0)::bigint as points, count(distinct giver_id)::int as givers from campaigns_tip where post_id = %s",
        (post_id,),
    )[0]
    return Tipped(row.points, row.givers)
