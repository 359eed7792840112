"""From a post to its goods: remembered, so that what is bought and kept is known to have come from it."""

from datetime import datetime

from linli.core import sql


def open_goods(*, post_id: int, product_id: int, member_id: int, at: datetime) -> bool:
    """Somebody (0: a guest) opens a goods card. The last post counts for a member and product. Returns whether the post has the card."""
    found = sql.rows(
        """update community_post p set click_count = click_count + 1 where p.id = %s and p.state = 'shown'
              and exists (select 1 from community_postproduct c where c.post_id = p.id and c.product_id = %s) returning p.author_id""",
        (post_id, product_id),
    )
    if found and member_id and found[0].author_id != member_id:
        sql.rows(
            """insert into community_guidetouch (member_id, product_id, post_id, touched_at) values (%s, %s, %s, %s)
               on conflict (member_id, product_id) do update set post_id = excluded.post_id, touched_at = excluded.touched_at""",
            (member_id, product_id, post_id, at),
        )
    return bool(found)
