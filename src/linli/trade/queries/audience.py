"""Circles of members that a coupon can be given to, by what they have bought. A merchant reaches only its own buyers."""

from datetime import datetime, timedelta

from linli.core import sql

RECENT_DAYS = 30
AUDIENCES = ("buyers", "recent_buyers", "sleeping_buyers", "newcomers", "owners")
_OF_PLATFORM = ("newcomers", "owners")


def audience(name: str, *, merchant_id: int, limit: int, at: datetime) -> list[int]:
    """The members of a circle (AUDIENCES), of one merchant or (0) of the platform; nobody for an unknown name, and for
    circles of the platform when a merchant asks."""
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
