"""Placing orders: a list in, one statement per step, an outcome for each. Read `place_orders` from top to bottom."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from linli.campaigns.operations.coupon_use import hold_coupons, release_coupons
from linli.campaigns.operations.gift import Wrapped, wrap_gifts
from linli.campaigns.operations.points import release_points, spend_points
from linli.campaigns.operations.seat import free_seats, take_seats
from linli.campaigns.queries.sold_out import is_sold_out
from linli.campaigns.rules.seat import SeatAsked, SeatGiven
from linli.campaigns.types import GiftWish
from linli.catalog.operations.stock import reserve
from linli.community.queries.community import members_among
from linli.core import sql
from linli.core.codes import new_code, new_number
from linli.core.refusal import Refusal
from linli.payments.operations.charge import OpenedCharge, open_charges
from linli.payments.types import ChargeAsked
from linli.trade.operations.take_payment import settle_free_orders
from linli.trade.queries.bought import members_who_bought
from linli.trade.queries.placed import placed_before, unpaid_units
from linli.trade.queries.quote import Terms, quotes
from linli.trade.rules.basket import fee_fen
from linli.trade.types import Placed, PlacedOrder, PlaceRequest, Quote, QuotedParcel

GIFT_CODE = 12
_INSERT_ORDERS = """
insert into trade_order (order_no, checkout_no, member_id, merchant_id, state, goods_fen, freight_fen, total_fen, refunded_fen,
       freight_refunded_fen, is_self_purchase, is_gift, campaign_id, seller_id, share_code, address, note, charge_id, idempotency_key, input_hash,
       cancel_reason, placed_at, expires_at)
select o.order_no, o.checkout_no, o.member_id, o.merchant_id, 'pending_payment', o.goods_fen, o.freight_fen, o.goods_fen + o.freight_fen,
       0, 0, o.is_self_purchase, o.is_gift, nullif(o.campaign_id, 0), o.seller_id, o.share_code, o.address, o.note, nullif(o.charge_id, 0), o.idempotency_key, o.input_hash,
       '', %(at)s, %(expires_at)s
  from unnest(%(order_nos)s::text[], %(checkout_nos)s::text[], %(members)s::bigint[], %(merchants)s::bigint[], %(goods)s::bigint[],
              %(freights)s::bigint[], %(selfs)s::boolean[], %(gifts)s::boolean[], %(campaigns)s::bigint[], %(sellers)s::bigint[], %(share_codes)s::text[], %(addresses)s::jsonb[],
              %(notes)s::text[], %(charges)s::bigint[], %(keys)s::text[], %(hashes)s::bytea[]) with ordinality
       o(order_no, checkout_no, member_id, merchant_id, goods_fen, freight_fen, is_self_purchase, is_gift, campaign_id, seller_id, share_code, address,
         note, charge_id, idempotency_key, input_hash, n)
 order by o.n
returning id
"""

_INSERT_LINES = """
insert into trade_orderline (order_id, sku_id, product_id, title, sku_title, image, quantity, price_fen, total_fen, rate_bp,
       fee_rate_bp, fee_fen, reasons, subsidy_fen, refunded_fen, refunded_quantity)
select l.*, 0, 0
  from unnest(%(orders)s::bigint[], %(skus)s::bigint[], %(products)s::bigint[], %(titles)s::text[], %(sku_titles)s::text[],
              %(images)s::text[], %(quantities)s::int[], %(prices)s::bigint[], %(totals)s::bigint[], %(rates)s::int[],
              %(fee_rates)s::int[], %(fees)s::bigint[], %(reasons)s::jsonb[], %(subsidies)s::bigint[]) l
