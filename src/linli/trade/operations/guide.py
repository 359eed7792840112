"""Which post led to which order line: noted once when the order is a sale."""

from collections.abc import Sequence

from linli.core import sql

# A post leads to what is bought within so many days.
GUIDE_DAYS = 7


def note_guided_lines(order_nos: Sequence[str]) -> int:
    """Note the lines whose buyer had opened the product from somebody else's post. Safe to run twice. Returns how many are new."""
    return len(
        sql.rows(
            """insert into trade_guidedline (order_line_id, post_id, community_id, author_id, buyer_id)
               select l.id, p.id, p.community_id, p.author_id, o.member_id from trade_order o
                 join trade_orderline l on l.order_id = o.id
                 join community_guidetouch t on t.member_id = o.member_id and t.product_id = l.product_id
                  and t.touched_at <= o.placed_at and t.touched_at > o.placed_at - make_interval(days => %s)
                 join community_post p on p.id = t.post_id and p.author_id <> o.member_id
                where o.order_no = any(%s::text[])
               on conflict (order_line_id) do nothing returning order_line_id""",
            (GUIDE_DAYS, list(order_nos)),
        )
    )
