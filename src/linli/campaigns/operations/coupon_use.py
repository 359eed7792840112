"""Coupons of orders: held with the order, used when it is paid, given back when it closes. Lists in, one statement per step."""

from collections.abc import Sequence
from datetime import datetime

from linli.core import sql
from linli.ledger.types import PLATFORM, Code, Entry, Leg


def hold_coupons(asked: Sequence[tuple[str, int, tuple[int, ...]]], *, at: datetime) -> list[int]:
    """Hold the coupons of checkouts (number, member, coupon ids) in the order of arrival, all of one or none.

    Returns for each 0, or the first coupon that somebody was faster with.
    """
    ids = sorted({coupon_id for *_, coupon_ids in asked for coupon_id in coupon_ids})
    if not ids:
        return [0] * len(asked)
    free = {
        row.id: row.member_id
        for row in sql.rows(
            """select id, member_id from campaigns_coupon where id = any(%s::bigint[]) and state = 'unused' and expires_at > %s
                order by id for no key update""",
            (ids, at),
        )
    }
    taken: dict[int, str] = {}
    missing = []
    for checkout_no, member_id, coupon_ids in asked:
        # Whoever has given one away since it was quoted does not have it any more.
        gone = next((coupon_id for coupon_id in coupon_ids if free.get(coupon_id) != member_id), 0)
        missing.append(gone)
        if not gone:
            for coupon_id in coupon_ids:
                del free[coupon_id]
            taken |= dict.fromkeys(coupon_ids, checkout_no)
    sql.rows(
        """update campaigns_coupon c set state = 'held', checkout_no = h.checkout_no
             from unnest(%s::bigint[], %s::text[]) h(id, checkout_no) where c.id = h.id""",
        (list(taken), list(taken.values())),
    )
    return missing


def release_coupons(checkout_nos: Sequence[str]) -> None:
    """Orders closed without being paid: their coupons are free again."""
    sql.rows(
        """update campaigns_coupon set state = 'unused', checkout_no = '' where id in (
             select id from campaigns_coupon where checkout_no = any(%s::text[]) and checkout_no <> '' and state = 'held'
              order by id for no key update)""",
        (list(checkout_nos),),
    )


def use_coupons(checkout_nos: Sequence[str], *, at: datetime) -> list[Entry]:
    """Orders were paid: their coupons are used. What the ledger owes for a plan's coupon is paid by it now: the entries are to
    be posted after the orders' stock, as all are."""
    rows = sql.rows(
        """update campaigns_coupon set state = 'used', used_at = %s where id in (
             select id from campaigns_coupon where checkout_no = any(%s::text[]) and checkout_no <> '' and state = 'held'
              order by id for no key update)
           returning id, member_id, owed_fen, returned_count""",
        (at, list(checkout_nos)),
    )
    return [
        Entry(
            f"coupon_used:{row.id}:{row.returned_count}",
            "coupon_used",
            f"coupon:{row.id}",
            (
                Leg(Code.coupon_owed, row.member_id, row.owed_fen),
                Leg(Code.campaign_cost, PLATFORM, -row.owed_fen),
            ),
            at,
        )
        for row in rows
        if row.owed_fen
    ]


def return_coupons(orders: Sequence[tuple[str, int]], whole: Sequence[str], *, at: datetime) -> list[Entry]:
    """Everything bought with them went back: they are their member's again, unless they have expired. The entries are to be
    posted after the orders' stock, as all are.

    orders: (checkout_no, merchant_id) of wholly refunded orders, which free that merchant's coupon; whole: checkouts of which
    nothing is left, which frees the platform's.
    """
    rows = sql.rows(
        """update campaigns_coupon set state = 'unused', checkout_no = '', used_at = null, returned_count = returned_count + 1
            where id in (
              select c.id from campaigns_coupon c join campaigns_couponbatch b on b.id = c.batch_id
               where c.state = 'used' and c.checkout_no <> '' and c.expires_at > %(at)s
                 and ((c.checkout_no, b.merchant_id) in (select * from unnest(%(checkouts)s::text[], %(merchants)s::bigint[]))
                      or (b.merchant_id is null and c.checkout_no = any(%(whole)s::text[])))
               order by c.id for no key update of c)
           returning id, member_id, owed_fen, returned_count""",
        {
            "at": at,
            "checkouts": [checkout_no for checkout_no, _ in orders],
            "merchants": [merchant_id for _, merchant_id in orders],
            "whole": list(whole),
        },
    )
    return [
        Entry(
            f"coupon_returned:{row.id}:{row.returned_count}",
            "coupon_returned",
            f"coupon:{row.id}",
            (
                Leg(Code.campaign_cost, PLATFORM, row.owed_fen),
                Leg(Code.coupon_owed, row.member_id, -row.owed_fen),
            ),
            at,
        )
        for row in rows
        if row.owed_fen
    ]
