"""The points that kept orders have earned."""

from datetime import datetime, timedelta

from linli.campaigns.operations.points import Granted
from linli.campaigns.rules.points import EARN_BP
from linli.campaigns.values import REFERRAL_POINTS, REFERRALS_A_MONTH
from linli.core import sql
from linli.core.settings import values_at


def points_of_run(settlement_run_id: int) -> list[Granted]:
    """What the orders of a settlement run earn their members: of each order the floor of EARN_BP of what was paid and kept,
    summed for each member, given once for the run."""
    rows = sql.rows(
        """select member_id, sum((goods_fen - refunded_fen + freight_refunded_fen) * %s / 10000)::bigint as points from trade_order
            where settlement_run_id = %s and goods_fen - refunded_fen + freight_refunded_fen > 0 group by member_id order by member_id""",
        (EARN_BP, settlement_run_id),
    )
    return [Granted(row.member_id, "purchase", f"run:{settlement_run_id}", row.points) for row in rows]


LEAST_KEPT_FEN = 1000


def referral_points_of_run(settlement_run_id: int, *, at: datetime) -> list[Granted]:
    """What a settlement run earns friends: members brought by somebody whose first kept order of at least LEAST_KEPT_FEN it holds,
    and who brought them. Each pair once, whatever is bought later; who brought too many within 30 days gets nothing more."""
    points, most = values_at(REFERRAL_POINTS, REFERRALS_A_MONTH, at=at)
    rows = sql.rows(
        """select distinct r.invitee_id, r.inviter_id from trade_order o join campaigns_referral r on r.invitee_id = o.member_id
            where o.settlement_run_id = %(run)s and o.goods_fen - o.refunded_fen + o.freight_refunded_fen >= %(least)s
              and not exists (select 1 from campaigns_pointgrant g where g.member_id = r.invitee_id and g.kind = 'referred')
              and (select count(*) from campaigns_pointgrant g where g.member_id = r.inviter_id and g.kind = 'referral'
                      and g.granted_at > %(since)s) < %(most)s order by r.invitee_id""",
        {"run": settlement_run_id, "least": LEAST_KEPT_FEN, "since": at - timedelta(days=30), "most": most},
    )
    return [
        granted
        for row in rows
        for granted in (
            Granted(row.inviter_id, "referral", f"member:{row.invitee_id}", points),
            Granted(row.invitee_id, "referred", f"member:{row.inviter_id}", points),
        )
    ]
