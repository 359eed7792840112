"""What members have given to a community and nobody has taken all of: red packets and gifts."""

from dataclasses import dataclass
from datetime import datetime

from linli.core import sql

MOST = 3


@dataclass(frozen=True)
class Given:
    """url: where a share is taken; taken of count shares are gone."""

    kind: str
    url: str
    words: str
    name: str
    taken: int
    count: int


def given_to(community_id: int, *, at: datetime) -> list[Given]:
    """The newest MOST of each kind, red packets first; one statement."""
    rows = sql.rows(
        """(select 'packet' as kind, '/packets/' || p.id as url, p.words, b.name, p.taken_count as taken, cardinality(p.shares) as count
              from campaigns_redpacket p join members_member b on b.id = p.sender_id
             where p.community_id = %(id)s and p.ended_at is null and p.expires_at > %(at)s order by p.id desc limit %(most)s)
           union all
           (select 'gift', '/gifts/' || g.code, g.words, b.name, 0, 0 from campaigns_gift g join members_member b on b.id = g.giver_id
             where g.community_id = %(id)s and g.expires_at > %(at)s
               and exists (select 1 from campaigns_giftshare s where s.gift_id = g.id and s.state = 'open')
             order by g.id desc limit %(most)s)""",
        {"id": community_id, "at": at, "most": MOST},
    )
    return [Given(*row) for row in rows]
