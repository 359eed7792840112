"""The owners who sold most."""

from datetime import datetime, timedelta
from typing import Any

from linli.core import clock, sql

MOST = 10
KEPT_HOURS = 3
BEST = """
select c.beneficiary_id as owner_id, count(distinct c.order_no) as orders, sum(c.amount_fen - c.reversed_fen)::bigint as fen,
       sum(c.base_fen - c.refunded_base_fen)::bigint as sales_fen
  from distribution_commissionline c
 where c.kind = 'commission' and c.paid_at >= %(since)s and c.paid_at <= %(at)s group by 1 order by sales_fen desc, 1 limit %(most)s
"""
_FACES = """
 select b.owner_id, o.shop_name, o.tier, m.avatar, b.orders, b.fen, b.sales_fen
   from best b join distribution_owner o on o.member_id = b.owner_id join members_member m on m.id = o.member_id
"""


def best_owners(*, days: int, at: datetime, limit: int = 5) -> list[dict[str, Any]]:
    """With most kept sales in the last days (today included), as they were counted within KEPT_HOURS, else as they are now."""
    kept = sql.dicts(
        f"""with best as (select * from insight_bestowner where days = %(days)s and counted_at > %(after)s and counted_at <= %(at)s)
            {_FACES} order by b.position limit %(limit)s""",
        {"days": days, "after": at - timedelta(hours=KEPT_HOURS), "at": at, "limit": limit},
    )
    if kept:
        return kept
    since = clock.shop_midnight(at) - timedelta(days=days - 1)
    return sql.dicts(
        f"with best as ({BEST}) {_FACES} order by b.sales_fen desc, b.owner_id",
        {"since": since, "at": at, "most": limit},
    )
