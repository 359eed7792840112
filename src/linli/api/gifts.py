"""Gifts over HTTP: seen by their code, taken with an address that the giver never sees."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer, optional_bearer
from linli.api.once import Router
from linli.api.schemas import GiftClaimIn, GiftProblemIn
from linli.campaigns.models import Gift, GiftShare
from linli.campaigns.operations.gift import claim_gift, take_gift_back
from linli.campaigns.queries.gift import GiftFace, gift_face, gift_faces
from linli.core import clock
from linli.core.actor import Actor
from linli.core.rate_limit import count_try
from linli.members.operations.profile import checked_address
from linli.trade.models import Order
from linli.trade.operations.aftersale import AskedLine, ask_aftersale, line_states
from linli.trade.operations.deliver_order import confirm_receipt
from linli.trade.queries.gift import gift_parcel

router = Router(tags=["gifts"])
MOST = 40


@router.get("/me/gifts")
def get_my_gifts(request: HttpRequest, tab: Literal["given", "got"] = "given") -> HttpResponse:
    """The gifts that I gave and were paid, or (tab=got) those of which I took a share."""
    actor, at = actor_of(request), clock.now()
    found = Gift.objects.filter(giver_id=actor.member_id, sent_at__isnull=False)
    if tab == "got":
        found = Gift.objects.filter(shares__receiver_id=actor.member_id)
    faces = gift_faces(found.select_related("giver")[:MOST])
    return answer({"items": [_gift(face, actor, at) for face in faces], "next": None})


@router.get("/gifts/{code}", auth=optional_bearer)
def get_gift(request: HttpRequest, code: str) -> HttpResponse:
    """A gift: what, from whom, how many shares are left; for its receiver the parcel too."""
    actor = actor_of(request)
    return answer(_gift(gift_face(_reached(actor, code)), actor, clock.now()))


@router.post("/gifts/{code}/claims")
def post_claim(request: HttpRequest, code: str, body: GiftClaimIn) -> HttpResponse:
    """Take a share, to be sent to this address; a second time gives the same share."""
    actor, at = actor_of(request), clock.now()
    count_try(key=f"gift:{actor.member_id}", limit=30, window_seconds=60, at=at)
    gift = _reached(actor, code)
    address = checked_address(**body.address.dict())
    claim_gift(gift=gift, member_id=actor.member_id, address=address, at=at)
    return answer(_gift(gift_face(gift), actor, at), 201)


@router.post("/gifts/{code}/return")
def post_return(request: HttpRequest, code: str) -> HttpResponse:
    """(giver) Shares that nobody has taken come back as money."""
    actor, at = actor_of(request), clock.now()
    gift = Gift.objects.get(code=code.upper(), giver_id=actor.member_id)
    take_gift_back(gift=gift, at=at)
    return answer(_gift(gift_face(gift), actor, at))


@router.post("/gifts/{code}/receipt")
def post_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """(receiver) I have my share."""
    actor, at = actor_of(request), clock.now()
    share = GiftShare.objects.visible_to(actor).select_related("gift").get(gift__code=code.upper())
    confirm_receipt(order=Order.objects.get(order_no=share.order_no), actor=actor, at=at)
    return answer(_gift(gift_face(share.gift), actor, at))


@router.post("/gifts/{code}/problem")
def post_problem(request: HttpRequest, code: str, body: GiftProblemIn) -> HttpResponse:
    """(receiver) Something is wrong with my share: the merchant decides; the money would go back to the giver."""
    actor = actor_of(request)
    share = GiftShare.objects.visible_to(actor).get(gift__code=code.upper())
    order = Order.objects.get(order_no=share.order_no)
    lines = [AskedLine(pk) for pk, state in line_states(order).items() if state.is_left]
    made = ask_aftersale(
        order=order, kind="refund", reason=body.reason, lines=lines, actor=actor, at=clock.now()
    )
    return answer({"aftersale_no": made.aftersale_no, "state": made.state}, 201)


def _reached(actor: Actor, code: str) -> Gift:
    return Gift.objects.visible_to(actor).select_related("giver").get(code=code.upper())


def _gift(face: GiftFace, actor: Actor, at: datetime) -> dict[str, Any]:
    gift = face.gift
    content: dict[str, Any] = {
        "code": gift.code,
        "words": gift.words,
        "giver": {"name": gift.giver.name},
        "title": face.title,
        "sku_title": face.sku_title,
        "quantity": gift.quantity,
        "shares": face.shares,
        "left": face.left if face.is_open(at) else 0,
        "expires_at": gift.expires_at,
    }
    if gift.giver_id == actor.member_id:
        content["taken_by"] = [
            {"name": share.receiver.name, "taken_at": share.taken_at}
            for share in face.taken
            if share.receiver
        ]
    mine = next((share for share in face.taken if share.receiver_id == actor.member_id), None)
    if mine and actor.member_id:
        parcel = gift_parcel(mine)
        content["mine"] = {
            "state": parcel.order.state,
            "address": mine.address,
            "shipments": [
                {"carrier": one.carrier, "tracking_no": one.tracking_no, "shipped_at": one.shipped_at}
                for one in parcel.shipments
            ],
        }
    return content
