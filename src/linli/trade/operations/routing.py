"""Members are led to communities that fit them: who they are is known in several modules, the rules stand where communities are.

One statement per step for any number of members. A run moves only who must move: a place that still fits stays.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.core import sql

SAMPLE = 12

# Every member with what the rules ask for, and their region with all that it lies in.
_FIT = """
create temporary table routing_fit on commit drop as
with trait as (
       select member_id, array_agg(value) filter (where kind = 'occupation') as occupations,
              array_agg(value) filter (where kind = 'interest') as interests from members_trait group by member_id),
     home as (select distinct on (member_id) member_id, region from members_address order by member_id, is_default desc, id desc),
     who as (
       select m.id, h.region, coalesce(t.occupations, '{}') as occupations, coalesce(t.interests, '{}') as interests,
              array_remove(array[case when o.member_id is not null then 'owner' end,
                                 case when b.member_id is not null then 'buyer' else 'newcomer' end], null) as identities
         from members_member m join home h on h.member_id = m.id left join trait t on t.member_id = m.id
         left join distribution_owner o on o.member_id = m.id and o.status = 'active'
         left join (select distinct member_id from trade_order where paid_at is not null) b on b.member_id = m.id
        where m.status = 'active'),
     near as (select w.*, n.region as within from who w cross join lateral (
                select distinct unnest(array[w.region, left(w.region, 4) || '00', left(w.region, 2) || '0000', '']) as region) n),
     rule as (select r.*, c.region, c.type from community_routingrule r join community_community c on c.id = r.community_id
               where c.closed_at is null)
select distinct on (n.id, r.type) n.id as member_id, r.community_id, r.type,
       array_remove(array[case when r.region <> '' then 'region' end, case when r.occupations <> '{}' then 'occupation' end,
                          case when r.interests <> '{}' then 'interest' end, case when r.identities <> '{}' then 'identity' end], null) as why
  from near n join rule r on r.region = n.within
 where (r.occupations = '{}' or r.occupations && n.occupations::varchar[])
   and (r.interests = '{}' or r.interests && n.interests::varchar[])
   and (r.identities = '{}' or r.identities && n.identities::varchar[])
   and not exists (select 1 from community_membership s where s.community_id = r.community_id and s.member_id = n.id
                      and s.state not in ('left', 'refused'))
   and not exists (select 1 from community_routedplace p where p.member_id = n.id and p.community_id = r.community_id and p.state = 'declined')
 order by n.id, r.type,
          -- A place that still fits stays; else the rule that says most, the higher priority, the smaller region.
          exists (select 1 from community_routedplace p where p.member_id = n.id and p.community_id = r.community_id) desc,
          (r.occupations <> '{}')::int + (r.interests <> '{}')::int + (r.identities <> '{}')::int desc, r.priority desc, length(rtrim(r.region, '0')) desc, r.community_id
"""

_LEAVE = """
delete from community_routedplace p where p.state <> 'declined'
   and not exists (select 1 from routing_fit f where f.member_id = p.member_id and f.community_id = p.community_id)
returning p.id
"""

_COME = """
insert into community_routedplace (member_id, community_id, type, state, why, routed_at)
select f.member_id, f.community_id, f.type, 'waiting', f.why, %(at)s from routing_fit f
 where not exists (select 1 from community_routedplace p where p.member_id = f.member_id and p.community_id = f.community_id)
 order by f.member_id
returning id
"""

# As many of the line as there is room for, those who came first first.
_PROPOSE = """
with room as (
       select c.id, c.capacity - c.member_count - count(p.id) filter (where p.state = 'proposed') as room
         from community_community c join community_routedplace p on p.community_id = c.id where c.closed_at is null group by c.id),
     line as (select p.id, row_number() over (partition by p.community_id order by p.id) as place, r.room
                from community_routedplace p join room r on r.id = p.community_id where p.state = 'waiting')
update community_routedplace p set state = 'proposed' from line l where p.id = l.id and l.place <= l.room
returning p.id
"""


@dataclass(frozen=True)
class Routed:
    """What a run did: places that were given up, new ones, and of those in line who may come now; by community how many are
    proposed and wait; and some members with where they go and why."""

    left: int
    come: int
    proposed: int
    by_community: tuple[tuple[int, str, int, int], ...]
    sample: tuple[tuple[str, str, tuple[str, ...], str], ...]


def route_members(*, at: datetime, is_dry: bool) -> Routed:
    """Route all members by the rules in force. A dry run changes nothing and says what would be."""
    with transaction.atomic():
        sql.rows("select pg_advisory_xact_lock(7304)")
        sql.rows("drop table if exists routing_fit")
        sql.rows(_FIT)
        sql.rows("create index on routing_fit (member_id, community_id)")
        sql.rows("analyze routing_fit")
        left = len(sql.rows(_LEAVE))
        come = len(sql.rows(_COME, {"at": at}))
        proposed = len(sql.rows(_PROPOSE))
        by_community = sql.rows(
            """select c.id, c.name, count(*) filter (where p.state = 'proposed')::int as proposed,
                      count(*) filter (where p.state = 'waiting')::int as waiting
                 from community_routedplace p join community_community c on c.id = p.community_id
                where p.state <> 'declined' group by c.id order by 3 desc, c.id limit 200"""
        )
        sample = sql.rows(
            """select m.name, c.name as community, p.why, p.state from community_routedplace p join members_member m on m.id = p.member_id
                 join community_community c on c.id = p.community_id where p.routed_at = %s order by p.id limit %s""",
            (at, SAMPLE),
        )
        transaction.set_rollback(is_dry)
    return Routed(
        left,
        come,
        proposed,
        tuple((row.id, row.name, row.proposed, row.waiting) for row in by_community),
        tuple((row.name, row.community, tuple(row.why), row.state) for row in sample),
    )
