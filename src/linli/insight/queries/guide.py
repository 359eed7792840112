"""What posts led to, and what communities bring and cost: sums over order lines, refunds taken off by the cumulative rule."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.core import sql
from linli.core.clock import shop_day
from linli.members.queries import region_prefix

MOST_LINES = 500

# Each guided line with what is left of it after refunds: goods, fee, subsidy, and what the plan gives of it.
_LINES = """
select g.post_id, g.community_id, g.buyer_id, o.order_no, o.paid_at, l.title, l.total_fen, l.refunded_fen,
       l.total_fen - l.refunded_fen as kept_fen,
       case when l.total_fen > 0 then l.fee_fen * (l.total_fen - l.refunded_fen) / l.total_fen else 0 end as fee_fen,
       case when l.total_fen > 0 then l.subsidy_fen * (l.total_fen - l.refunded_fen) / l.total_fen else 0 end as subsidy_fen,
       c.commission_fen, c.breakage_fen
  from trade_guidedline g join trade_orderline l on l.id = g.order_line_id join trade_order o on o.id = l.order_id
  left join lateral (select coalesce(sum(amount_fen - reversed_fen) filter (where beneficiary_id <> 0), 0)::bigint as commission_fen,
                            coalesce(sum(amount_fen - reversed_fen) filter (where beneficiary_id = 0), 0)::bigint as breakage_fen
                       from distribution_commissionline where order_line_id = l.id) c on true
 where o.paid_at is not null
"""


@dataclass(frozen=True)
class Guided:
    """What a post led to: members who keep what they bought by it, and goods kept in fen."""

    buyers: int = 0
    kept_fen: int = 0


def guided_by(post_ids: Collection[int]) -> dict[int, Guided]:
    """Of posts: who bought by them and keeps it; no statement for none."""
    if not post_ids:
        return {}
    rows = sql.rows(
        """select g.post_id, count(distinct g.buyer_id)::int as buyers, sum(l.total_fen - l.refunded_fen)::bigint as kept_fen
             from trade_guidedline g join trade_orderline l on l.id = g.order_line_id join trade_order o on o.id = l.order_id
            where g.post_id = any(%s::bigint[]) and o.paid_at is not null and l.refunded_fen < l.total_fen group by 1""",
        (sorted(post_ids),),
    )
    return {row.post_id: Guided(row.buyers, row.kept_fen) for row in rows}


def best_guides(*, since: datetime, limit: int = 20) -> list[int]:
    """The posts that led to most kept goods since a moment, the best first: the purchase guide."""
    rows = sql.rows(
        """select g.post_id from trade_guidedline g join trade_orderline l on l.id = g.order_line_id join trade_order o on o.id = l.order_id
             join community_post p on p.id = g.post_id and p.state = 'shown'
            where o.paid_at >= %s and l.refunded_fen < l.total_fen
            group by 1 order by count(distinct g.buyer_id) desc, sum(l.total_fen - l.refunded_fen) desc, g.post_id desc limit %s""",
        (since, limit),
    )
    return [row.post_id for row in rows]


@dataclass(frozen=True)
class Profit:
    """A community in a span: people, what they did, the money of what its posts led to, and fees for coming in that were paid then:
    entry_fen what is earned of them, held_fen what can still go back. platform_fen: service fee, breakage and earned fees, less
    subsidies, of what was kept."""

    id: int
    name: str
    joined: int
    active: int
    posts: int
    clicks: int
    orders: int
    buyers: int
    again: int
    paid_fen: int
    refunded_fen: int
    commission_fen: int
    fee_fen: int
    breakage_fen: int
    subsidy_fen: int
    entry_fen: int
    held_fen: int

    @property
    def kept_fen(self) -> int:
        return self.paid_fen - self.refunded_fen

    @property
    def platform_fen(self) -> int:
        return self.fee_fen + self.breakage_fen + self.entry_fen - self.subsidy_fen


def community_profits(*, since: datetime, until: datetime, ids: Sequence[int] | None = None) -> list[Profit]:
    """Open communities in a span, what brings most first: all of them, or these. clicks: of the span's posts, ever."""
    wanted = open_communities() if ids is None else list(ids)
    rows = sql.rows(
        f"""with line as ({_LINES} and g.community_id = any(%(ids)s::bigint[])
                      and o.paid_at >= %(since)s and o.paid_at < %(until)s),
                 bought as (select community_id, count(distinct order_no) as orders, count(distinct buyer_id) as buyers,
                                   sum(total_fen) as paid_fen, sum(refunded_fen) as refunded_fen, sum(commission_fen) as commission_fen,
                                   sum(fee_fen) as fee_fen, sum(breakage_fen) as breakage_fen, sum(subsidy_fen) as subsidy_fen
                              from line group by 1),
                 again as (select community_id, count(*) as again from (
                             select community_id, buyer_id from line group by 1, 2 having count(distinct order_no) > 1) x group by 1)
            select c.id, c.name, m.joined, m.active, p.posts, p.clicks, coalesce(b.orders, 0) as orders, coalesce(b.buyers, 0) as buyers,
                   coalesce(a.again, 0) as again, coalesce(b.paid_fen, 0)::bigint as paid_fen,
                   coalesce(b.refunded_fen, 0)::bigint as refunded_fen, coalesce(b.commission_fen, 0)::bigint as commission_fen,
                   coalesce(b.fee_fen, 0)::bigint as fee_fen, coalesce(b.breakage_fen, 0)::bigint as breakage_fen,
                   coalesce(b.subsidy_fen, 0)::bigint as subsidy_fen,
                   f.entry_fen, f.held_fen
              from community_community c
              left join lateral (select count(*) filter (where joined_on >= %(since_day)s and joined_on <= %(until_day)s) as joined,
                                        count(*) filter (where state = 'active' and seen_at >= %(since)s) as active
                                   from community_membership where community_id = c.id) m on true
              left join lateral (select count(*) as posts, coalesce(sum(click_count), 0) as clicks from community_post
                                  where community_id = c.id and state = 'shown' and created_at >= %(since)s and created_at < %(until)s) p on true
              left join lateral (select coalesce(sum(amount_fen) filter (where state = 'earned'), 0)::bigint as entry_fen,
                                        coalesce(sum(amount_fen) filter (where state = 'paid'), 0)::bigint as held_fen from trade_entryfee
                                  where community_id = c.id and paid_at >= %(since)s and paid_at < %(until)s) f on true
              left join bought b on b.community_id = c.id left join again a on a.community_id = c.id
             where c.id = any(%(ids)s::bigint[]) and c.closed_at is null order by paid_fen desc, c.member_count desc, c.id limit 500""",
        {
            "since": since,
            "until": until,
            "since_day": shop_day(since),
            "until_day": shop_day(until),
            "ids": wanted,
        },
    )
    return [Profit(*row) for row in rows]


def open_communities(*, region: str = "") -> list[int]:
    """The ids of all communities that are open, or of those within a region."""
    within = f"{region_prefix(region)}%" if region else "%"
    rows = sql.rows(
        "select id from community_community where closed_at is null and region like %s", (within,)
    )
    return [row.id for row in rows]


def guided_lines(community_id: int, *, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """The rows behind a community's numbers, the newest MOST_LINES of them."""
    return sql.dicts(
        f"""{_LINES} and g.community_id = %(id)s and o.paid_at >= %(since)s and o.paid_at < %(until)s
             order by o.paid_at desc, l.id desc limit %(limit)s""",
        {"id": community_id, "since": since, "until": until, "limit": MOST_LINES},
    )
