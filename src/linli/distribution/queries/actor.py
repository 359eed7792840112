"""Everything that decides what a member may see, in one place."""

from linli.core import sql
from linli.core.actor import GUEST, Actor


def actor_of(member_id: int) -> Actor:
    """The actor behind a member: roles, merchants they work for, whether they have a shop (a suspended one still
    shows its owner what is held, and why)."""
    if not member_id:
        return GUEST
    row = sql.rows(
        """select array(select role from members_rolegrant where member_id = %(id)s) as roles,
                  array(select merchant_id from merchants_staff where member_id = %(id)s) as merchants,
                  exists (select 1 from distribution_owner where member_id = %(id)s and status <> 'closed') as is_owner""",
        {"id": member_id},
    )[0]
    return Actor(
        member_id=member_id,
        roles=frozenset(row.roles),
        merchant_ids=frozenset(row.merchants),
        is_owner=row.is_owner,
    )
