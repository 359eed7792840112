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
def withdrawals_are_in_the_ledger() -> list[str]:
    """What is on its way to each owner is what the ledger has withdrawing; the tax of all that stand is what it owes for tax."""
    rows = sql.rows(
        """with asked as (select owner_id, sum(amount_fen - tax_fen)::bigint as fen from distribution_withdrawal
                           where state in ('asked', 'approved') group by 1),
                owed as (select a.owner_id, -b.balance_fen as fen from ledger_account a join ledger_balance b on b.account_id = a.id
                          where a.code = 'commission_withdrawing')
           select coalesce(w.owner_id, o.owner_id) as owner_id from asked w full join owed o using (owner_id)
            where coalesce(w.fen, 0) <> coalesce(o.fen, 0) limit 5"""
    )
    tax = sql.rows(
        """select coalesce((select sum(tax_fen) from distribution_withdrawal where state in ('asked', 'approved', 'paid')), 0)::bigint as lines_fen,
                  coalesce((select -sum(p.amount_fen) from ledger_posting p join ledger_account a on a.id = p.account_id
                             where a.code = 'tax_withheld'), 0)::bigint as owed_fen"""
    )[0]
    found = [f"owner {row.owner_id}: withdrawals and ledger differ" for row in rows]
    if tax.lines_fen != tax.owed_fen:
        found.append(f"withdrawals withheld {tax.lines_fen} fen of tax, the ledger owes {tax.owed_fen}")
    return found


@invariant
def available_earnings_are_explained() -> list[str]:
    """What every owner has available is what matured and what they brought, less what went back and what was withdrawn, with debts that were given up."""
    rows = sql.rows(
        """with moved as (
             select beneficiary_id as owner_id, sum(amount_fen - reversed_fen)::bigint as fen from distribution_commissionline
              where state = 'available' and beneficiary_id <> 0 group by 1
             union all select owner_id, -sum(amount_fen)::bigint from distribution_withdrawal
              where state in ('asked', 'approved', 'paid') group by 1
             union all select owner_id, sum(amount_fen)::bigint from distribution_writeoff group by 1
             union all select owner_id, amount_fen from distribution_openingbalance),
           explained as (select owner_id, sum(fen)::bigint as fen from moved group by 1),
           owed as (select a.owner_id, -b.balance_fen as fen from ledger_account a join ledger_balance b on b.account_id = a.id
                     where a.code = 'commission_available')
           select coalesce(e.owner_id, o.owner_id) as owner_id, coalesce(e.fen, 0) as lines_fen, coalesce(o.fen, 0) as owed_fen
             from explained e full join owed o using (owner_id) where coalesce(e.fen, 0) <> coalesce(o.fen, 0) limit 5"""
    )
    return [
        f"owner {row.owner_id}: lines explain {row.lines_fen} fen available, the ledger has {row.owed_fen}"
        for row in rows
    ]


@invariant
def coupons_promised_are_in_the_ledger() -> list[str]:
    """The cash-like coupons that plans promised to every owner are what the ledger took as owed for joinings."""
    rows = sql.rows(
        """with lines as (select beneficiary_id as owner_id, sum(amount_fen)::bigint as fen from distribution_commissionline
                           where state = 'coupon' group by 1),
                owed as (select a.owner_id, -sum(p.amount_fen)::bigint as fen from ledger_transaction t
                           join ledger_posting p on p.transaction_id = t.id join ledger_account a on a.id = p.account_id
                          where t.kind = 'join' and a.code = 'coupon_owed' group by 1)
           select coalesce(l.owner_id, o.owner_id) as owner_id from lines l full join owed o using (owner_id)
            where coalesce(l.fen, 0) <> coalesce(o.fen, 0) limit 5"""
    )
    return [f"owner {row.owner_id}: promised coupons and ledger differ" for row in rows]
