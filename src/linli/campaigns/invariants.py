"""What always holds in campaigns."""

from linli.core import sql
from linli.core.invariants import invariant


@invariant
def groups_count_their_seats() -> list[str]:
    """A group's counts are its seats; none has more than it may, and a full one has all, or was completed by its merchant."""
    rows = sql.rows(
        """select g.id, g.taken_count, g.paid_count, g.seats,
                  count(s.id) filter (where s.state in ('held', 'paid', 'won', 'lost')) as taken,
                  count(s.id) filter (where s.state in ('paid', 'won', 'lost')) as paid
             from campaigns_group g left join campaigns_seat s on s.group_id = g.id group by g.id
           having g.taken_count <> count(s.id) filter (where s.state in ('held', 'paid', 'won', 'lost'))
               or g.paid_count <> count(s.id) filter (where s.state in ('paid', 'won', 'lost'))
               or g.taken_count > g.seats
               or (g.state = 'full' and g.completed_by_id = 0 and g.paid_count <> g.seats) limit 5"""
    )
    return [
        f"group {row.id} of {row.seats} says {row.taken_count} taken, {row.paid_count} paid; its seats are {row.taken}, {row.paid}"
        for row in rows
    ]


@invariant
def campaigns_count_their_units() -> list[str]:
    """A campaign holds the units of held and paid seats, and has sold those of won ones."""
    rows = sql.rows(
        """select c.id, c.held_count, c.sold_count from campaigns_campaign c left join campaigns_seat s on s.campaign_id = c.id
            group by c.id
           having c.held_count <> coalesce(sum(s.quantity) filter (where s.state in ('held', 'paid')), 0)
               or c.sold_count <> coalesce(sum(s.quantity) filter (where s.state = 'won'), 0) limit 5"""
    )
    return [
        f"campaign {row.id} holds {row.held_count} and has sold {row.sold_count}: its seats differ"
        for row in rows
    ]


@invariant
def batches_count_their_coupons() -> list[str]:
    """A batch has issued exactly the coupons there are, and never more than its quantity."""
    rows = sql.rows(
        """select b.id, b.issued_count, b.quantity, count(c.id) as coupons from campaigns_couponbatch b
             left join campaigns_coupon c on c.batch_id = b.id group by b.id
           having b.issued_count <> count(c.id) or count(c.id) > b.quantity limit 5"""
    )
    return [
        f"batch {row.id} of {row.quantity} says {row.issued_count} issued, there are {row.coupons}"
        for row in rows
    ]


@invariant
def growth_coupons_grew_by_friends() -> list[str]:
    """A growth coupon is worth what it began with and what its friends added, at most its cap."""
    rows = sql.rows(
        """select c.id, c.face_fen from campaigns_coupon c join campaigns_couponbatch b on b.id = c.batch_id and b.kind = 'growth'
             left join campaigns_couponhelp h on h.coupon_id = c.id group by c.id, b.id
           having c.face_fen <> b.face_fen + coalesce(sum(h.added_fen), 0) or c.face_fen > b.cap_fen limit 5"""
    )
    return [f"growth coupon {row.id} is worth {row.face_fen} fen, its friends say otherwise" for row in rows]


@invariant
def owed_coupons_equal_the_ledger() -> list[str]:
    """What the ledger owes each member in coupons is what their coupons of plans, not yet used, stand for."""
    rows = sql.rows(
        """with held as (select member_id as owner_id, sum(owed_fen)::bigint as fen from campaigns_coupon
                          where owed_fen > 0 and state in ('unused', 'held') group by 1),
                owed as (select a.owner_id, -b.balance_fen as fen from ledger_account a join ledger_balance b on b.account_id = a.id
                          where a.code = 'coupon_owed')
           select coalesce(h.owner_id, o.owner_id) as owner_id, coalesce(h.fen, 0) as coupons_fen, coalesce(o.fen, 0) as owed_fen
             from held h full join owed o using (owner_id) where coalesce(h.fen, 0) <> coalesce(o.fen, 0)
              and exists (select 1 from core_subscription s where s.name = 'campaigns.on_owner_joined'
                           and not exists (select 1 from core_event e where e.kind = 'distribution.OwnerJoined'
                                            and (e.xid, e.id) > (s.xid, s.event_id))) limit 5"""
    )
    return [
        f"member {row.owner_id}: coupons stand for {row.coupons_fen} fen, the ledger owes {row.owed_fen}"
        for row in rows
    ]


