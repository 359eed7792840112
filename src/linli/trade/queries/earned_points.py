"""The points that kept orders have earned."""

from linli.campaigns.operations.points import Granted
from linli.campaigns.rules.points import EARN_BP
from linli.core import sql


def points_of_run(settlement_run_id: int) -> list[Granted]:
    """What the orders of a settlement run earn their members: of each order the floor of EARN_BP of what was paid and kept,
    summed for each member, given once for the run."""
    rows = sql.rows(
        """select member_id, sum((goods_fen - refunded_fen + freight_refunded_fen) * %s / 10000)::bigint as points from trade_order
            where settlement_run_id = %s and goods_fen - refunded_fen + freight_refunded_fen > 0 group by member_id order by member_id""",
        (EARN_BP, settlement_run_id),
    )
    return [Granted(row.member_id, "purchase", f"run:{settlement_run_id}", row.points) for row in rows]
