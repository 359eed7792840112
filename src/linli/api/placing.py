"""Placing an order over HTTP, as cheaply as the batch behind it deserves.

The same three steps serve the documented Django route and the short cut that Granian's event loop takes (config.rsgi):
read, ask the batcher, answer.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import translation
from pydantic import ValidationError

from linli.api.schemas import OrderIn, QuoteIn
from linli.api.values import read_json
from linli.campaigns.types import Choice, GiftWish
from linli.core import clock
from linli.core.batcher import Batcher, QueueIsFull, place_kept, ticket_of
from linli.core.codes import digest
from linli.core.language import language_of
from linli.core.refusal import Kind, Refusal
from linli.members.operations.profile import checked_address
from linli.members.queries import members_by_token
from linli.payments.adapters.registry import first_gateway, gateway
from linli.trade.operations.place_order import place_orders
from linli.trade.rules.basket import merged
from linli.trade.types import Basket, Line, Placed, PlaceRequest

log = logging.getLogger(__name__)

MOST_KEY = 100
TICKET = "queue-ticket"
Asked = tuple[str, PlaceRequest]


def _place(asked: Sequence[Asked]) -> list[Placed | Refusal]:
    """Who they are, and their orders: all that arrived together, by one connection."""
    at = clock.now()
    members = members_by_token([token for token, _ in asked], at=at)
    known = [
        replace(request, basket=replace(request.basket, member_id=members[token]))
        for token, request in asked
        if token in members
    ]
    placed = iter(place_orders(known, at=at))
    return [next(placed) if token in members else Refusal("sign_in") for token, _ in asked]


placing: Batcher[Asked, Placed | Refusal] = Batcher(_place)


def lines_of(body: QuoteIn) -> tuple[Line, ...]:
    """The lines of a body, each sku once."""
    return merged([Line(int(line.sku_id), line.quantity) for line in body.lines])


def basket_of(body: QuoteIn, member_id: int) -> Basket:
    """The basket of a body. Raises Refusal when it buys by more than one campaign."""
    chosen = [one for one in (body.group_buy, body.flash_sale, body.bargain) if one]
    if len(chosen) > 1:
        raise Refusal("bad_body", {"fields": ["one campaign at a time"]})
    choice = None
    if body.group_buy:
        asked = body.group_buy
        choice = Choice(int(asked.campaign_id), int(asked.group_id or 0), asked.seats, kind="group_buy")
    elif body.flash_sale:
        choice = Choice(int(body.flash_sale.campaign_id), kind="flash_sale")
    elif body.bargain:
        choice = Choice(
            int(body.bargain.campaign_id), bargain_id=int(body.bargain.bargain_id), kind="bargain"
        )
    coupon_ids = tuple(int(coupon_id) for coupon_id in dict.fromkeys(body.coupon_ids))
    return Basket(
        member_id, lines_of(body), body.share_code or "", choice, coupon_ids, body.use_points, _wish(body)
    )


def _wish(body: QuoteIn) -> GiftWish | None:
    if body.gift is None:
        return None
    words = " ".join(body.gift.words.split())
    return GiftWish(body.gift.shares, words, int(body.gift.community_id or 0) or None)


def read_order(authorization: str, key: str, body: OrderIn, raw: bytes) -> Asked:
    """What is asked, checked as far as it can be without the database. Raises Refusal."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal("sign_in")
    if len(key) > MOST_KEY:
        raise Refusal("bad_body", {"fields": ["Idempotency-Key: at most 100 characters"]})
    charge_gateway = (body.charge.gateway or first_gateway()) if body.charge else ""
    if charge_gateway:
        gateway(charge_gateway)
    address = body.address
    request = PlaceRequest(
        basket=basket_of(body, 0),
        address=checked_address(
            name=address.name, phone=address.phone, region=address.region, detail=address.detail
        )
        if address
        else None,
        note=body.note,
        quoted_fen=body.quoted_fen,
        charge_gateway=charge_gateway,
        idempotency_key=key or None,
        input_hash=digest(raw) if key else None,
    )
    return token, request


def placed_answer(outcome: Placed | Refusal, site: str) -> dict[str, Any]:
    """The body of the answer. Raises Refusal."""
    if isinstance(outcome, Refusal):
        raise outcome
    content: dict[str, Any] = {
        "order_no": outcome.orders[0].order_no,
        "state": outcome.orders[0].state,
        "total_fen": outcome.total_fen,
        "orders": [
            {
                "order_no": o.order_no,
                "merchant_id": str(o.merchant_id),
                "state": o.state,
                "total_fen": o.total_fen,
            }
            for o in outcome.orders
        ],
    }
    if outcome.orders[0].group_id:
        content["group_id"] = str(outcome.orders[0].group_id)
    if outcome.gift_code:
        content["gift"] = {"code": outcome.gift_code, "url": f"{site}/gifts/{outcome.gift_code}"}
    if outcome.charge_no:
        content["charge"] = {
            "charge_no": outcome.charge_no,
            "pay_url": site + outcome.pay_path,
            "state": "open",
        }
    return content


async def post_order(headers: Mapping[str, str], site: str, raw: bytes) -> tuple[int, bytes, dict[str, str]]:
    """POST /api/v1/orders on the event loop: status, body, extra headers."""
    try:
        body = OrderIn.model_validate(read_json(raw))
        asked = read_order(
            headers.get("authorization") or "", headers.get("idempotency-key") or "", body, raw
        )
        since = place_kept(headers.get(TICKET) or "", holder=headers.get("authorization") or "")
        content = placed_answer(await placing.ask_soon(asked, since=since), site)
        return 201, json.dumps(content).encode(), {}
    except QueueIsFull as full:
        ticket = ticket_of(full, holder=headers.get("authorization") or "")
        return _error(Refusal("queue_full", {"ahead": full.ahead, "ticket": ticket}), headers)
    except Refusal as problem:
        return _error(problem, headers)
    except ValidationError as problem:
        fields = [
            ".".join(str(part) for part in item["loc"]) + ": " + item["msg"] for item in problem.errors()
        ]
        return _error(Refusal("bad_body", {"fields": fields}), headers)
    except ValueError:
        return _error(Refusal("bad_body"), headers)
    except Exception:
        log.exception("an order was not placed")
        return _error(Refusal("unavailable"), headers)


def _error(problem: Refusal, headers: Mapping[str, str]) -> tuple[int, bytes, dict[str, str]]:
    with translation.override(language_of(headers.get("accept-language") or "")):
        error = {"code": problem.code, "message": problem.sentence, "details": problem.told()}
    again = {"retry-after": "1"} if problem.kind in (Kind.busy, Kind.unavailable) else {}
    return problem.kind, json.dumps({"error": error}, ensure_ascii=False).encode(), again
