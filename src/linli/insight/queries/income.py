"""An owner's income lines with the order each comes from: why, in which state, until when."""

from typing import Any

from linli.core import sql
from linli.core.actor import Actor

PAGE = 30


def income_lines(
    actor: Actor, *, state: str = "", before: int = 0, limit: int = PAGE
) -> tuple[list[dict[str, Any]], str]:
    """The newest lines of the actor's income, and the cursor of the next page.

    buyer: who bought, of own sales; else the shop that sold, or that is new (never whom somebody else sold to). state: pending, available, coupon, reversed (nothing is left of it). available_at: when it matured, or will at the earliest
    (None while the goods are not yet received).
    """
    rows = sql.dicts(
        """select c.id, c.order_no, c.kind, c.why, c.rate_bp, c.base_fen, c.amount_fen, c.reversed_fen,
                  c.amount_fen - c.reversed_fen as fen, c.product_title, c.product_image, c.paid_at,
                  case when c.reversed_fen = c.amount_fen then 'reversed' else c.state end as state,
                  coalesce(c.available_at, o.completes_at) as available_at, coalesce(o.state, '') as order_state,
                  case when c.kind = 'commission' then m.name else coalesce(j.shop_name, s.shop_name, '') end as buyer
             from distribution_commissionline c left join trade_order o on o.order_no = c.order_no and c.order_line_id is not null
             left join members_member m on m.id = o.member_id left join distribution_owner j on j.member_id = c.joiner_id
             left join distribution_owner s on s.member_id = o.seller_id
            where c.beneficiary_id = %(owner)s and (%(before)s = 0 or c.id < %(before)s)
              and (%(state)s = '' or %(state)s = case when c.reversed_fen = c.amount_fen then 'reversed' else c.state end)
            order by c.id desc limit %(limit)s""",
        {"owner": actor.member_id, "before": before, "state": state, "limit": limit + 1},
    )
    following = str(rows[limit - 1]["id"]) if len(rows) > limit else ""
    return rows[:limit], following
