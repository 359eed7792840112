"""What always holds in trade: orders against stock, lines, commission and ledger."""

from linli.core import sql
from linli.core.invariants import invariant
from linli.core.work import overdue


@invariant
def orders_equal_their_lines() -> list[str]:
    """An order's goods, refunds and totals are the sums of its lines."""
    rows = sql.rows(
        """select o.order_no from trade_order o join trade_orderline l on l.order_id = o.id group by o.id
            having sum(l.total_fen) <> o.goods_fen or o.goods_fen + o.freight_fen <> o.total_fen
                or sum(l.refunded_fen) + o.freight_refunded_fen <> o.refunded_fen limit 5"""
    )
    return [f"order {row.order_no} does not add up" for row in rows]


@invariant
def reasons_explain_prices() -> list[str]:
    """The reasons of every line sum to its price (D10)."""
    rows = sql.rows(
        """select l.id from trade_orderline l
            where l.total_fen <> (select sum((r->>'fen')::bigint) from jsonb_array_elements(l.reasons) r) limit 5"""
    )
    return [f"the price of order line {row.id} is not explained" for row in rows]


@invariant
def held_stock_is_in_unpaid_orders() -> list[str]:
    """Held units are exactly those of orders that wait for payment, for their group (a late seat holds none) or as gifts."""
    rows = sql.rows(
        """with waiting as (select l.sku_id, sum(l.quantity)::bigint as units from trade_orderline l join trade_order o on o.id = l.order_id
                             where o.state in ('pending_payment', 'waiting_gift') or (o.state = 'waiting_group' and not exists (
                                   select 1 from campaigns_seat s where s.order_no = o.order_no and s.choose_until is not null))
                             group by l.sku_id)
           select coalesce(t.sku_id, w.sku_id) as sku_id, coalesce(t.held_count, 0) as held, coalesce(w.units, 0) as units
             from catalog_stock t full join waiting w using (sku_id) where coalesce(t.held_count, 0) <> coalesce(w.units, 0) limit 5"""
    )
    return [f"sku {row.sku_id} holds {row.held} units, waiting orders have {row.units}" for row in rows]


@invariant
def sold_stock_is_in_paid_orders() -> list[str]:
    """Sold units are exactly those of paid orders, less what was refunded before it left the store."""
    rows = sql.rows(
        """with sold as (select l.sku_id, sum(l.quantity)::bigint as units, sum(l.refunded_quantity)::bigint as back
                           from trade_orderline l join trade_order o on o.id = l.order_id where o.paid_at is not null group by l.sku_id)
           select coalesce(t.sku_id, s.sku_id) as sku_id, coalesce(t.sold_count, 0) as sold, coalesce(s.units, 0) as units
             from catalog_stock t full join sold s using (sku_id)
            where coalesce(t.sold_count, 0) > coalesce(s.units, 0) or coalesce(t.sold_count, 0) < coalesce(s.units - s.back, 0) limit 5"""
    )
    return [f"sku {row.sku_id} sold {row.sold} units, paid orders have {row.units}" for row in rows]


@invariant
def commission_equals_ledger() -> list[str]:
    """What commission lines leave to each owner, pending and available, is what the ledger owes them (less withdrawals)."""
    rows = sql.rows(
        """with lines as (select beneficiary_id as owner_id,
                                 sum(amount_fen - reversed_fen) filter (where state = 'pending') as pending_fen
                            from distribution_commissionline where beneficiary_id <> 0 group by 1),
                owed as (select a.owner_id, -b.balance_fen as fen from ledger_account a join ledger_balance b on b.account_id = a.id
                          where a.code = 'commission_pending')
           select coalesce(l.owner_id, o.owner_id) as owner_id, coalesce(l.pending_fen, 0)::bigint as lines_fen, coalesce(o.fen, 0) as owed_fen
             from lines l full join owed o using (owner_id) where coalesce(l.pending_fen, 0) <> coalesce(o.fen, 0) limit 5"""
    )
    return [
        f"owner {row.owner_id}: lines leave {row.lines_fen} fen pending, the ledger has {row.owed_fen}"
        for row in rows
    ]


