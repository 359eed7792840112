"""Circles of members that a coupon can be given to, by what they have bought. A merchant reaches only its own buyers."""

from datetime import datetime, timedelta

from linli.core import sql

RECENT_DAYS = 30
AUDIENCES = ("buyers", "recent_buyers", "sleeping_buyers", "newcomers", "owners")
COMMUNITY = "community:"
_OF_PLATFORM = ("newcomers", "owners")


def audience(name: str, *, merchant_id: int, limit: int, at: datetime) -> list[int]:
    """The members of a circle (AUDIENCES, or "community:ID"), of one merchant or (0) of the platform; nobody for an unknown name,
    and for circles of the platform when a merchant asks."""
    community_id = name.removeprefix(COMMUNITY)
    if (
        name.startswith(COMMUNITY)
        and community_id.isascii()
        and community_id.isdigit()
        and len(community_id) < 18
    ):
        return _of_community(int(community_id), merchant_id, limit)
    if name not in AUDIENCES or (merchant_id and name in _OF_PLATFORM):
        return []
    since = at - timedelta(days=RECENT_DAYS)
    if name == "owners":
        statement = "select member_id from distribution_owner where status = 'active' order by member_id limit %(limit)s"
    elif name == "newcomers":
        statement = """select m.id as member_id from members_member m where m.status = 'active' and not exists (
                         select 1 from trade_order o where o.member_id = m.id and o.paid_at is not null)
                        order by m.id desc limit %(limit)s"""
    else:
        statement = """select member_id from trade_order
                        where paid_at is not null and (%(merchant)s = 0 or merchant_id = %(merchant)s)
                        group by member_id having case %(name)s when 'recent_buyers' then max(paid_at) >= %(since)s
                                                                 when 'sleeping_buyers' then max(paid_at) < %(since)s else true end
                        order by max(paid_at) desc limit %(limit)s"""
    rows = sql.rows(statement, {"merchant": merchant_id, "name": name, "since": since, "limit": limit})
    return [row.member_id for row in rows]


def _of_community(community_id: int, merchant_id: int, limit: int) -> list[int]:
    """The members of a community; for a merchant those of them who have bought there."""
    rows = sql.rows(
        """select m.member_id from community_membership m where m.community_id = %(community)s and m.state = 'active'
              and (%(merchant)s = 0 or exists (select 1 from trade_order o where o.member_id = m.member_id
                                                  and o.merchant_id = %(merchant)s and o.paid_at is not null))
            order by m.id limit %(limit)s""",
        {"community": community_id, "merchant": merchant_id, "limit": limit},
    )
    return [row.member_id for row in rows]
