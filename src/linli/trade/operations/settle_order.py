"""A paid order is a sale: stock is sold, everybody's share is frozen, the money is posted. All lists, one statement per step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.catalog.operations import stock
from linli.core import events, sql
from linli.core.settings import value_at
from linli.distribution.operations.attribution import bind
from linli.distribution.operations.commission import SoldLine, accrue
from linli.distribution.queries.plan import plan_at
from linli.distribution.types import PLATFORM, Share
from linli.distribution.values import BINDING_DAYS
from linli.ledger.operations import post
from linli.ledger.types import Code, Entry, Leg
from linli.trade.events import OrderPaid


@dataclass(frozen=True)
class PaidOrder:
    """An order whose money is here, since paid_at: at the gateway, or held until a group was full or a gift was taken."""

    id: int
    order_no: str
    member_id: int
    merchant_id: int
    seller_id: int
    total_fen: int
    charge_id: int | None
    paid_at: datetime
    state: str
    held_in: Code = Code.gateway


@dataclass(frozen=True)
class _Line:
    """A line of an order that is paid, as it was placed."""

    id: int
    order_id: int
    sku_id: int
    product_id: int
    title: str
    image: str
    quantity: int
    total_fen: int
    rate_bp: int
    fee_fen: int
    subsidy_fen: int


def settle(orders: Sequence[PaidOrder], *, at: datetime, also: Sequence[Entry] = ()) -> None:
    """Everything that being paid means for orders that are locked, each in one statement for all.

    also: what else their payment books. All is posted at once, since one posting takes its balances in one order for everybody.
    """
    if not orders:
        post(also)
        return
    by_id = {order.id: order for order in orders}
    lines = sql.typed(
        _Line,
        """select id, order_id, sku_id, product_id, title, image, quantity, total_fen, rate_bp, fee_fen, subsidy_fen
             from trade_orderline where order_id = any(%s::bigint[]) order by id""",
        (list(by_id),),
    )
    sql.rows(
        """update trade_order o set state = 'paid', paid_at = p.paid_at, charge_id = coalesce(nullif(p.charge_id, 0), o.charge_id)
             from unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) p(id, paid_at, charge_id) where o.id = p.id""",
        (list(by_id), [order.paid_at for order in orders], [order.charge_id or 0 for order in orders]),
    )
    _sell(lines)
    sold = [
        SoldLine(o.order_no, line.id, o.seller_id, line.total_fen, line.rate_bp, line.title, line.image)
        for line in lines
        for o in (by_id[line.order_id],)
    ]
    shares = accrue(sold, plan=plan_at(at), at=at)
    of_order: dict[int, list[_Line]] = {}
    for line in lines:
        of_order.setdefault(line.order_id, []).append(line)
    entries = [_entry(order, of_order[order.id], shares) for order in orders]
    post([*also, *(entry for entry in entries if any(leg.amount_fen for leg in entry.legs))])
    bound = [(o.member_id, o.seller_id) for o in orders if o.seller_id]
    bind(bound, days=value_at(BINDING_DAYS, at=at), at=at)
    events.publish([OrderPaid(order.order_no) for order in orders])


def _sell(lines: Sequence[_Line]) -> None:
    units: dict[int, int] = {}
    products: dict[int, int] = {}
    for line in lines:
        units[line.sku_id] = units.get(line.sku_id, 0) + line.quantity
        products[line.product_id] = products.get(line.product_id, 0) + line.quantity
    stock.sell(units)
    stock.count_sold(products)


def _entry(order: PaidOrder, lines: Sequence[_Line], shares: dict[int, tuple[Share, ...]]) -> Entry:
    """What the member paid and the platform adds falls to the owners, the deferred account, and the merchant, who gets the rest."""
    owners: dict[int, int] = {}
    deferred = subsidy = 0
    for line in lines:
        deferred += line.fee_fen
        subsidy += line.subsidy_fen
        for share in shares.get(line.id, ()):
            if share.beneficiary_id == PLATFORM:
                deferred += share.amount_fen
            else:
                owners[share.beneficiary_id] = owners.get(share.beneficiary_id, 0) + share.amount_fen
    merchant = order.total_fen + subsidy - deferred - sum(owners.values())
    legs = (
        Leg(order.held_in, PLATFORM, order.total_fen),
        Leg(Code.campaign_cost, PLATFORM, subsidy),
        Leg(Code.merchant_pending, order.merchant_id, -merchant),
        *(Leg(Code.commission_pending, owner, -fen) for owner, fen in sorted(owners.items())),
        Leg(Code.deferred_platform, PLATFORM, -deferred),
    )
    return Entry(f"paid:{order.order_no}", "paid", order.order_no, legs, order.paid_at)
