"""The points that members hold."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from linli.core import sql


def points_of(member_ids: Iterable[int], *, at: datetime) -> dict[int, int]:
    """The points that members can spend; no statement for nobody."""
    wanted = sorted(set(member_ids))
    if not wanted:
        return {}
    rows = sql.rows(
        """select member_id, sum(left_count)::bigint as points from campaigns_pointgrant
            where member_id = any(%s::bigint[]) and left_count > 0 and expires_at > %s group by 1""",
        (wanted, at),
    )
    return dict.fromkeys(wanted, 0) | {row.member_id: row.points for row in rows}


def points_lines(member_id: int, *, limit: int = 40) -> list[dict[str, Any]]:
    """What gave a member points, and what they were spent for, newest first; an order that was never paid took none."""
    return sql.dicts(
        """select * from (
             select g.kind, g.reference, g.count, g.granted_at as at, g.expires_at from campaigns_pointgrant g where g.member_id = %(member)s
             union all
             select case when s.checkout_no like 'tip:%%' then 'tip_given' when s.checkout_no like 'packet:%%' then 'packet_sent'
                         else 'spent' end, s.checkout_no, -sum(s.count)::bigint, min(s.spent_at), null
               from campaigns_pointspending s join campaigns_pointgrant g on g.id = s.grant_id
              where g.member_id = %(member)s and s.state <> 'freed' group by s.checkout_no
             union all
             select 'returned', s.checkout_no, sum(s.back_count)::bigint, max(s.back_at), null
               from campaigns_pointspending s join campaigns_pointgrant g on g.id = s.grant_id
              where g.member_id = %(member)s and s.back_count > 0 and s.state <> 'freed' group by s.checkout_no) l
            order by at desc limit %(limit)s""",
        {"member": member_id, "limit": limit},
    )