"""


class _Wanted:
    """A request on its way to an order."""

    __slots__ = ("charge", "checkout_no", "gift_code", "group_id", "index", "order_nos", "quote", "request")

    def __init__(self, index: int, request: PlaceRequest, quote: Quote, at: datetime) -> None:
        self.index = index
        self.request = request
        self.quote = quote
        self.checkout_no = new_number(at)
        self.order_nos = [new_number(at) for _ in quote.parcels]
        self.group_id = 0
        self.gift_code = new_code(GIFT_CODE) if request.basket.gift else ""
        self.charge: OpenedCharge | None = None

    @property
    def campaign_id(self) -> int:
        choice = self.request.basket.choice
        return choice.campaign_id if choice else 0

    def units(self) -> dict[int, int]:
        units: dict[int, int] = {}
        for line in self.quote.lines:
            units[line.sku_id] = units.get(line.sku_id, 0) + line.quantity
        return units


def place_orders(requests: Sequence[PlaceRequest], *, at: datetime) -> list[Placed | Refusal]:
    """Place baskets, first come first served; one refusal never fails its neighbours.

    Each basket becomes one order per merchant, paid together by one charge. A repeated idempotency key gives the first
    answer; with another body it is refused (key_conflict). Refusals: empty, too_many_lines, bad_quantity, not_for_sale,
    price_changed, no_address, sold_out, key_conflict; those of campaigns, coupons and gifts (quotes, take_seats, coupon_used,
    join_first).
    Raises NoSuchGateway.
    """
    with transaction.atomic():
        _take_turns(requests)
        outcomes: list[Placed | Refusal | None] = list(placed_before(requests))
        fresh = _still_to_be_had(_first_of_each_key(requests, outcomes), requests, outcomes, at)
        if not fresh:
            return _answers(requests, outcomes)
        quoted, terms = quotes([requests[i].basket for i in fresh], at=at)
        wanted = []
        for i, quote in zip(fresh, quoted, strict=True):
            refused = quote if isinstance(quote, Refusal) else _fault(requests[i], quote)
            if refused:
                outcomes[i] = refused
            else:
                wanted.append(_Wanted(i, requests[i], quote, at))  # type: ignore[arg-type]
        modest = _without_hoarders(_without_strangers(wanted, outcomes), outcomes, terms)
        served = _take_what_is_limited(modest, outcomes, at)
        _charge(served, terms, at)
        for one, placed in zip(served, _write(served, terms, at), strict=True):
            outcomes[one.index] = placed
        wrap_gifts([_wrapped(one) for one in served if one.gift_code], at=at)
        settle_free_orders([one.checkout_no for one in served if not one.quote.total_fen], at=at)
    return _answers(requests, outcomes)


def _take_turns(requests: Sequence[PlaceRequest]) -> None:
    """Requests with the same key come to all processes at once when a client is impatient: the second waits for the first."""
    keys = sorted({request.once_key for request in requests if request.once_key})
    if keys:
        sql.rows(
            """select pg_advisory_xact_lock(key)
                 from (select distinct hashtextextended(k, 0) as key from unnest(%s::text[]) k order by 1) keys""",
            (keys,),
        )


def _first_of_each_key(requests: Sequence[PlaceRequest], outcomes: Sequence[object]) -> list[int]:
    """The requests to be placed now: not placed before, and of those with the same key the first."""
    seen: set[str] = set()
    fresh = []
    for i, request in enumerate(requests):
        key = request.once_key
        if outcomes[i] is None and (key is None or key not in seen):
            fresh.append(i)
            if key:
                seen.add(key)
    return fresh


def _still_to_be_had(
    fresh: Sequence[int],
    requests: Sequence[PlaceRequest],
    outcomes: list[Placed | Refusal | None],
    at: datetime,
) -> list[int]:
    """Those that do not want what was sold out a moment ago; the others are told so without any further statement."""
    wanted = []
    for i in fresh:
        choice = requests[i].basket.choice
        if choice and is_sold_out(choice.campaign_id, at=at):
            outcomes[i] = Refusal("sold_out")
        else:
            wanted.append(i)
    return wanted


def _answers(
    requests: Sequence[PlaceRequest], outcomes: Sequence[Placed | Refusal | None]
) -> list[Placed | Refusal]:
    """Requests that repeat a neighbour of the same batch get the neighbour's answer."""
    first: dict[str, int] = {}
    answers: list[Placed | Refusal] = []
    for i, (request, outcome) in enumerate(zip(requests, outcomes, strict=True)):
        if outcome is not None:
            first.setdefault(request.once_key or "", i)
            answers.append(outcome)
            continue
        twin = first[request.once_key or ""]
        same = requests[twin].input_hash == request.input_hash
        answers.append(answers[twin] if same else Refusal("key_conflict"))
    return answers


def _fault(request: PlaceRequest, quote: Quote) -> Refusal | None:
    if request.quoted_fen is not None and request.quoted_fen != quote.total_fen:
        return Refusal("price_changed", {"quoted_fen": request.quoted_fen, "total_fen": quote.total_fen})
    if request.address is None and not request.basket.gift:
        return Refusal("no_address")
    return None


