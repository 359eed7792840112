"""The three rings as pages show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from linli.community.models import OuterGroup
from linli.core import sql
from linli.core.clock import shop_day
from linli.members.queries import region_prefix

MOST_GROUPS = 60


def joinable_groups(region: str, *, at: datetime) -> list[OuterGroup]:
    """The groups that somebody of a region can join now: of each series (platform, type, region) the first that is approved, has
    room and a way in that still holds. A region's surroundings and parts count; "" is everywhere."""
    near = [region[:2].ljust(6, "0"), region[:4].ljust(6, "0"), region] if region else []
    rows = sql.rows(
        """select distinct on (g.platform, g.type, g.region) g.id from community_outergroup g
            where g.closed_at is null and g.approved_at is not null and g.member_count < g.capacity
              and (g.join_url <> '' or (g.qr <> '' and (g.qr_until is null or g.qr_until > %(at)s)))
              and (%(region)s = '' or g.region like %(within)s or g.region = any(%(near)s::text[]))
            order by g.platform, g.type, g.region, g.position, g.id limit %(most)s""",
        {
            "at": at,
            "region": region,
            "within": f"{region_prefix(region)}%" if region else "",
            "near": near,
            "most": MOST_GROUPS,
        },
    )
    found = OuterGroup.objects.in_bulk([row.id for row in rows])
    return [found[row.id] for row in rows]


@dataclass(frozen=True)
class RingSums:
    """How many there are in each ring, and the moves between them in some days: (from, to) → count, and day by day."""

    outer_groups: int
    outer_people: int
    middle_accounts: int
    middle_people: int
    inner_people: int
    moves: dict[tuple[str, str], int]
    by_day: tuple[dict[str, Any], ...]


def ring_sums(*, region: str = "", days: int, at: datetime) -> RingSums:
    """The rings of a region (a province's code; "" for all), with the moves of the last days, today included."""
    prefix = f"{region_prefix(region)}%" if region else "%"
    since = shop_day(at) - timedelta(days=days - 1)
    counts = sql.rows(
        """select (select count(*) from community_outergroup where closed_at is null and approved_at is not null and region like %(prefix)s)::int as outer_groups,
                  (select coalesce(sum(member_count), 0) from community_outergroup where closed_at is null and approved_at is not null and region like %(prefix)s)::bigint as outer_people,
                  (select count(*) from channels_regionalaccount where region like %(prefix)s)::int as middle_accounts,
                  (select coalesce(sum(follower_count), 0) from channels_regionalaccount where region like %(prefix)s)::bigint as middle_people,
                  (select count(*) from members_member where status = 'active')::bigint as inner_people""",
        {"prefix": prefix},
    )[0]
    moves = sql.rows(
        """select day, from_ring, to_ring, count(*)::int as moves from community_ringmove
            where day >= %s and region like %s group by 1, 2, 3 order by 1""",
        (since, prefix),
    )
    sums: dict[tuple[str, str], int] = {}
    by_day: dict[Any, dict[str, Any]] = {
        since + timedelta(days=n): {"day": since + timedelta(days=n), "inward": 0, "outward": 0}
        for n in range(days)
    }
    for row in moves:
        key = (row.from_ring, row.to_ring)
        sums[key] = sums.get(key, 0) + row.moves
        by_day[row.day]["inward" if row.to_ring == "inner" else "outward"] += row.moves
    return RingSums(**counts._asdict(), moves=sums, by_day=tuple(by_day.values()))


def my_region(member_id: int) -> str:
    """Where a member lives, by their first address; empty when they have none."""
    rows = sql.rows(
        "select region from members_address where member_id = %s order by is_default desc, id desc limit 1",
        (member_id,),
    )
    return rows[0].region if rows else ""
