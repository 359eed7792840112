"""Touches and bindings: who came by whose link."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from linli.core import sql


def touch(*, member_id: int, code: str, at: datetime) -> None:
    """A member came by a share link (or shop code): the last touch counts. One's own link is no touch."""
    sql.rows(
        """insert into distribution_touch (member_id, owner_id, touched_at)
           select %(member)s, found.owner_id, %(at)s
             from (select owner_id from distribution_sharelink where code = %(code)s
                   union all select member_id from distribution_owner where shop_code = %(code)s) found
             join distribution_owner o on o.member_id = found.owner_id and o.status <> 'closed'
            where found.owner_id <> %(member)s limit 1
           on conflict (member_id) do update set owner_id = excluded.owner_id, touched_at = excluded.touched_at""",
        {"member": member_id, "code": code, "at": at},
    )


def count_click(*, code: str, at: datetime) -> None:
    """A share link was opened; the hour is remembered for its owner."""
    sql.rows(
        """with opened as (update distribution_sharelink set click_count = click_count + 1 where code = %s returning owner_id)
           insert into distribution_clickhour as h (owner_id, hour, click_count) select owner_id, %s, 1 from opened
           on conflict (owner_id, hour) do update set click_count = h.click_count + 1""",
        (code, localtime(at).hour),
    )


def bind(pairs: Sequence[tuple[int, int]], *, days: int, at: datetime) -> None:
    """Bind members to the owners who brought them (member_id, owner_id); who is bound already stays so. Owners are not bound."""
    if not pairs:
        return
    sql.rows(
        """insert into distribution_binding as b (member_id, owner_id, bound_at, expires_at)
           select distinct on (p.member_id) p.member_id, p.owner_id, %(at)s, %(until)s
             from unnest(%(members)s::bigint[], %(owners)s::bigint[]) with ordinality p(member_id, owner_id, n)
            where p.member_id <> p.owner_id and p.owner_id > 0
              and not exists (select 1 from distribution_owner o where o.member_id = p.member_id)
            order by p.member_id, p.n
           on conflict (member_id) do update set owner_id = excluded.owner_id, bound_at = excluded.bound_at,
             expires_at = excluded.expires_at where b.expires_at <= excluded.bound_at""",
        {
            "members": [member for member, _ in pairs],
            "owners": [owner for _, owner in pairs],
            "at": at,
            "until": at + timedelta(days=days),
        },
    )
