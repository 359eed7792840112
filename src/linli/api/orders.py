"""Quotes, orders and what becomes of them."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer, demand, optional_bearer, parameter
from linli.api.once import Router
from linli.api.placing import TICKET, basket_of, placed_answer, placing, read_order
from linli.api.schemas import (
    AftersaleIn,
    ChargeIn,
    DecisionIn,
    LateChoiceIn,
    OrderIn,
    QuoteIn,
    ReturnIn,
    ShipmentIn,
)
from linli.catalog.queries.stock import short_of
from linli.core import clock
from linli.core.actor import Actor
from linli.core.batcher import QueueIsFull, place_kept, ticket_of
from linli.core.labels import label
from linli.core.refusal import Refusal
from linli.payments.adapters.registry import first_gateway
from linli.trade.models import Aftersale, Order, OrderState, PastOrder
from linli.trade.operations import aftersale, cancel_order, charge_order, deliver_order
from linli.trade.operations.group_order import choose_late
from linli.trade.queries.order import for_the_sender, order_face, orders_page
from linli.trade.queries.past_order import past_orders_page
from linli.trade.queries.quote import quote
from linli.trade.rules.basket import shared

router = Router(tags=["orders"])


@router.post("/quotes", auth=optional_bearer)
def post_quote(request: HttpRequest, body: QuoteIn) -> HttpResponse:
    """What a basket costs me now, with the reasons of every price. `short` names the skus of which there is too little: an order
    of this basket is refused as sold_out. A campaign has a stock of its own, and `short` says nothing of it."""
    basket = basket_of(body, actor_of(request).member_id)
    quoted = quote(basket, at=clock.now())
    if isinstance(quoted, Refusal):
        raise quoted
    short = [] if basket.choice else short_of(shared(basket).lines)
    return answer(
        {
            "total_fen": quoted.total_fen,
            "goods_fen": quoted.goods_fen,
            "freight_fen": quoted.freight_fen,
            "short": [str(sku_id) for sku_id in short],
            "lines": [
                {
                    "sku_id": str(line.sku_id),
                    "quantity": line.quantity,
                    "price_fen": line.price_fen,
                    "total_fen": line.total_fen,
                    "reasons": [
                        {"code": code, "label": label("reason", code), "fen": fen}
                        for code, fen in line.reasons
                    ],
                }
                for line in quoted.lines
            ],
        }
    )


@router.post("/orders", auth=None, openapi_extra={"security": [{"Bearer": []}]})
def post_order(request: HttpRequest, body: OrderIn) -> HttpResponse:
    """Place an order, and open its charge in the same call. The price is no longer quoted_fen: 409. Too many at once: 429 with how
    many are ahead and a ticket; sent again with it as the header Queue-Ticket, the order goes before all that came later."""
    token, key = request.headers.get("Authorization", ""), request.headers.get("Idempotency-Key", "")
    asked = read_order(token, key, body, request.body)
    since = place_kept(request.headers.get(TICKET, ""), holder=token)
    try:
        outcome = placing.ask(asked, since=since)
    except QueueIsFull as full:
        ticket = ticket_of(full, holder=token)
        raise Refusal("queue_full", {"ahead": full.ahead, "ticket": ticket}) from None
    return answer(placed_answer(outcome, request.build_absolute_uri("/").rstrip("/")), 201)


@router.get("/me/orders")
def get_my_orders(
    request: HttpRequest, state: OrderState | Literal[""] = "", cursor: str = ""
) -> HttpResponse:
    """My orders, newest first."""
    actor = actor_of(request)
    faces, following = orders_page(
        Order.objects.filter(member_id=actor.member_id),
        state=state,
        before=parameter("cursor", cursor),
    )
    return answer({"items": [_order(face) for face in faces], "next": following or None})


@router.get("/me/past-orders")
def get_my_past_orders(request: HttpRequest, cursor: str = "") -> HttpResponse:
    """What I bought in the shop from which this one moved, newest first."""
    mine = PastOrder.objects.filter(member_id=actor_of(request).member_id)
    faces, following = past_orders_page(mine, before=parameter("cursor", cursor))
    return answer({"items": faces, "next": following or None})


@router.get("/orders/{order_no}")
def get_order(request: HttpRequest, order_no: str) -> HttpResponse:
    """An order of mine (or of my merchant's)."""
    order = _visible(request, order_no)
    face = order_face(order)
    if order.member_id != actor_of(request).member_id:
        for_the_sender([face])
    return answer(_order(face))


@router.post("/orders/{order_no}/cancel")
def post_cancel(request: HttpRequest, order_no: str) -> HttpResponse:
    """Cancel an unpaid order."""
    order, actor = _mine(request, order_no)
    cancel_order.cancel_order(order=order, actor=actor, at=clock.now())
    return answer(_order(order_face(Order.objects.get(pk=order.pk))))


@router.post("/orders/{order_no}/late-choice")
def post_late_choice(request: HttpRequest, order_no: str, body: LateChoiceIn) -> HttpResponse:
    """My payment came after my seat was freed: a group of my own, another named group, or the money back."""
    order, _ = _mine(request, order_no)
    group_id = {"own_group": 0, "join": int(body.group_id or 0) or -1, "refund": None}[body.choice]
    refused = choose_late(order=order, group_id=group_id, at=clock.now())
    if refused:
        raise refused
    return answer(_order(order_face(Order.objects.get(pk=order.pk))))


@router.post("/orders/{order_no}/charges")
def post_charge(request: HttpRequest, order_no: str, body: ChargeIn) -> HttpResponse:
    """The charge that pays this order (and the other orders of its basket)."""
    order, _ = _mine(request, order_no)
    opened = charge_order.charge_order(
        order=order, gateway_name=body.gateway or first_gateway(), at=clock.now()
    )
    pay_url = request.build_absolute_uri(opened.pay_path)
    return answer({"charge_no": opened.charge_no, "pay_url": pay_url, "state": "open"}, 201)


@router.post("/orders/{order_no}/shipments")
def post_shipment(request: HttpRequest, order_no: str, body: ShipmentIn) -> HttpResponse:
    """The merchant sends a parcel."""
    actor = actor_of(request)
    order = _visible(request, order_no)
    demand(actor.is_operator or order.merchant_id in actor.merchant_ids)
    deliver_order.ship_order(
        order=order,
        carrier=body.carrier,
        tracking_no=body.tracking_no,
        lines=[line.dict() for line in body.lines],
        actor=actor,
        at=clock.now(),
    )
    [face] = for_the_sender([order_face(Order.objects.get(pk=order.pk))])
    return answer(_order(face), 201)


@router.post("/orders/{order_no}/receipt")
def post_receipt(request: HttpRequest, order_no: str) -> HttpResponse:
    """I have it."""
    order, actor = _mine(request, order_no)
    deliver_order.confirm_receipt(order=order, actor=actor, at=clock.now())
    return answer(_order(order_face(Order.objects.get(pk=order.pk))))


@router.post("/orders/{order_no}/aftersales")
def post_aftersale(request: HttpRequest, order_no: str, body: AftersaleIn) -> HttpResponse:
    """Ask money back for parts of my order, by quantity or amount."""
    order, actor = _mine(request, order_no)
    lines = [aftersale.AskedLine(int(x.order_line_id), x.quantity, x.amount_fen) for x in body.lines]
    made = aftersale.ask_aftersale(
        order=order, kind=body.kind, reason=body.reason, lines=lines, actor=actor, at=clock.now()
    )
    return answer(_aftersale(made), 201)


@router.post("/aftersales/{aftersale_no}/parcel")
def post_return(request: HttpRequest, aftersale_no: str, body: ReturnIn) -> HttpResponse:
    """The buyer sends agreed goods back."""
    actor = actor_of(request)
    agreed = Aftersale.objects.visible_to(actor).select_related("order").get(aftersale_no=aftersale_no)
    demand(agreed.order.member_id == actor.member_id)
    sent = aftersale.send_back(
        aftersale=agreed, carrier=body.carrier, tracking_no=body.tracking_no, actor=actor, at=clock.now()
    )
    return answer(_aftersale(sent))


@router.post("/aftersales/{aftersale_no}/decision")
def post_decision(request: HttpRequest, aftersale_no: str, body: DecisionIn) -> HttpResponse:
    """The merchant accepts or refuses with a reason; the operator may decide too. Money goes back at once, or for a
    return once its parcel is there, which is a second decision."""
    actor = actor_of(request)
    asked = Aftersale.objects.visible_to(actor).select_related("order").get(aftersale_no=aftersale_no)
    demand(actor.is_operator or asked.order.merchant_id in actor.merchant_ids)
    decided = aftersale.decide_aftersale(
        aftersale=asked, accept=body.accept, reason=body.reason, actor=actor, at=clock.now()
    )
    return answer(_aftersale(decided))


def _visible(request: HttpRequest, order_no: str) -> Order:
    return Order.objects.visible_to(actor_of(request)).get(order_no=order_no)


def _mine(request: HttpRequest, order_no: str) -> tuple[Order, Actor]:
    """The buyer's own order: what only its member may do. Others who see it are forbidden."""
    actor = actor_of(request)
    order = _visible(request, order_no)
    demand(order.member_id == actor.member_id)
    return order, actor


def _order(face: dict[str, Any]) -> dict[str, Any]:
    for line in face["lines"]:
        for reason in line["reasons"]:
            reason["label"] = label("reason", reason["code"])
    return face


def _aftersale(made: Aftersale) -> dict[str, Any]:
    return {
        "aftersale_no": made.aftersale_no,
        "state": made.state,
        "kind": made.kind,
        "amount_fen": made.amount_fen,
        "decide_by": made.decide_by,
        "decision_reason": made.decision_reason,
    }