def _without_strangers(wanted: Sequence[_Wanted], outcomes: list[Placed | Refusal | None]) -> list[_Wanted]:
    """Those who may give what they want to: a gift for a community comes from one of its members."""
    givers = {
        one.index: (gift.community_id, one.request.basket.member_id)
        for one in wanted
        if (gift := one.request.basket.gift) and gift.community_id
    }
    inside = members_among(set(givers.values()))
    for index, giver in givers.items():
        if giver not in inside:
            outcomes[index] = Refusal("join_first")
    return [one for one in wanted if outcomes[one.index] is None]


def _without_hoarders(
    wanted: Sequence[_Wanted], outcomes: list[Placed | Refusal | None], terms: Terms
) -> list[_Wanted]:
    """Those who do not hold more unpaid units than one member may: stock that nobody pays for is kept from those who would."""
    held = unpaid_units(sorted({one.request.basket.member_id for one in wanted}))
    for one in wanted:
        if not one.quote.total_fen:
            continue  # paid as it is placed
        member_id = one.request.basket.member_id
        units = held.get(member_id, 0) + sum(one.units().values())
        if units <= terms.unpaid_units:
            held[member_id] = units
        else:
            outcomes[one.index] = Refusal("pay_first", {"most": terms.unpaid_units})
    return [one for one in wanted if outcomes[one.index] is None]


def _wrapped(one: _Wanted) -> Wrapped:
    basket = one.request.basket
    [line] = basket.lines
    return Wrapped(
        one.checkout_no,
        one.gift_code,
        basket.member_id,
        basket.gift or GiftWish(),
        line.sku_id,
        line.quantity,
        tuple(one.order_nos),
    )


def _take_what_is_limited(
    wanted: Sequence[_Wanted], outcomes: list[Placed | Refusal | None], at: datetime
) -> list[_Wanted]:
    """Coupons, points, seats and stock, in that order for everybody; whoever misses one gives back what they had before it."""
    baskets = [(one.checkout_no, one.request.basket) for one in wanted]
    gone = hold_coupons([(number, basket.member_id, basket.coupon_ids) for number, basket in baskets], at=at)
    refused = {
        one.index: Refusal("coupon_used", {"coupon_id": str(coupon_id)})
        for one, coupon_id in zip(wanted, gone, strict=True)
        if coupon_id
    }
    paying = [(one.checkout_no, one.request.basket.member_id, one.quote.points) for one in wanted]
    for one, has_points in zip(wanted, spend_points(paying, at=at), strict=True):
        if not has_points:
            refused[one.index] = Refusal("price_changed")
    with_coupons = [one for one in wanted if one.index not in refused]
    choosing = [one for one in with_coupons if one.request.basket.choice]
    for one, given in zip(choosing, take_seats(_asked_seats(choosing), at=at), strict=True):
        if isinstance(given, SeatGiven):
            one.group_id = given.group_id
        else:
            refused[one.index] = given
    with_seats = [one for one in with_coupons if one.index not in refused]
    for one, sku_id in zip(with_seats, reserve([one.units() for one in with_seats]), strict=True):
        if sku_id:
            refused[one.index] = Refusal("sold_out", {"sku_id": str(sku_id)})
    _give_back(wanted, refused, with_seats, at)
    for index, why in refused.items():
        outcomes[index] = why
    return [one for one in wanted if one.index not in refused]


def _asked_seats(choosing: Sequence[_Wanted]) -> list[SeatAsked]:
    bought = members_who_bought([one.request.basket.member_id for one in choosing])
    return [
        SeatAsked(
            choice=choice,
            member_id=one.request.basket.member_id,
            order_no=one.order_nos[0],
            quantity=one.request.basket.lines[0].quantity,
            is_newcomer=one.request.basket.member_id not in bought,
        )
        for one in choosing
        if (choice := one.request.basket.choice)
    ]


def _give_back(
    wanted: Sequence[_Wanted], refused: dict[int, Refusal], seated: Sequence[_Wanted], at: datetime
) -> None:
    missed = [one for one in wanted if one.index in refused]
    if coupons := [one.checkout_no for one in missed if one.request.basket.coupon_ids]:
        release_coupons(coupons)
    if points := [one.checkout_no for one in missed if one.quote.points]:
        release_points(points, at=at)
    had = {one.index for one in seated}
    if seats := [one.order_nos[0] for one in missed if one.index in had and one.request.basket.choice]:
        free_seats(seats, at=at)


