"""The health of a community as its leaders and the operator read it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from linli.community.models import Health
from linli.core import sql
from linli.core.clock import shop_day


@dataclass(frozen=True)
class Cohort:
    """Those who joined in one week (it begins on a Monday): how many, and how many of them are seen and talk now."""

    week: date
    joined: int
    seen: int
    talking: int

    @property
    def percent(self) -> int:
        """Of those who joined, seen within two weeks."""
        return 100 * self.seen // self.joined if self.joined else 0


def health_of(community_id: int) -> Health | None:
    """The newest facts; None before the first job."""
    return Health.objects.filter(pk=community_id).first()


def cohorts_of(community_id: int, *, weeks: int, at: datetime) -> list[Cohort]:
    """Retention by the week that members joined, the newest first."""
    since = shop_day(at) - timedelta(weeks=weeks)
    rows = sql.rows(
        """select date_trunc('week', m.joined_on)::date as week, count(*)::int as joined,
                  count(*) filter (where m.state in ('active', 'resting') and m.seen_at >= %(at)s - interval '14 days')::int as seen,
                  count(*) filter (where exists (
                    select 1 from community_post p where p.author_id = m.member_id and p.community_id = m.community_id and p.state = 'shown'
                       and p.created_at >= %(at)s - interval '14 days'))::int as talking
             from community_membership m where m.community_id = %(id)s and m.joined_on > %(since)s group by 1 order by 1 desc""",
        {"id": community_id, "since": since, "at": at},
    )
    return [Cohort(row.week, row.joined, row.seen, row.talking) for row in rows]