@invariant
def commission_never_exceeds_the_goods() -> list[str]:
    """All shares of a line and its fee stay within what was paid for it."""
    rows = sql.rows(
        """select l.id from trade_orderline l join distribution_commissionline c on c.order_line_id = l.id
            group by l.id having sum(c.amount_fen) + l.fee_fen > l.total_fen limit 5"""
    )
    return [f"order line {row.id} pays out more than was paid for it" for row in rows]


@invariant
def reversals_follow_the_rule() -> list[str]:
    """Every commission line has given back exactly what the cumulative rule says (docs/plans.md)."""
    rows = sql.rows(
        """select c.id from distribution_commissionline c join trade_orderline l on l.id = c.order_line_id
            where c.refunded_base_fen <> l.refunded_fen
               or c.reversed_fen <> c.amount_fen - (c.amount_fen * (c.base_fen - c.refunded_base_fen)) / c.base_fen limit 5"""
    )
    return [f"commission line {row.id} was not reversed by the rule" for row in rows]


@invariant
def paid_orders_are_posted() -> list[str]:
    """Every paid order has its posting of exactly its total, and no other order has one."""
    rows = sql.rows(
        """select coalesce(o.order_no, t.reference) as order_no from (select order_no from trade_order where paid_at is not null and total_fen > 0) o
             full join (select reference from ledger_transaction where kind = 'paid') t on t.reference = o.order_no
            where t.reference is null or o.order_no is null
              and not exists (select 1 from trade_order f where f.order_no = t.reference and f.paid_at is not null) limit 5"""
    )
    wrong = sql.rows(
        """select o.order_no from trade_order o join ledger_transaction t on t.key = 'paid:' || o.order_no
             join ledger_posting p on p.transaction_id = t.id join ledger_account a on a.id = p.account_id and a.code = 'gateway'
            where p.amount_fen <> o.total_fen limit 5"""
    )
    return [f"order {row.order_no}: payment and postings differ" for row in [*rows, *wrong]]


@invariant
def refunds_are_posted() -> list[str]:
    """What orders have refunded is what the ledger has promised to pay back for them."""
    rows = sql.rows(
        """select o.order_no, o.refunded_fen, coalesce(sum(-p.amount_fen), 0)::bigint as posted_fen
             from trade_order o left join ledger_transaction t on t.reference = o.order_no and t.kind = 'refund'
             left join (ledger_posting p join ledger_account a on a.id = p.account_id and a.code = 'refund_payable') on p.transaction_id = t.id
            where o.refunded_fen > 0 group by o.id having o.refunded_fen <> coalesce(sum(-p.amount_fen), 0) limit 5"""
    )
    return [
        f"order {row.order_no} refunded {row.refunded_fen} fen, the ledger {row.posted_fen}" for row in rows
    ]


@invariant
def shares_of_orders_are_posted() -> list[str]:
    """What every paid order's own postings leave to each owner and to the platform, pending or not, is what its lines leave them."""
    rows = sql.rows(
        """with part as (
             select order_no, beneficiary_id as owner_id, amount_fen - reversed_fen as fen from distribution_commissionline
              where order_line_id is not null
             union all select o.order_no, 0, l.fee_fen * (l.total_fen - l.refunded_fen) / l.total_fen
               from trade_order o join trade_orderline l on l.order_id = o.id where o.paid_at is not null and l.total_fen > 0
             union all select t.reference, a.owner_id, p.amount_fen from ledger_transaction t
               join ledger_posting p on p.transaction_id = t.id join ledger_account a on a.id = p.account_id
              where t.kind in ('paid', 'refund', 'completed')
                and a.code in ('commission_pending', 'commission_available', 'deferred_platform', 'service_fee', 'breakage'))
           select order_no, owner_id, sum(fen)::bigint as fen from part group by order_no, owner_id having sum(fen) <> 0 limit 5"""
    )
    return [
        f"order {row.order_no}: lines and postings of {row.owner_id or 'the platform'} differ by {row.fen} fen"
        for row in rows
    ]


