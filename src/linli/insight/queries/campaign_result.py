"""What campaigns and coupons brought and what they cost: from orders, to the fen."""

from collections.abc import Sequence
from dataclasses import dataclass

from linli.core import sql


@dataclass(frozen=True)
class CampaignResult:
    """orders, people and units sold; paid_fen less refunded_fen; cut_fen: what the price of the campaign gave away against the
    list price; of groups how many filled and failed."""

    orders: int = 0
    people: int = 0
    newcomers: int = 0
    units: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0
    cut_fen: int = 0
    full: int = 0
    failed: int = 0
    open: int = 0


def campaign_results(campaign_ids: Sequence[int]) -> dict[int, CampaignResult]:
    """The result of each campaign so far. newcomers: those whose first order it was."""
    if not campaign_ids:
        return {}
    sold = sql.rows(
        """select o.campaign_id, count(*) as orders, count(distinct o.member_id) as people,
                  count(distinct o.member_id) filter (where not exists (
                    select 1 from trade_order b where b.member_id = o.member_id and b.paid_at < o.paid_at)) as newcomers,
                  sum(l.quantity)::bigint as units, sum(o.total_fen)::bigint as paid_fen, sum(o.refunded_fen)::bigint as refunded_fen,
                  sum(-r.fen)::bigint as cut_fen
             from trade_order o join trade_orderline l on l.order_id = o.id
             left join lateral (select coalesce(sum((r->>'fen')::bigint), 0) as fen from jsonb_array_elements(l.reasons) r
                                 where r->>'code' in ('group_buy', 'flash_sale', 'bargain', 'leader_cut')) r on true
            where o.campaign_id = any(%s::bigint[]) and o.paid_at is not null group by o.campaign_id""",
        (list(campaign_ids),),
    )
    groups = sql.rows(
        """select campaign_id, count(*) filter (where state = 'full') as full, count(*) filter (where state = 'open') as open,
                  count(*) filter (where state = 'failed' and taken_count > 0) as failed
             from campaigns_group where campaign_id = any(%s::bigint[]) group by campaign_id""",
        (list(campaign_ids),),
    )
    found: dict[int, dict[str, int]] = {campaign_id: {} for campaign_id in campaign_ids}
    for row in (*sold, *groups):
        values = row._asdict()
        found[values.pop("campaign_id")] |= values
    return {campaign_id: CampaignResult(**values) for campaign_id, values in found.items()}


@dataclass(frozen=True)
class BatchResult:
    """Coupons of a batch: claimed, used; what they took off, the platform's part of it, and what was paid in their orders."""

    claimed: int = 0
    used: int = 0
    cut_fen: int = 0
    platform_fen: int = 0
    paid_fen: int = 0


def batch_results(batch_ids: Sequence[int]) -> dict[int, BatchResult]:
    """The result of each batch of coupons so far, refunds taken off by the cumulative rule."""
    if not batch_ids:
        return {}
    rows = sql.rows(
        """with coupon as (select c.batch_id, c.checkout_no, c.state, coalesce(b.merchant_id, 0) as merchant_id
                             from campaigns_coupon c join campaigns_couponbatch b on b.id = c.batch_id
                            where c.batch_id = any(%s::bigint[])),
                line as (select k.batch_id, l.total_fen - l.refunded_fen as paid_fen,
                                (select coalesce(-sum((r->>'fen')::bigint), 0) from jsonb_array_elements(l.reasons) r
                                  where r->>'code' = case when k.merchant_id = 0 then 'platform_coupon' else 'merchant_coupon' end) as cut_fen,
                                case when k.merchant_id = 0 then l.subsidy_fen else 0 end as platform_fen,
                                l.total_fen, l.refunded_fen
                           from coupon k join trade_order o on o.checkout_no = k.checkout_no and k.state = 'used'
                                         and (k.merchant_id = 0 or o.merchant_id = k.merchant_id)
                           join trade_orderline l on l.order_id = o.id)
           select k.batch_id, count(*) as claimed, count(*) filter (where k.state = 'used') as used,
                  (select coalesce(sum(cut_fen), 0) from line where line.batch_id = k.batch_id)::bigint as cut_fen,
                  (select coalesce(sum(case when total_fen > 0 then platform_fen * (total_fen - refunded_fen) / total_fen else platform_fen end), 0)
                     from line where line.batch_id = k.batch_id)::bigint as platform_fen,
                  (select coalesce(sum(paid_fen), 0) from line where line.batch_id = k.batch_id)::bigint as paid_fen
             from coupon k group by k.batch_id""",
        (list(batch_ids),),
    )
    return {row.batch_id: BatchResult(*row[1:]) for row in rows}
