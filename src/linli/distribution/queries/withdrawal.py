"""What a person looks at before money leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from linli.core import sql


@dataclass(frozen=True)
class Facts:
    """About the owner of a withdrawal: money in fen (available is what is left beside it), and who they are to the bank."""

    available_fen: int
    paid_out_fen: int
    paid_out_count: int
    opened_at: datetime
    real_name: str
    account: str
    id_tail: str
    verified_at: datetime | None


@dataclass(frozen=True)
class Earned:
    """All that an owner ever earned, and what of it went back by refunds, in fen."""

    earned_fen: int = 0
    reversed_fen: int = 0

    @property
    def reversed_percent(self) -> int:
        """How much of what was earned went back by refunds."""
        return self.reversed_fen * 100 // self.earned_fen if self.earned_fen else 0


def facts_of(owner_ids: Sequence[int]) -> dict[int, Facts]:
    """The facts of each owner."""
    rows = sql.rows(
        """select o.member_id, -coalesce(b.balance_fen, 0) as available_fen, w.paid_fen, w.paid_count, o.opened_at,
                  coalesce(i.real_name, '') as real_name, coalesce(i.account, '') as account, coalesce(i.id_tail, '') as id_tail, i.verified_at
             from distribution_owner o
             left join ledger_account a on a.owner_id = o.member_id and a.code = 'commission_available'
             left join ledger_balance b on b.account_id = a.id
             left join distribution_payoutidentity i on i.owner_id = o.member_id
             cross join lateral (select coalesce(sum(amount_fen), 0)::bigint as paid_fen, count(*)::int as paid_count
                                   from distribution_withdrawal where owner_id = o.member_id and state = 'paid') w
            where o.member_id = any(%s::bigint[])""",
        (list(owner_ids),),
    )
    return {row[0]: Facts(*row[1:]) for row in rows}


def earned_by(owner_ids: Sequence[int]) -> dict[int, Earned]:
    """What each owner ever earned; those who earned nothing are left out."""
    rows = sql.rows(
        """select beneficiary_id, sum(amount_fen)::bigint as earned_fen, sum(reversed_fen)::bigint as reversed_fen
             from distribution_commissionline where beneficiary_id = any(%s::bigint[]) and state in ('pending', 'available') group by 1""",
        (list(owner_ids),),
    )
    return {row.beneficiary_id: Earned(row.earned_fen, row.reversed_fen) for row in rows}


class Leaving(NamedTuple):
    """An owner's withdrawals in fen: asked for and not at their account yet, and arrived there."""

    under_way_fen: int
    arrived_fen: int


def leaving_of(owner_id: int) -> Leaving:
    """What is on its way to an owner, and what has arrived; what was refused or failed is neither."""
    [row] = sql.rows(
        """select coalesce(sum(amount_fen) filter (where state in ('asked', 'approved')), 0)::bigint as under_way_fen,
                  coalesce(sum(amount_fen) filter (where state = 'paid'), 0)::bigint as arrived_fen
             from distribution_withdrawal where owner_id = %s""",
        (owner_id,),
    )
    return Leaving(*row)
