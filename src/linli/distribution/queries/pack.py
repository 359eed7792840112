"""When an owner's links are opened, and what goes with the words of a pack."""

from linli.core import sql
from linli.distribution.models import PackItem
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


def video_of(item: PackItem) -> str:
    """The address of the video that goes with the words of a pack's item; empty for none, or while it is being encoded."""
    recording = item.material.recording if item.material else None
    return f"/media/{recording.name}.mp4" if recording and recording.state == "ready" else ""
