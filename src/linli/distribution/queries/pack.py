"""When an owner's links are opened."""

from linli.core import sql
from linli.distribution.rules.pack import best_hour


def best_hour_of(owner_id: int) -> int:
    """The best hour (0 to 23) for an owner to post, by the clicks on their links, else by everybody's."""
    own = dict(
        sql.rows("select hour, click_count from distribution_clickhour where owner_id = %s", (owner_id,))
    )
    everybody = dict(
        sql.rows("select hour, sum(click_count)::bigint as clicks from distribution_clickhour group by hour")
    )
    return best_hour(own, everybody)
