"""What always holds in distribution."""

from linli.core import sql
from linli.core.invariants import invariant
from linli.distribution.queries.plan import latest_plan


@invariant
def leaders_are_the_nearest_above() -> list[str]:
    """Everybody's cached leader is the sponsor if that leads, else the sponsor's leader: so, by induction, the nearest above."""
    rows = sql.rows(
        """select o.member_id, o.leader_id from distribution_owner o left join distribution_owner s on s.member_id = o.sponsor_id
            where o.leader_id is distinct from case when s.tier = any(%s::text[]) and s.status <> 'closed' then s.member_id
                                                    else s.leader_id end limit 5""",
        (list(latest_plan().engine.plan.leading_tiers),),
    )
    return [
        f"owner {row.member_id} has the leader {row.leader_id}, who is not the nearest above" for row in rows
    ]


@invariant
def coupons_owed_are_in_the_ledger() -> list[str]:
    """The cash-like coupons of every owner are what the ledger owes as coupons."""
    rows = sql.rows(
        """with lines as (select beneficiary_id as owner_id, sum(amount_fen)::bigint as fen from distribution_commissionline
                           where state = 'coupon' group by 1),
                owed as (select a.owner_id, -b.balance_fen as fen from ledger_account a join ledger_balance b on b.account_id = a.id
                          where a.code = 'coupon_owed')
           select coalesce(l.owner_id, o.owner_id) as owner_id from lines l full join owed o using (owner_id)
            where coalesce(l.fen, 0) <> coalesce(o.fen, 0) limit 5"""
    )
    return [f"owner {row.owner_id}: coupons and ledger differ" for row in rows]
