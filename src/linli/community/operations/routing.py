"""Rules of routing are written by the operator, places come of them, members take or decline what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.community.models import Community, Identity, PlaceState, RoutedPlace, RoutingRule
from linli.core import audit, sql
from linli.core.actor import Actor
from linli.core.refusal import Refusal
from linli.members.rules import OCCUPATIONS

WHO = "routing_who"
CHOICES, SAMPLE = 5, 12

_RULES = """
create temporary table routing_rule on commit drop as
select r.*, c.region, c.type from community_routingrule r join community_community c on c.id = r.community_id where c.closed_at is null
"""

_FITS = """(r.occupations = '{}' or r.occupations && w.occupations) and (r.interests = '{}' or r.interests && w.interests)
       and (r.identities = '{}' or r.identities && w.identities)"""
_WITHIN = "array[w.region, left(w.region, 4) || '00', left(w.region, 2) || '0000', '']"

# The communities that fit each profile, of each type the best first: the rule that says most, the higher priority, the smaller region.
_FITTING = f"""
create temporary table routing_fit on commit drop as
with profile as (select distinct on (profile) * from {WHO} order by profile),
     near as (select w.*, n.region as within from profile w cross join lateral (select distinct unnest({_WITHIN}) as region) n),
     ranked as (
       select w.profile, r.community_id, r.type,
              array_remove(array[case when r.region <> '' then 'region' end, case when r.occupations <> '{{}}' then 'occupation' end,
                                 case when r.interests <> '{{}}' then 'interest' end, case when r.identities <> '{{}}' then 'identity' end], null) as why,
              row_number() over (partition by w.profile, r.type order by
                (r.occupations <> '{{}}')::int + (r.interests <> '{{}}')::int + (r.identities <> '{{}}')::int desc, r.priority desc,
                length(rtrim(r.region, '0')) desc, r.community_id) as rank
         from near w join routing_rule r on r.region = w.within where {_FITS})
select * from ranked
"""

_CHOICES = (
    "create temporary table routing_choice on commit drop as select * from routing_fit where rank <= %s"
)

# A place goes when its rule does not fit its member any more, or its member is inside. Millions of rows are counted where they are.
_LEAVE = f"""
with gone as (
delete from community_routedplace where id in (
  select p.id from community_routedplace p left join {WHO} w on w.member_id = p.member_id
    left join routing_fit f on f.profile = w.profile and f.community_id = p.community_id
   where p.state <> 'declined' and f.profile is null
  union all
  select p.id from community_routedplace p join community_membership s on s.community_id = p.community_id and s.member_id = p.member_id
   where p.state <> 'declined' and s.state not in ('left', 'refused'))
returning id)
select count(*)::int as n from gone
"""

# Whoever has no place of a type may come where they fit and there is room: who waited there first, then the rest.
_CANDIDATES = f"""
     open as (
       select w.member_id, c.community_id, c.type, c.why, c.rank, held.id as held_id, held.community_id as held_in
         from {WHO} w join routing_choice c on c.profile = w.profile
         left join community_routedplace held on held.member_id = w.member_id and held.type = c.type and held.state <> 'declined'
        where (held.id is null or held.state = 'waiting')
          and not exists (select 1 from community_membership s where s.community_id = c.community_id and s.member_id = w.member_id
                             and s.state not in ('left', 'refused'))
          and not exists (select 1 from community_routedplace d where d.member_id = w.member_id and d.community_id = c.community_id and d.state = 'declined'))
