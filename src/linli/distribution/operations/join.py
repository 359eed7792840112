"""What the plan pays for a new owner: at the moment of joining, matured when the plan's hold is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from linli.core import sql
from linli.core.work import work_off
from linli.distribution.models import CommissionLine, CommissionState, Owner
from linli.distribution.queries.commission import positions_of
from linli.distribution.queries.plan import ActivePlan, plan_at
from linli.distribution.types import Kind, Share
from linli.ledger.operations import post
from linli.ledger.types import PLATFORM, Code, Entry, Leg

_HELD = """
select id from distribution_commissionline
 where joiner_id is not null and state = 'pending' and paid_at <= %(until)s and id <> all(%(aside)s::bigint[])
 order by id limit %(most)s for no key update skip locked
"""


def pay_join(owner: Owner, *, at: datetime) -> list[list[int]]:
    """Write down and post what an owner's joining pays; returns its coupons, for OwnerJoined. A coupon with a threshold costs
    nothing until it is used; one without is money owed, as a coupon."""
    plan = plan_at(at)
    position = positions_of([owner.pk], leading=plan.engine.plan.leading_tiers)[owner.pk]
    all_shares = plan.engine.join_shares(position)
    shares = [share for share in all_shares if not plan.engine.min_spend_fen(share.why)]
    if shares:
        _owe(owner, shares, plan, at)
    return [
        [
            share.beneficiary_id,
            share.amount_fen,
            plan.engine.min_spend_fen(share.why),
            share.amount_fen if share in shares else 0,
        ]
        for share in all_shares
        if share.kind is Kind.invite_coupon
    ]


def _owe(owner: Owner, shares: Sequence[Share], plan: ActivePlan, at: datetime) -> None:
    CommissionLine.objects.bulk_create(
        CommissionLine(
            joiner=owner, order_no="", beneficiary_id=share.beneficiary_id, kind=share.kind, product_title=owner.shop_name,
            base_fen=0, rate_bp=0, amount_fen=share.amount_fen, why=share.why, plan_id=plan.plan_id, paid_at=at,
            state=CommissionState.coupon if share.kind is Kind.invite_coupon else CommissionState.pending,
        )
        for share in shares
    )  # fmt: skip
    cost = sum(share.amount_fen for share in shares)
    legs = (Leg(Code.recruit_cost, PLATFORM, cost), *map(_owed, shares))
    post([Entry(f"join:{owner.pk}", "join", f"owner:{owner.pk}", legs, at)])


def _owed(share: Share) -> Leg:
    code = Code.coupon_owed if share.kind is Kind.invite_coupon else Code.commission_pending
    return Leg(code, share.beneficiary_id, -share.amount_fen)


def mature_joins(*, at: datetime) -> int:
    """Recruit rewards whose hold is over become available. Returns how many."""
    hold = timedelta(days=plan_at(at).engine.plan.settle.hold_days)
    return work_off(
        "distribution.mature_joins", _HELD, partial(_mature, at=at), at=at, parameters={"until": at - hold}
    )


def _mature(line_ids: Sequence[int], *, at: datetime) -> None:
    rows = sql.rows(
        """update distribution_commissionline c set state = 'available', available_at = %s where id = any(%s::bigint[])
           returning c.id, c.joiner_id, c.beneficiary_id, c.amount_fen - c.reversed_fen as fen""",
        (at, list(line_ids)),
    )
    post(
        [
            Entry(
                f"join_matured:{row.id}",
                "join_matured",
                f"owner:{row.joiner_id}",
                (
                    Leg(Code.commission_pending, row.beneficiary_id, row.fen),
                    Leg(Code.commission_available, row.beneficiary_id, -row.fen),
                ),
                at,
            )
            for row in rows
        ]
    )