@invariant
def completed_orders_leave_nothing_pending() -> list[str]:
    """What completed or wholly refunded orders had on pending and deferred accounts is gone (I3): what refunds left of it was moved
    by their settlement runs, each account's by exactly its sum over the orders of the run."""
    rows = sql.rows(
        """with part as (
             select o.settlement_run_id as run_id, case when o.settlement_run_id is null then o.id end as order_id, p.account_id, p.amount_fen
               from trade_order o join ledger_transaction t on t.reference = o.order_no join ledger_posting p on p.transaction_id = t.id
              where o.state in ('completed', 'refunded')
             union all select r.id, null, p.account_id, p.amount_fen
               from trade_settlementrun r join ledger_transaction t on t.key = 'settlement:' || r.id
               join ledger_posting p on p.transaction_id = t.id),
                leftover as materialized (
             select part.run_id, part.order_id, a.code, a.owner_id, sum(part.amount_fen)::bigint as fen from part
               join ledger_account a on a.id = part.account_id and a.code in ('merchant_pending', 'commission_pending', 'deferred_platform')
              group by part.run_id, part.order_id, a.id having sum(part.amount_fen) <> 0)
           select coalesce('run S' || l.run_id, 'order ' || o.order_no) as place, l.code, l.owner_id, l.fen
             from leftover l left join trade_order o on o.id = l.order_id limit 5"""
    )
    return [f"{row.place} leaves {row.fen} fen on {row.code} of {row.owner_id}" for row in rows]


@invariant
def settlements_give_what_they_take() -> list[str]:
    """Each settlement run gives everybody what it took from their pending account, and is the sum that its row says."""
    unequal = sql.rows(
        """select t.reference, a.owner_id, sum(p.amount_fen)::bigint as fen from ledger_transaction t
             join ledger_posting p on p.transaction_id = t.id join ledger_account a on a.id = p.account_id
            where t.kind = 'settlement' group by t.id, a.owner_id, split_part(a.code, '_', 1) = 'merchant'
           having sum(p.amount_fen) <> 0 limit 5"""
    )
    unsaid = sql.rows(
        """with posted as (
             select t.key, -sum(p.amount_fen) filter (where a.code = 'merchant_available') as merchants_fen,
                    -sum(p.amount_fen) filter (where a.code = 'commission_available') as owners_fen,
                    -sum(p.amount_fen) filter (where a.code = 'service_fee') as fee_fen, -sum(p.amount_fen) filter (where a.code = 'breakage') as breakage_fen
               from ledger_transaction t join ledger_posting p on p.transaction_id = t.id join ledger_account a on a.id = p.account_id
              where t.kind = 'settlement' group by t.key),
           counted as (
             select o.settlement_run_id as id, count(*) as order_count, sum(c.line_count) as line_count from trade_order o
              cross join lateral (select count(*) as line_count from distribution_commissionline c
                                   where c.order_no = o.order_no and c.state = 'available') c
              where o.settlement_run_id is not null group by o.settlement_run_id)
           select coalesce('S' || r.id, p.key) as run from trade_settlementrun r
             left join counted n on n.id = r.id full join posted p on p.key = 'settlement:' || r.id
            where r.id is null or r.order_count <> coalesce(n.order_count, 0) or r.line_count <> coalesce(n.line_count, 0)
               or (r.merchants_fen, r.owners_fen, r.fee_fen, r.breakage_fen)
                  <> (coalesce(p.merchants_fen, 0), coalesce(p.owners_fen, 0), coalesce(p.fee_fen, 0), coalesce(p.breakage_fen, 0)) limit 5"""
    )
    return [
        *(
            f"run {row.reference} leaves {row.fen} fen between the accounts of {row.owner_id}"
            for row in unequal
        ),
        *(f"run {row.run} is not what its row says" for row in unsaid),
    ]


