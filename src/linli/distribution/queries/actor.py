"""Everything that decides what a member may see, in one place."""

from typing import Any

from django.utils.crypto import constant_time_compare

from linli.core import sql
from linli.core.actor import GUEST, Actor
from linli.members.models import Member, MemberStatus

_ACTOR = """
select m.password, m.status, array(select role from members_rolegrant where member_id = m.id) as roles,
       array(select merchant_id from merchants_staff where member_id = m.id) as merchants,
       exists (select 1 from distribution_owner where member_id = m.id and status <> 'closed') as is_owner
  from members_member m where m.id = %(id)s"""


def actor_of(member_id: int) -> Actor:
    """The actor behind a member: roles, merchants they work for, whether they have a shop (a suspended one still
    shows its owner what is held, and why)."""
    rows = sql.rows(_ACTOR, {"id": member_id}) if member_id else []
    return _actor(member_id, rows[0]) if rows else GUEST


def actor_of_session(member_id: int, session_hash: str) -> Actor:
    """The actor behind a session, as django.contrib.auth.get_user decides it: an active member whose password has not changed
    since they signed in. A guest otherwise. One statement, since every page of a member begins with it."""
    rows = sql.rows(_ACTOR, {"id": member_id})
    if not rows or rows[0].status != MemberStatus.active:
        return GUEST
    if not constant_time_compare(session_hash, Member(password=rows[0].password).get_session_auth_hash()):
        return GUEST
    return _actor(member_id, rows[0])


def _actor(member_id: int, row: Any) -> Actor:
    return Actor(
        member_id=member_id,
        roles=frozenset(row.roles),
        merchant_ids=frozenset(row.merchants),
        is_owner=row.is_owner,
    )
