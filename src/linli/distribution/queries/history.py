"""The site's own history as rows of the simulator's format, from the frozen facts of distribution alone."""

from collections.abc import Iterator
from datetime import datetime

from linli.core import sql
from linli.distribution.rules.simulate import COLUMNS

# What went back of a sale is told right after it: its totals are the same whenever it came. At one moment owners rise first,
# then others join (who rises as they join does so right after), then sales come.
_EVENTS = """
select at, kind, owner_id, sponsor_id, tier, line_id, fen, rate_bp, refunded_fen from (
  select opened_at as at, 'join' as kind, 1 as place, member_id as owner_id, sponsor_id, '' as tier, 0::bigint as line_id,
         0::bigint as fen, 0 as rate_bp, 0::bigint as refunded_fen from distribution_owner where opened_at <= %(until)s
  union all
  select t.applied_at, 'tier', case when o.opened_at < t.applied_at then 0 else 2 end, t.owner_id, null, t.to_tier, 0, 0, 0, 0
    from distribution_tierchange t join distribution_owner o on o.member_id = t.owner_id where t.applied_at <= %(until)s
  union all
  select closed_at, 'close', 3, member_id, null, '', 0, 0, 0, 0 from distribution_owner where closed_at <= %(until)s
  union all
  select paid_at, 'sale', 4, beneficiary_id, null, '', order_line_id, base_fen, rate_bp, refunded_base_fen
    from distribution_commissionline where kind = 'commission' and order_line_id is not null and paid_at > %(since)s and paid_at <= %(until)s) e
 order by at, place, owner_id, line_id
"""


def history(*, since: datetime, until: datetime) -> Iterator[list[str]]:
    """Every owner's life up to a moment, and the sales of a span: the header, then rows in the order of time."""
    yield list(COLUMNS)
    for row in sql.rows(_EVENTS, {"since": since, "until": until}):
        at = row.at.isoformat()
        number = f"L{row.line_id}" if row.line_id else ""
        goods = [number, str(row.fen), str(row.rate_bp)] if number else ["", "", ""]
        yield [at, row.kind, str(row.owner_id), str(row.sponsor_id or ""), row.tier, *goods, ""]
        if row.refunded_fen:
            yield [at, "refund", "", "", "", number, "", "", str(row.refunded_fen)]
