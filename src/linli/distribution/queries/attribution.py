"""Whose sale it is. An own purchase of an owner is nobody's sale; else the last touch in its window, else the bound owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.core import sql


@dataclass(frozen=True)
class Attribution:
    """is_owner: the buyer has an open shop and gets the self-purchase price; seller_id 0: nobody."""

    is_owner: bool
    seller_id: int


# A share code named with the order is the last touch of all.
_ATTRIBUTE = """
select a.n, exists (select 1 from distribution_owner o where o.member_id = a.member_id and o.status = 'active') as is_owner,
       coalesce(
         (select l.owner_id from distribution_sharelink l join distribution_owner o on o.member_id = l.owner_id
           where l.code = a.share_code and o.status <> 'closed'),
         (select o.member_id from distribution_owner o where o.shop_code = a.share_code and o.status <> 'closed'),
         (select t.owner_id from distribution_touch t join distribution_owner o on o.member_id = t.owner_id
           where t.member_id = a.member_id and t.touched_at > %(touched_after)s and o.status <> 'closed'),
         (select b.owner_id from distribution_binding b join distribution_owner o on o.member_id = b.owner_id
           where b.member_id = a.member_id and b.expires_at > %(at)s and o.status <> 'closed'),
         0) as seller_id
  from unnest(%(members)s::bigint[], %(codes)s::text[]) with ordinality a(member_id, share_code, n)
 order by a.n
"""


def attribute(buyers: Sequence[tuple[int, str]], *, touch_days: int, at: datetime) -> list[Attribution]:
    """The attribution of each (member_id, share_code), in order. Guests (member 0) have only the code."""
    if not buyers:
        return []
    rows = sql.rows(
        _ATTRIBUTE,
        {
            "members": [member_id for member_id, _ in buyers],
            "codes": [code for _, code in buyers],
            "touched_after": at - timedelta(days=touch_days),
            "at": at,
        },
    )
    return [
        Attribution(row.is_owner, 0 if row.is_owner or row.seller_id == member_id else row.seller_id)
        for row, (member_id, _) in zip(rows, buyers, strict=True)
    ]