@invariant
def settlements_earn_the_fee_of_their_lines() -> list[str]:
    """What the platform earned by each settlement run, less refunds since, is what the lines of its orders leave it as fee and
    as breakage."""
    rows = sql.rows(
        """with part as (
             select o.settlement_run_id as id, 'service_fee' as code, l.fee_fen * (l.total_fen - l.refunded_fen) / l.total_fen as fen
               from trade_order o join trade_orderline l on l.order_id = o.id where o.settlement_run_id is not null and l.total_fen > 0
             union all select o.settlement_run_id, 'breakage', c.amount_fen - c.reversed_fen
               from trade_order o join distribution_commissionline c on c.order_no = o.order_no and c.beneficiary_id = 0
              where o.settlement_run_id is not null
             union all select coalesce(r.id, o.settlement_run_id), a.code, p.amount_fen
               from ledger_account a join ledger_posting p on p.account_id = a.id join ledger_transaction t on t.id = p.transaction_id
               left join trade_settlementrun r on t.key = 'settlement:' || r.id
               left join trade_order o on o.order_no = t.reference
              where a.code in ('service_fee', 'breakage') and t.kind in ('settlement', 'refund'))
           select id, code, sum(fen)::bigint as fen from part where id is not null group by id, code having sum(fen) <> 0 limit 5"""
    )
    return [
        f"run S{row.id} and the lines of its orders differ by {row.fen} fen of {row.code}" for row in rows
    ]


@invariant
def no_payment_is_lost() -> list[str]:
    """Every paid charge has paid its orders, or its money went back, once its event was heard."""
    rows = sql.rows(
        """with keys as (select id as charge_id, 'surplus:' || charge_no as key from payments_charge where state = 'succeeded'
                         union all
                        select charge_id, kind || order_no from trade_order, unnest(array['paid:', 'group_paid:', 'gift_paid:']) kind
                         union all
                        select charge_id, 'fee_paid:' || fee_no from trade_entryfee),
                moved as (select id as charge_id, amount_fen as paid_fen, 0 as posted_fen from payments_charge where state = 'succeeded'
                           union all
                          select k.charge_id, 0, p.amount_fen from keys k join ledger_transaction t using (key)
                            join ledger_posting p on p.transaction_id = t.id and p.amount_fen > 0
                            join ledger_account a on a.id = p.account_id and a.code = 'gateway'),
                unequal as (select charge_id, sum(posted_fen)::bigint as fen from moved group by 1
                            having sum(paid_fen) <> sum(posted_fen))
           select c.charge_no, c.amount_fen, u.fen from unequal u join payments_charge c on c.id = u.charge_id
            where c.state = 'succeeded'
              and exists (select 1 from core_subscription s, core_event e where s.name = 'trade.on_payment_succeeded'
                           and e.kind = 'payments.PaymentSucceeded' and e.payload->>'charge_no' = c.charge_no
                           and (e.xid, e.id) <= (s.xid, s.event_id)) limit 5"""
    )
    return [f"charge {row.charge_no} of {row.amount_fen} fen has {row.fen} fen posted" for row in rows]


@invariant
def held_money_is_in_waiting_orders() -> list[str]:
    """What the ledger holds for groups and gifts is exactly what orders have paid that wait for them."""
    rows = sql.rows(
        """with held as (select a.code, p.amount_fen from ledger_posting p join ledger_account a on a.id = p.account_id
                           where a.code in ('group_held', 'gift_held')
                           union all
                          select case state when 'waiting_group' then 'group_held' else 'gift_held' end, total_fen from trade_order
                           where state in ('waiting_group', 'waiting_gift'))
           select code, -sum(amount_fen)::bigint as fen from held group by code having sum(amount_fen) <> 0"""
    )
    return [f"{row.code} holds {row.fen} fen more than waiting orders have paid" for row in rows]


