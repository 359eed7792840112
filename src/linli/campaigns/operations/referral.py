"""Friends bring friends."""

from datetime import datetime

from linli.campaigns.models import ReferralLink
from linli.core import sql
from linli.core.codes import new_code


def referral_code(member_id: int) -> str:
    """The code by which a member brings friends; always the same."""
    link, _ = ReferralLink.objects.get_or_create(member_id=member_id, defaults={"code": new_code(8)})
    return link.code


def note_referral(*, code: str, invitee_id: int, at: datetime) -> bool:
    """A member who has just registered came by a code. Nobody brings themself: a browser that both have signed in with is one
    person. Returns whether it counts."""
    return bool(
        sql.rows(
            """insert into campaigns_referral (invitee_id, inviter_id, joined_at)
               select %(invitee)s, l.member_id, %(at)s from campaigns_referrallink l
                where l.code = %(code)s and l.member_id <> %(invitee)s and not exists (
                      select 1 from members_device a join members_device b using (device_hash)
                       where a.member_id = l.member_id and b.member_id = %(invitee)s)
               on conflict do nothing returning invitee_id""",
            {"code": code, "invitee": invitee_id, "at": at},
        )
    )
