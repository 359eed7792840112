"""Members are led to communities that fit them: who they are is known in several modules, the rules stand where communities are
(community.operations.routing)."""

from datetime import datetime

from django.db import transaction

from linli.community.operations.routing import WHO, Routed, fill_places
from linli.core import sql

# Who they are. Many members say the same of themselves and live in the same place: they are one profile.
_WHO = f"""
create temporary table {WHO} on commit drop as
select *, hashtextextended(concat_ws('|', region, occupations, interests, identities), 0) as profile from (
with trait as (
       select member_id, array_agg(value order by value) filter (where kind = 'occupation') as occupations,
              array_agg(value order by value) filter (where kind = 'interest') as interests from members_trait group by member_id),
     home as (select distinct on (member_id) member_id, region from members_address order by member_id, is_default desc, id desc)
select m.id as member_id, h.region, coalesce(t.occupations, '{{}}') as occupations, coalesce(t.interests, '{{}}') as interests,
       array_remove(array[case when o.member_id is not null then 'owner' end,
                          case when b.member_id is not null then 'buyer' else 'newcomer' end], null)::varchar[] as identities
  from members_member m join home h on h.member_id = m.id left join trait t on t.member_id = m.id
  left join distribution_owner o on o.member_id = m.id and o.status = 'active'
  left join (select distinct member_id from trade_order where paid_at is not null) b on b.member_id = m.id
 where m.status = 'active') w
"""


def route_members(*, at: datetime, is_dry: bool) -> Routed:
    """Route all members by the rules in force. A dry run changes nothing and says what would be."""
    with transaction.atomic():
        sql.rows("select pg_advisory_xact_lock(7304)")
        sql.rows(f"drop table if exists {WHO}")
        sql.rows(_WHO)
        routed = fill_places(at=at)
        transaction.set_rollback(is_dry)
    return routed
