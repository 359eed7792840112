"""Where sellers stand in the tree, and what owners have earned."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from linli.core import sql
from linli.core.clock import shop_midnight
from linli.distribution.types import Position, Standing
from linli.ledger.queries import owed_fen
from linli.ledger.types import Code


def positions_of(seller_ids: Iterable[int], *, leading: frozenset[str]) -> dict[int, Position]:
    """Each seller with sponsor and leader as they stand now; one primary-key probe each, whatever the size of the tree."""
    rows = sql.rows(
        """select o.member_id, o.tier, o.status, o.sponsor_id, s.tier as sponsor_tier, s.status as sponsor_status,
                  o.leader_id, l.tier as leader_tier, l.status as leader_status
             from distribution_owner o
             left join distribution_owner s on s.member_id = o.sponsor_id
             left join distribution_owner l on l.member_id = o.leader_id
            where o.member_id = any(%s::bigint[])""",
        (list(seller_ids),),
    )

    def standing(owner_id: int | None, tier: str, status: str) -> Standing | None:
        return Standing(owner_id, tier, tier in leading and status != "closed") if owner_id else None

    return {
        row.member_id: Position(
            seller=Standing(row.member_id, row.tier, row.tier in leading and row.status != "closed"),
            sponsor=standing(row.sponsor_id, row.sponsor_tier, row.sponsor_status),
            leader=standing(row.leader_id, row.leader_tier, row.leader_status),
        )
        for row in rows
    }


def income_of(owner_id: int) -> dict[str, int]:
    """An owner's standing with the platform in fen: pending, available, debt (all straight from the ledger), and withdrawn:
    all that was asked for and has not come back, tax included."""
    available = owed_fen(Code.commission_available, [owner_id])[owner_id]
    return {
        "pending_fen": owed_fen(Code.commission_pending, [owner_id])[owner_id],
        "available_fen": max(available, 0),
        "debt_fen": max(-available, 0),
        "withdrawn_fen": _withdrawn_fen(owner_id),
    }


def income_days(owner_id: int, *, days: int, until: Any) -> list[int]:
    """What an owner earned on each of the last days (Shanghai days, oldest first), in fen, after reversals so far."""
    rows = sql.rows(
        """select d.n, coalesce(sum(c.amount_fen - c.reversed_fen), 0)::bigint as fen
             from generate_series(%(days)s::int - 1, 0, -1) d(n)
             left join distribution_commissionline c on c.beneficiary_id = %(owner)s
              and c.paid_at >= %(midnight)s::timestamptz - make_interval(days => d.n)
              and c.paid_at < %(midnight)s::timestamptz - make_interval(days => d.n - 1)
            group by d.n order by d.n desc""",
        {"days": days, "owner": owner_id, "midnight": shop_midnight(until)},
    )
    return [row.fen for row in rows]


def sales_figures(owner_id: int, *, today: datetime) -> dict[str, int]:
    """What an owner sold and earned since the midnight of today, and sold in 30 days, in fen, after reversals so far."""
    return sql.dicts(
        """select count(distinct order_no) filter (where paid_at >= %(today)s) as orders_today,
                  coalesce(sum(amount_fen - reversed_fen) filter (where paid_at >= %(today)s), 0)::bigint as earned_today_fen,
                  count(distinct order_no) as orders,
                  coalesce(sum(base_fen - refunded_base_fen) filter (where kind = 'commission'), 0)::bigint as sales_fen
             from distribution_commissionline where beneficiary_id = %(owner)s and paid_at >= %(month)s""",
        {"today": today, "month": today - timedelta(days=29), "owner": owner_id},
    )[0]


def _withdrawn_fen(owner_id: int) -> int:
    return sql.rows(
        """select coalesce(sum(amount_fen), 0)::bigint as fen from distribution_withdrawal
            where owner_id = %s and state in ('asked', 'approved', 'paid')""",
        (owner_id,),
    )[0].fen