@invariant
def seats_and_orders_agree() -> list[str]:
    """A held seat's order waits for payment, a paid or late one's for its group, a won one's is a sale."""
    rows = sql.rows(
        """select s.order_no, s.state, coalesce(o.state, 'no order') as order_state, o.paid_at
             from campaigns_seat s left join trade_order o on o.order_no = s.order_no
            where case s.state when 'held' then coalesce(o.state, '') <> 'pending_payment'
                               when 'late' then coalesce(o.state, '') <> 'waiting_group'
                               when 'freed' then coalesce(o.state, 'cancelled') not in ('cancelled', 'refunded', 'waiting_group')
                               when 'paid' then coalesce(o.state, '') <> 'waiting_group'
                               when 'lost' then coalesce(o.state, '') not in ('waiting_group', 'refunded')
                               when 'won' then o.paid_at is null and coalesce(o.state, '') <> 'waiting_group' end limit 5"""
    )
    return [f"seat of order {row.order_no} is {row.state}, the order {row.order_state}" for row in rows]


@invariant
def gifts_and_orders_agree() -> list[str]:
    """A held share's order waits for payment, an open one's for a receiver; a taken one's is a sale, a returned one's went back
    (or will, once its event is heard); and every gift order has its share and no address of its own."""
    rows = sql.rows(
        """select coalesce(s.order_no, o.order_no) as order_no, coalesce(s.state, 'missing') as state, coalesce(o.state, 'missing') as order_state
             from campaigns_giftshare s full join (select * from trade_order where is_gift) o on o.order_no = s.order_no
            where o.order_no is null or o.address is not null
               or case s.state when 'held' then o.state <> 'pending_payment' when 'open' then o.state <> 'waiting_gift'
                               when 'freed' then o.state <> 'cancelled' when 'returned' then o.state not in ('waiting_gift', 'refunded')
                               when 'taken' then o.paid_at is null and o.state <> 'waiting_gift' else true end limit 5"""
    )
    return [f"gift of order {row.order_no} is {row.state}, the order {row.order_state}" for row in rows]


@invariant
def coupons_and_orders_agree() -> list[str]:
    """A held coupon's checkout waits for payment; a used one's was paid."""
    rows = sql.rows(
        """select c.id, c.state, c.checkout_no from campaigns_coupon c where c.state in ('held', 'used') and not exists (
             select 1 from trade_order o where o.checkout_no = c.checkout_no and o.checkout_no <> ''
                and case c.state when 'held' then o.state = 'pending_payment' else o.state not in ('pending_payment', 'cancelled') end) limit 5"""
    )
    return [f"coupon {row.id} is {row.state} by checkout {row.checkout_no}, which is not" for row in rows]


@invariant
def subsidies_are_posted() -> list[str]:
    """The platform's part of coupons, less what refunds took back, is what the ledger has paid for paid orders."""
    rows = sql.rows(
        """with lines as (select o.order_no, sum(case when l.total_fen > 0 then l.subsidy_fen * (l.total_fen - l.refunded_fen) / l.total_fen
                                                 else l.subsidy_fen * (l.quantity - l.refunded_quantity) / l.quantity end)::bigint as fen
                            from trade_order o join trade_orderline l on l.order_id = o.id
                           where o.paid_at is not null and l.subsidy_fen > 0 group by o.order_no),
                posted as (select t.reference as order_no, sum(p.amount_fen)::bigint as fen from ledger_transaction t
                             join ledger_posting p on p.transaction_id = t.id join ledger_account a on a.id = p.account_id
                            where a.code = 'campaign_cost' and t.kind in ('paid', 'refund') group by 1)
           select coalesce(l.order_no, p.order_no) as order_no, coalesce(l.fen, 0) as lines_fen, coalesce(p.fen, 0) as posted_fen
             from lines l full join posted p using (order_no) where coalesce(l.fen, 0) <> coalesce(p.fen, 0) limit 5"""
    )
    return [
        f"order {row.order_no}: coupons leave {row.lines_fen} fen to the platform, posted {row.posted_fen}"
        for row in rows
    ]