@invariant
def bargains_keep_their_seal() -> list[str]:
    """Cuts sum to exactly the way from the list price to the floor, helpers took the first ones, each once."""
    rows = sql.rows(
        """select b.id from campaigns_bargain b left join campaigns_bargainhelp h on h.bargain_id = b.id group by b.id
           having b.list_fen - b.floor_fen <> (select coalesce(sum(cut::bigint), 0) from jsonb_array_elements_text(b.cuts) cut)
               or b.helped_count <> count(h.id) or b.cut_fen <> coalesce(sum(h.cut_fen), 0) limit 5"""
    )
    return [f"bargain {row.id} does not add up" for row in rows]


@invariant
def points_equal_the_ledger() -> list[str]:
    """The points that members have left, and those held for unpaid orders, are what the ledger owes them."""
    rows = sql.rows(
        """with kept as (select g.member_id as owner_id, sum(g.left_count + coalesce(h.count, 0))::bigint as points from campaigns_pointgrant g
                           left join (select grant_id, sum(count) as count from campaigns_pointspending where state = 'held' group by 1) h
                             on h.grant_id = g.id group by 1),
                owed as (select a.owner_id, -b.balance_fen as fen from ledger_account a join ledger_balance b on b.account_id = a.id
                          where a.code = 'points_owed')
           select coalesce(k.owner_id, o.owner_id) as owner_id, coalesce(k.points, 0) as points, coalesce(o.fen, 0) as owed_fen
             from kept k full join owed o using (owner_id) where coalesce(k.points, 0) <> coalesce(o.fen, 0) limit 5"""
    )
    return [
        f"member {row.owner_id} has {row.points} points, the ledger owes {row.owed_fen} fen" for row in rows
    ]


@invariant
def packets_hold_what_nobody_took() -> list[str]:
    """A packet's shares sum to its points, takers got the first ones in order, and what is left is what the ledger holds for it."""
    rows = sql.rows(
        """select p.id from campaigns_redpacket p left join lateral (
             select count(*) as n, coalesce(sum(points), 0) as points, array_agg(points order by id) as parts
               from campaigns_packettaking t where t.packet_id = p.id) t on true
            where p.points <> (select sum(x) from unnest(p.shares) x) or t.n <> p.taken_count
               or (t.n > 0 and t.parts <> p.shares[1:t.n]) or (p.ended_at is null and p.left_points <> p.points - t.points) limit 5"""
    )
    wrong = [f"packet {row.id} was not split as it was sealed" for row in rows]
    sums = sql.rows(
        """select (select coalesce(sum(left_points), 0) from campaigns_redpacket where ended_at is null)::bigint as left_points,
                  (select coalesce(-sum(p.amount_fen), 0) from ledger_posting p join ledger_account a on a.id = p.account_id
                    where a.code = 'packet_held')::bigint as held"""
    )[0]
    if sums.left_points != sums.held:
        wrong.append(f"open packets hold {sums.left_points} points, the ledger {sums.held}")
    return wrong


@invariant
def quiz_points_are_granted() -> list[str]:
    """What runs of the quiz say they gave is what their members were granted, once a level."""
    rows = sql.rows(
        """select coalesce(r.member_id, g.member_id) as member_id, coalesce(r.points, 0) as said, coalesce(g.points, 0) as given
             from (select member_id, sum(points)::bigint as points from campaigns_quizrun where points > 0 group by 1) r
             full join (select member_id, sum(count)::bigint as points from campaigns_pointgrant where kind = 'quiz' group by 1) g
               using (member_id) where coalesce(r.points, 0) <> coalesce(g.points, 0) limit 5"""
    )
    return [
        f"runs of member {row.member_id} gave {row.said} points, granted were {row.given}" for row in rows
    ]


@invariant
def runs_count_what_was_right() -> list[str]:
    """A run's right answers are those that its questions call right, and it has answered no more than it was asked."""
    rows = sql.rows(
        """select r.id from campaigns_quizrun r where cardinality(r.answers) > cardinality(r.questions) or r.right_count <> (
             select count(*) from generate_subscripts(r.answers, 1) n join campaigns_quizquestion q on q.id = r.questions[n]
              where q.right_choice = r.answers[n]) limit 5"""
    )
    return [f"quiz run {row.id} does not count right" for row in rows]
