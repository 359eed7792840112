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
    earned_fen: int
    reversed_fen: int
    paid_out_fen: int
    paid_out_count: int
    opened_at: datetime
    real_name: str
    account: str
    id_tail: str
    verified_at: datetime | None

    @property
    def reversed_percent(self) -> int:
        """How much of what was earned went back by refunds."""
        return self.reversed_fen * 100 // self.earned_fen if self.earned_fen else 0


def facts_of(owner_ids: Sequence[int]) -> dict[int, Facts]:
    """The facts of each owner."""
    rows = sql.rows(
        """select o.member_id, -coalesce(b.balance_fen, 0) as available_fen, c.earned_fen, c.reversed_fen, w.paid_fen, w.paid_count, o.opened_at,
                  coalesce(i.real_name, '') as real_name, coalesce(i.account, '') as account, coalesce(i.id_tail, '') as id_tail, i.verified_at
             from distribution_owner o
             left join ledger_account a on a.owner_id = o.member_id and a.code = 'commission_available'
             left join ledger_balance b on b.account_id = a.id
             left join distribution_payoutidentity i on i.owner_id = o.member_id
             cross join lateral (select coalesce(sum(amount_fen), 0)::bigint as earned_fen, coalesce(sum(reversed_fen), 0)::bigint as reversed_fen
                                   from distribution_commissionline where beneficiary_id = o.member_id and state in ('pending', 'available')) c
             cross join lateral (select coalesce(sum(amount_fen), 0)::bigint as paid_fen, count(*)::int as paid_count
                                   from distribution_withdrawal where owner_id = o.member_id and state = 'paid') w
            where o.member_id = any(%s::bigint[])""",
        (list(owner_ids),),
    )
    return {row[0]: Facts(*row[1:]) for row in rows}


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
