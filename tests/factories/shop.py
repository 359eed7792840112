"""People, goods and orders for tests, made by the operations that people use. Nothing hidden: every value has a name."""

import itertools
from datetime import datetime

from linli.catalog.models import Category, Sku, Stock
from linli.catalog.operations.product import add_products
from linli.catalog.types import ProductDraft, SkuDraft
from linli.core import events
from linli.core.actor import SYSTEM, Actor
from linli.core.refusal import Refusal
from linli.distribution.models import Owner
from linli.distribution.operations.owner import open_shop
from linli.distribution.queries.actor import actor_of
from linli.members.models import Member
from linli.members.operations.identity import register
from linli.merchants.models import Merchant, Staff
from linli.payments.models import Charge
from linli.payments.operations.notice import store_checked
from linli.payments.types import GatewayNotice
from linli.trade.models import Order
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.deliver_order import confirm_receipt, ship_order
from linli.trade.operations.place_order import place_orders
from linli.trade.types import Basket, Line, Placed, PlaceRequest

_numbers = itertools.count(1)
ADDRESS = {"name": "林邻", "phone": "13800138000", "region": "330102", "detail": "清波街道 1 号"}


def make_member(at: datetime, name: str = "小邻") -> Member:
    return register(phone=f"1350000{next(_numbers):04d}", name=name, at=at)


def make_owner(at: datetime, *, sponsor: Owner | None = None, tier: str = "ordinary") -> Owner:
    """An owner below a sponsor, with the leader that the sponsor gives."""
    owner = open_shop(member=make_member(at), invitation=None, shop_name="小店", at=at)
    if sponsor:
        owner.sponsor = sponsor
        owner.leader_id = sponsor.pk if sponsor.tier in ("gold", "senior") else sponsor.leader_id
    owner.tier = tier
    owner.save()
    return owner


def make_merchant(at: datetime, *, freight_fen: int = 0, free_from_fen: int = 0) -> Merchant:
    merchant = Merchant.objects.create(
        name=f"商家{next(_numbers)}",
        freight_fen=freight_fen,
        free_freight_from_fen=free_from_fen,
        created_at=at,
    )
    Staff.objects.create(merchant=merchant, member=make_member(at, "掌柜"))
    return merchant


def staff_of(merchant: Merchant) -> Actor:
    return actor_of(merchant.staff.get().member_id)


def make_sku(
    at: datetime,
    *,
    price_fen: int = 19_900,
    rate_bp: int = 2000,
    stock: int = 100,
    merchant: Merchant | None = None,
    title: str = "智利车厘子",
) -> Sku:
    category, _ = Category.objects.get_or_create(name="水果", parent=None)
    merchant = merchant or make_merchant(at)
    draft = ProductDraft(
        merchant.pk,
        category.pk,
        title,
        (SkuDraft(("2 斤",), price_fen, rate_bp, stock),),
        images=("demo/p1.webp",),
    )
    [product_id] = add_products([draft], at=at)
    return Sku.objects.get(product=product_id)


def request(
    member: Member,
    *lines: tuple[Sku, int],
    share_code: str = "",
    key: str | None = None,
    body: bytes = b"body",
    quoted_fen: int | None = None,
) -> PlaceRequest:
    return PlaceRequest(
        basket=Basket(member.pk, tuple(Line(sku.pk, units) for sku, units in lines), share_code),
        address=ADDRESS,
        charge_gateway="sandbox",
        idempotency_key=key,
        input_hash=body if key else None,
        quoted_fen=quoted_fen,
    )


def place(at: datetime, asked: PlaceRequest) -> Placed | Refusal:
    return place_orders([asked], at=at)[0]


def placed(at: datetime, asked: PlaceRequest) -> Placed:
    outcome = place(at, asked)
    assert isinstance(outcome, Placed), outcome
    return outcome


def pay(
    charge_no: str, at: datetime, *, fen: int | None = None, state: str = "success", notice_id: str = ""
) -> None:
    """The gateway says what became of a charge, and everybody who listens hears of it."""
    amount = Charge.objects.get(charge_no=charge_no).amount_fen if fen is None else fen
    notice = GatewayNotice(
        notice_id or f"N{next(_numbers)}", "payment", charge_no, state, amount, f"T{charge_no}", at
    )
    store_checked("sandbox", [notice], at=at)
    events.deliver_all()


def paid_order(at: datetime, asked: PlaceRequest) -> Order:
    made = placed(at, asked)
    if made.charge_no:
        pay(made.charge_no, at)
    return Order.objects.get(order_no=made.orders[0].order_no)


def received_order(at: datetime, asked: PlaceRequest) -> Order:
    order = paid_order(at, asked)
    ship_order(order=order, carrier="顺丰速运", tracking_no=f"SF{next(_numbers):08d}", actor=SYSTEM, at=at)
    confirm_receipt(order=Order.objects.get(pk=order.pk), actor=SYSTEM, at=at)
    return Order.objects.get(pk=order.pk)


def completed_order(at: datetime, asked: PlaceRequest, later: datetime) -> Order:
    order = received_order(at, asked)
    assert complete_orders(at=later) == 1
    return Order.objects.get(pk=order.pk)


def stock_of(sku: Sku) -> tuple[int, int, int]:
    """available, held, sold"""
    row = Stock.objects.get(sku=sku)
    return row.available_count, row.held_count, row.sold_count