def _charge(served: Sequence[_Wanted], terms: Terms, at: datetime) -> None:
    paying = [one for one in served if one.request.charge_gateway and one.quote.total_fen]
    expires_at = at + timedelta(minutes=terms.unpaid_minutes)
    asked = [
        ChargeAsked(
            one.request.basket.member_id,
            f"checkout:{one.checkout_no}",
            one.quote.total_fen,
            one.request.charge_gateway,
            expires_at,
        )
        for one in paying
    ]
    for one, opened in zip(paying, open_charges(asked, at=at), strict=True):
        one.charge = opened


def _write(served: Sequence[_Wanted], terms: Terms, at: datetime) -> list[Placed]:
    """Orders in one statement, lines in another."""
    if not served:
        return []
    parcels = [
        (one, parcel, order_no)
        for one in served
        for parcel, order_no in zip(one.quote.parcels, one.order_nos, strict=True)
    ]
    ids = [row.id for row in sql.rows(_INSERT_ORDERS, _order_columns(parcels, terms, at))]
    sql.rows(
        _INSERT_LINES,
        _line_columns([(order_id, parcel) for order_id, (_, parcel, _) in zip(ids, parcels, strict=True)]),
    )
    orders: dict[str, list[PlacedOrder]] = {}
    for order_id, (one, parcel, order_no) in zip(ids, parcels, strict=True):
        state = "pending_payment" if one.quote.total_fen else _state_when_paid(one)
        made = PlacedOrder(order_id, order_no, parcel.merchant_id, state, parcel.total_fen, one.group_id)
        orders.setdefault(one.checkout_no, []).append(made)
    return [
        Placed(
            one.checkout_no,
            tuple(orders[one.checkout_no]),
            one.charge.charge_no if one.charge else "",
            one.charge.pay_path if one.charge else "",
            one.gift_code,
        )
        for one in served
    ]


def _state_when_paid(one: _Wanted) -> str:
    return "waiting_group" if one.group_id else "waiting_gift" if one.gift_code else "paid"


def _order_columns(
    parcels: Sequence[tuple[_Wanted, QuotedParcel, str]], terms: Terms, at: datetime
) -> dict[str, object]:
    requests = [one.request for one, _, _ in parcels]
    return {
        "order_nos": [order_no for _, _, order_no in parcels],
        "checkout_nos": [one.checkout_no for one, _, _ in parcels],
        "members": [request.basket.member_id for request in requests],
        "merchants": [parcel.merchant_id for _, parcel, _ in parcels],
        "goods": [parcel.goods_fen for _, parcel, _ in parcels],
        "freights": [parcel.freight_fen for _, parcel, _ in parcels],
        "campaigns": [one.campaign_id for one, _, _ in parcels],
        "gifts": [bool(one.gift_code) for one, _, _ in parcels],
        "selfs": [one.quote.is_self_purchase for one, _, _ in parcels],
        "sellers": [one.quote.seller_id for one, _, _ in parcels],
        "share_codes": [request.basket.share_code[:12] for request in requests],
        "addresses": [
            None if request.basket.gift else json.dumps(request.address, ensure_ascii=False)
            for request in requests
        ],
        "notes": [request.note[:200] for request in requests],
        "charges": [one.charge.charge_id if one.charge else 0 for one, _, _ in parcels],
        "keys": [
            None if one.gift_code and order_no != one.order_nos[0] else one.request.once_key
            for one, _, order_no in parcels
        ],
        "hashes": [request.input_hash for request in requests],
        "at": at,
        "expires_at": at + timedelta(minutes=terms.unpaid_minutes),
    }


def _line_columns(parcels: Sequence[tuple[int, QuotedParcel]]) -> dict[str, object]:
    lines = [(order_id, line) for order_id, parcel in parcels for line in parcel.lines]
    return {
        "orders": [order_id for order_id, _ in lines],
        "skus": [line.sku_id for _, line in lines],
        "products": [line.product_id for _, line in lines],
        "titles": [line.title for _, line in lines],
        "sku_titles": [line.sku_title for _, line in lines],
        "images": [line.image for _, line in lines],
        "quantities": [line.quantity for _, line in lines],
        "prices": [line.price_fen for _, line in lines],
        "totals": [line.total_fen for _, line in lines],
        "rates": [line.rate_bp for _, line in lines],
        "fee_rates": [line.fee_rate_bp for _, line in lines],
        "fees": [fee_fen(line) for _, line in lines],
        "subsidies": [line.subsidy_fen for _, line in lines],
        "reasons": [
            json.dumps([{"code": code, "fen": fen} for code, fen in line.reasons]) for _, line in lines
        ],
    }