@invariant
def coupon_prices_have_their_coupon() -> list[str]:
    """Whatever costs less by a coupon and is not closed holds that coupon, or has used it."""
    rows = sql.rows(
        """select distinct o.order_no, r->>'code' as code from trade_order o join trade_orderline l on l.order_id = o.id
             cross join lateral jsonb_array_elements(l.reasons) r
            where o.state not in ('cancelled', 'refunded') and r->>'code' in ('merchant_coupon', 'platform_coupon') and not exists (
              select 1 from campaigns_coupon c join campaigns_couponbatch b on b.id = c.batch_id
               where c.checkout_no = o.checkout_no and c.state in ('held', 'used')
                 and case r->>'code' when 'platform_coupon' then b.merchant_id is null else b.merchant_id = o.merchant_id end) limit 5"""
    )
    return [f"order {row.order_no} costs less by a {row.code} that it does not hold" for row in rows]


@invariant
def fees_are_where_their_state_says() -> list[str]:
    """What the ledger holds and has earned of fees for coming into communities is what their rows say."""
    rows = sql.rows(
        """with part as (select a.code, p.amount_fen from ledger_posting p join ledger_account a on a.id = p.account_id
                           where a.code in ('fee_held', 'entry_fee')
                           union all
                          select case state when 'paid' then 'fee_held' else 'entry_fee' end, amount_fen from trade_entryfee
                           where state in ('paid', 'earned'))
           select code, -sum(amount_fen)::bigint as fen from part group by code having sum(amount_fen) <> 0"""
    )
    return [f"{row.code} of communities and its ledger differ by {row.fen} fen" for row in rows]


@invariant
def units_are_sent_once() -> list[str]:
    """What was sent of a line is what its parcels hold, and no more is refunded of it than was sent or stayed in the store."""
    rows = sql.rows(
        """select l.id, l.quantity, l.shipped_quantity, l.refunded_quantity, l.never_sent_quantity, coalesce(s.units, 0) as units
             from trade_orderline l left join (
               select (line->>'order_line_id')::bigint as id, sum((line->>'quantity')::int) as units
                 from fulfilment_shipment, jsonb_array_elements(lines) line group by 1) s on s.id = l.id
            where l.shipped_quantity <> least(coalesce(s.units, 0), l.quantity)
               or l.refunded_quantity > l.shipped_quantity + l.never_sent_quantity
               or l.never_sent_quantity > l.refunded_quantity order by l.id limit 5"""
    )
    return [
        f"line {row.id} of {row.quantity} units: {row.shipped_quantity} sent ({row.units} in parcels), {row.refunded_quantity} refunded, "
        f"{row.never_sent_quantity} of them never sent"
        for row in rows
    ]


@invariant
def nothing_waits_for_us_too_long() -> list[str]:
    """Unpaid orders close, aftersales are decided and received orders complete when they are due."""
    return overdue(
        """select 'order ' || order_no || ' should have closed at ' || expires_at as what from trade_order
            where state = 'pending_payment' and expires_at < %(before)s - interval '1 hour'
           union all select 'aftersale ' || aftersale_no || ' should have been decided at ' || decide_by from trade_aftersale
            where state in ('asked', 'agreed', 'sent_back') and decide_by < %(before)s
           union all select 'order ' || order_no || ' should have been completed at ' || completes_at from trade_order o
            where state = 'received' and completes_at < %(before)s and not exists (
                  select 1 from trade_aftersale a where a.order_id = o.id and a.state in ('asked', 'agreed', 'sent_back'))
            limit 5"""
    )
