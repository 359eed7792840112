"""Who has bought before."""

from collections.abc import Iterable

from linli.core import sql


def members_who_bought(member_ids: Iterable[int]) -> set[int]:
    """Those of the members who have bought something, ever; no statement for nobody."""
    wanted = sorted(set(member_ids))
    if not wanted:
        return set()
    rows = sql.rows(
        """select m.id from unnest(%s::bigint[]) m(id)
            where exists (select 1 from trade_order o where o.member_id = m.id and o.paid_at is not null)""",
        (wanted,),
    )
    return {row.id for row in rows}
