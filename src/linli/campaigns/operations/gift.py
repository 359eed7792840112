"""Gifts are wrapped with an order, opened when it is paid, taken share by share, and go back to the giver as money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from linli.campaigns.events import GiftClaimed, GiftReturned
from linli.campaigns.models import Gift, GiftShare, GiftShareState
from linli.campaigns.rules.gift import OPEN_HOURS
from linli.campaigns.types import GiftWish
from linli.channels.operations import Told, tell_members
from linli.community.queries.community import members_among
from linli.core import events, live, sql
from linli.core.refusal import Refusal
from linli.core.work import work_off

_OVER = """
select g.id from campaigns_gift g where g.expires_at <= %(at)s and g.id <> all(%(aside)s::bigint[])
   and g.id in (select gift_id from campaigns_giftshare where state = 'open') order by g.id limit %(most)s for no key update skip locked
"""


@dataclass(frozen=True)
class Wrapped:
    """A gift with the orders of its shares, all of the same units of one sku."""

    checkout_no: str
    code: str
    giver_id: int
    wish: GiftWish
    sku_id: int
    quantity: int
    order_nos: tuple[str, ...]


def wrap_gifts(wrapped: Sequence[Wrapped], *, at: datetime) -> None:
    """Gifts of orders that were just placed; nobody sees them before they are paid."""
    if not wrapped:
        return
    gifts = Gift.objects.bulk_create(
        Gift(
            checkout_no=one.checkout_no,
            code=one.code,
            giver_id=one.giver_id,
            community_id=one.wish.community_id,
            sku_id=one.sku_id,
            quantity=one.quantity,
            words=one.wish.words,
            wrapped_at=at,
        )
        for one in wrapped
    )
    GiftShare.objects.bulk_create(
        GiftShare(gift=gift, order_no=order_no)
        for gift, one in zip(gifts, wrapped, strict=True)
        for order_no in one.order_nos
    )


def send_gifts(checkout_nos: Sequence[str], *, at: datetime) -> None:
    """Gifts were paid: whoever has the link takes a share from now on. Safe to run twice."""
    if not checkout_nos:
        return
    sql.rows(
        """with sent as (update campaigns_gift set sent_at = %(at)s, expires_at = %(until)s
                          where checkout_no = any(%(checkouts)s::text[]) and sent_at is null returning id)
           update campaigns_giftshare s set state = 'open' from sent where s.gift_id = sent.id and s.state = 'held'""",
        {"at": at, "until": at + timedelta(hours=OPEN_HOURS), "checkouts": list(checkout_nos)},
    )


def free_gifts(order_nos: Sequence[str]) -> None:
    """Orders closed without being paid: there is nothing to give."""
    if order_nos:
        GiftShare.objects.filter(order_no__in=order_nos, state=GiftShareState.held).update(
            state=GiftShareState.freed
        )


def claim_gift(*, gift: Gift, member_id: int, address: dict[str, str], at: datetime) -> GiftShare:
    """Take the next share, to be sent to an address that the giver never sees; a second time gives the same share.

    Raises Refusal: own_gift, gift_over, gift_gone (all are taken), join_first.
    """
    with transaction.atomic():
        gift = Gift.objects.select_for_update(no_key=True).get(pk=gift.pk)
        if mine := GiftShare.objects.filter(gift=gift, receiver_id=member_id).first():
            return mine
        if gift.giver_id == member_id:
            raise Refusal("own_gift")
        if gift.community_id and not members_among([(gift.community_id, member_id)]):
            raise Refusal("join_first")
        share = gift.shares.filter(state=GiftShareState.open).first()
        if share is None:
            is_gone = gift.shares.filter(state=GiftShareState.taken).exists()
            raise Refusal("gift_gone" if is_gone else "gift_over")
        if gift.expires_at is None or gift.expires_at <= at:
            raise Refusal("gift_over")
        share.state = GiftShareState.taken
        share.receiver_id = member_id
        share.address = address
        share.taken_at = at
        share.save(update_fields=["state", "receiver", "address", "taken_at"])
        events.publish([GiftClaimed([share.order_no])])
        title = gift.sku.product.title
        tell_members([Told(gift.giver_id, "gift_taken", f"share:{share.pk}", f"/gifts/{gift.code}", {"title": title})], at=at)  # fmt: skip
        live.tell([f"gift:{gift.pk}"])
    return share


def take_gift_back(*, gift: Gift, at: datetime) -> int:
    """The giver does not wait any longer: shares that nobody has taken go back as money. Returns how many.

    Raises Refusal: gift_over (nothing is left).
    """
    with transaction.atomic():
        Gift.objects.select_for_update(no_key=True).get(pk=gift.pk)
        returned = _return_open([gift.pk], at=at)
        if not returned:
            raise Refusal("gift_over")
    return returned


def expire_gifts(*, at: datetime) -> int:
    """Shares that nobody took in time are returned to the giver. Returns how many gifts."""
    return work_off("campaigns.expire_gifts", _OVER, partial(_return_open, at=at), at=at)


def _return_open(gift_ids: Sequence[int], *, at: datetime) -> int:
    rows: list[Any] = sql.rows(
        """update campaigns_giftshare s set state = 'returned' from campaigns_gift g join catalog_sku k on k.id = g.sku_id
             join catalog_product p on p.id = k.product_id
            where g.id = any(%s::bigint[]) and s.gift_id = g.id and s.state = 'open'
           returning s.order_no, g.id as gift_id, g.giver_id, g.code, p.title""",
        (list(gift_ids),),
    )
    if not rows:
        return 0
    events.publish([GiftReturned([row.order_no for row in rows])])
    back = {row.gift_id: row for row in rows}
    told = [
        Told(row.giver_id, "gift_back", f"gift:{gift_id}", f"/gifts/{row.code}", {"title": row.title})
        for gift_id, row in back.items()
    ]
    tell_members(told, at=at)
    live.tell([f"gift:{gift_id}" for gift_id in back])
    return len(rows)