"""

_PROPOSE = f"""
with room as (
       select c.id, c.capacity - c.member_count - (select count(*) from community_routedplace p where p.community_id = c.id and p.state = 'proposed') as room
         from community_community c where c.id in (select community_id from routing_choice)),
     {_CANDIDATES.strip()},
     line as (select o.*, r.room, row_number() over (partition by o.community_id
                       order by o.held_in is distinct from o.community_id, o.held_id, o.member_id) as place
                from open o join room r on r.id = o.community_id and r.room > 0 where o.rank = %(rank)s),
     placed as (
insert into community_routedplace as p (member_id, community_id, type, state, why, routed_at)
select member_id, community_id, type, 'proposed', why, %(at)s from line where place <= room order by member_id
on conflict (member_id, type) where state <> 'declined' do update
   set community_id = excluded.community_id, state = 'proposed', why = excluded.why, routed_at = excluded.routed_at
returning p.id)
select count(*)::int as n from placed
"""

_WAIT = f"""
with {_CANDIDATES.strip()},
     placed as (
insert into community_routedplace (member_id, community_id, type, state, why, routed_at)
select distinct on (member_id, type) member_id, community_id, type, 'waiting', why, %(at)s from open where held_id is null
 order by member_id, type, rank
returning id)
select count(*)::int as n from placed
"""


@dataclass(frozen=True)
class Routed:
    """What a run did: places that were given up, that were proposed, and new ones in line; by community how many are proposed and
    wait; and some members with where they go and why."""

    left: int
    proposed: int
    waiting: int
    by_community: tuple[tuple[int, str, int, int], ...]
    sample: tuple[tuple[str, str, tuple[str, ...], str], ...]


@dataclass(frozen=True)
class RuleDraft:
    """Whom a community fits; the meaning of each value stands at models.RoutingRule."""

    occupations: Sequence[str] = ()
    interests: Sequence[str] = ()
    identities: Sequence[str] = ()
    priority: int = 0


def write_rule(*, community: Community, draft: RuleDraft, actor: Actor, at: datetime) -> RoutingRule:
    """The rule of a community, new or in place of its old one; the next run goes by it. Raises Refusal: unreadable."""
    interests = [word.strip() for word in draft.interests if word.strip()]
    known = set(draft.occupations) <= set(OCCUPATIONS) and set(draft.identities) <= set(Identity.values)
    if (
        not known
        or any(len(word) > 12 for word in interests)
        or len(interests) > 12
        or not -99 <= draft.priority <= 99
    ):
        raise Refusal("unreadable")
    rule, _ = RoutingRule.objects.update_or_create(
        community=community,
        defaults={
            "occupations": sorted(set(draft.occupations)),
            "interests": sorted(set(interests)),
            "identities": sorted(set(draft.identities)),
            "priority": draft.priority,
            "changed_at": at,
        },
    )
    audit.record(actor=actor, action="write_rule", subject=f"community:{community.pk}", at=at)
    return rule


def drop_rule(*, community: Community, actor: Actor, at: datetime) -> None:
    """Nobody is led to a community any more. A second time changes nothing."""
    if RoutingRule.objects.filter(community=community).delete()[0]:
        audit.record(actor=actor, action="drop_rule", subject=f"community:{community.pk}", at=at)


def decline_place(*, place: RoutedPlace) -> None:
    """The member does not want it, and is not asked again."""
    RoutedPlace.objects.filter(pk=place.pk).update(state=PlaceState.declined)


def fill_places(*, at: datetime) -> Routed:
    """Fill the places of all members that the temporary table WHO has: member_id, region, occupations, interests, identities, profile.
    The caller holds the transaction.

    One statement per step for any number of members, and the rules are held against profiles, not people. Only who must move moves:
    a place that still fits stays.
    """
    sql.rows("drop table if exists routing_rule, routing_fit, routing_choice")
    sql.rows(f"create index on {WHO} (member_id)")
    sql.rows(_RULES)
    sql.rows(f"analyze {WHO}, routing_rule")
    sql.rows(_FITTING)
    sql.rows(_CHOICES, (CHOICES,))
    sql.rows("create index on routing_choice (profile)")
    sql.rows("analyze routing_fit, routing_choice, community_routedplace")
    left = sql.rows(_LEAVE)[0].n
    # Everybody's first choice first; who found it full comes to the second, and so on.
    proposed = 0
    for rank in range(1, CHOICES + 1):
        proposed += sql.rows(_PROPOSE, {"at": at, "rank": rank})[0].n
        # A table that was empty a moment ago: the next statement must know that it is not.
        sql.rows("analyze community_routedplace")
    waiting = sql.rows(_WAIT, {"at": at})[0].n
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
    return Routed(
        left,
        proposed,
        waiting,
        tuple((row.id, row.name, row.proposed, row.waiting) for row in by_community),
        tuple((row.name, row.community, tuple(row.why), row.state) for row in sample),
    )
