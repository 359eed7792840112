"""Goods money goes back: every party gives its part by the cumulative rule, the rest is the merchant's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.campaigns.operations.points import PointsBack, return_points
from linli.catalog.operations import stock
from linli.core import events, sql
from linli.core.money import reversal
from linli.core.refusal import Refusal
from linli.distribution.operations.commission import RefundedPart, Reversed, reverse
from linli.distribution.types import PLATFORM
from linli.ledger.operations import post
from linli.ledger.types import Code, Entry, Leg
from linli.payments.operations.refund import RefundAsked, ask_refunds
from linli.trade.events import OrderRefunded
from linli.trade.operations.benefit import LINE_POINTS, give_back_coupons
from linli.trade.operations.deliver_order import close_arrived
from linli.trade.rules.share import share_left
from linli.trade.rules.units import LineUnits, never_sent_of


@dataclass(frozen=True)
class LineRefund:
    """Fen (and units) of one order line that go back."""

    order_line_id: int
    amount_fen: int
    quantity: int = 0


@dataclass(frozen=True)
class RefundRequest:
    """A refund of parts of one order; reference makes it happen once. kind: refund, or return (the goods came back)."""

    order_id: int
    reference: str
    lines: tuple[LineRefund, ...]
    freight_fen: int = 0
    reason: str = ""
    kind: str = "refund"

    @property
    def amount_fen(self) -> int:
        return self.freight_fen + sum(line.amount_fen for line in self.lines)


@dataclass(frozen=True)
class _Order:
    """A locked order with what of it went back before, in fen."""

    id: int
    order_no: str
    checkout_no: str
    merchant_id: int
    state: str
    total_fen: int
    freight_fen: int
    refunded_fen: int
    freight_refunded_fen: int
    charge_id: int | None


@dataclass(frozen=True)
class _Line:
    """A locked line: money in fen, units by where they are, and the parts that its buyer did not pay in money."""

    id: int
    order_id: int
    sku_id: int
    quantity: int
    total_fen: int
    refunded_fen: int
    refunded_quantity: int
    shipped_quantity: int
    never_sent_quantity: int
    fee_fen: int
    subsidy_fen: int
    points_fen: int


def refund_lines(requests: Sequence[RefundRequest], *, at: datetime) -> list[Refusal | None]:
    """Refund parts of paid orders, one request per order in a list. None when done (or done before), else why not:

    not_refundable (never paid, or wholly refunded), too_much.
    """
    with transaction.atomic():
        orders = _locked_orders([request.order_id for request in requests])
        lines = _locked_lines([line.order_line_id for request in requests for line in request.lines])
        done = _references([request.reference for request in requests])
        outcomes = [
            None if request.reference in done else _fault(request, orders.get(request.order_id), lines)
            for request in requests
        ]
        going = [
            request
            for request, refused in zip(requests, outcomes, strict=True)
            if not refused and request.reference not in done
        ]
        parts = [part for request in going for part in request.lines]
        reversed_parts = reverse([RefundedPart(part.order_line_id, part.amount_fen) for part in parts])
        entries = [_entry(request, orders[request.order_id], lines, reversed_parts, at) for request in going]
        never_sent = _never_sent(going, lines)
        gone = _write(going, parts, never_sent)
        points = [
            PointsBack(r.reference, orders[r.order_id].checkout_no, _points_back(r, lines)) for r in going
        ]
        # Coupons, points, stock, ledger, as in every operation: whoever buys the same goods now waits, and is not deadlocked.
        if gone:
            entries += give_back_coupons([orders[order_id] for order_id in gone], at=at)
        entries += return_points(points, at=at)
        stock.restock(_units_back(lines, never_sent))
        close_arrived([request.order_id for request in going], at=at)
        post([entry for entry in entries if any(leg.amount_fen for leg in entry.legs)])
        ask_refunds(
            [
                RefundAsked(order.charge_id, r.reference, order.order_no, r.amount_fen, r.reason)
                for r in going
                for order in (orders[r.order_id],)
                if r.amount_fen and order.charge_id
            ],
            at=at,
        )
        events.publish([OrderRefunded(orders[r.order_id].order_no, r.amount_fen) for r in going])
    return outcomes


def _locked_orders(order_ids: Sequence[int]) -> dict[int, _Order]:
    """With all that was bought together: whether something of it is left decides about its coupons."""
    rows = sql.typed(
        _Order,
        """select id, order_no, checkout_no, merchant_id, state, total_fen, freight_fen, refunded_fen, freight_refunded_fen, charge_id
             from trade_order
            where checkout_no in (select checkout_no from trade_order where id = any(%s::bigint[])) order by id for no key update""",
        (list(order_ids),),
    )
    return {row.id: row for row in rows}


def _locked_lines(line_ids: Sequence[int]) -> dict[int, _Line]:
    rows = sql.typed(
        _Line,
        f"""select id, order_id, sku_id, quantity, total_fen, refunded_fen, refunded_quantity, shipped_quantity,
                   never_sent_quantity, fee_fen, subsidy_fen,
                   {LINE_POINTS} as points_fen from trade_orderline
            where id = any(%s::bigint[]) order by id for no key update""",
        (list(line_ids),),
    )
    return {row.id: row for row in rows}


def _references(references: Sequence[str]) -> set[str]:
    keys = [f"refund:{reference}" for reference in references]
    rows = sql.rows("select key from ledger_transaction where key = any(%s::text[])", (keys,))
    return {row.key.removeprefix("refund:") for row in rows}


def _fault(request: RefundRequest, order: _Order | None, lines: dict[int, _Line]) -> Refusal | None:
    if order is None or order.state not in ("paid", "shipped", "received", "completed"):
        return Refusal("not_refundable")
    if request.freight_fen > order.freight_fen - order.freight_refunded_fen or request.amount_fen < 0:
        return Refusal("too_much")
    for part in request.lines:
        line = lines.get(part.order_line_id)
        if line is None or line.order_id != order.id:
            return Refusal("not_refundable")
        if not 0 <= part.amount_fen <= line.total_fen - line.refunded_fen:
            return Refusal("too_much", {"most_fen": line.total_fen - line.refunded_fen})
        if not 0 <= part.quantity <= line.quantity - line.refunded_quantity:
            return Refusal("too_much", {"most_quantity": line.quantity - line.refunded_quantity})
    return None


def _entry(
    request: RefundRequest,
    order: _Order,
    lines: dict[int, _Line],
    reversed_parts: Sequence[Reversed],
    at: datetime,
) -> Entry:
    """Before completion the money comes out of what is pending, after it out of what is everybody's own (an owner may owe)."""
    is_completed = order.state == "completed"
    mine = {part.order_line_id for part in request.lines}
    owners: dict[int, int] = {}
    breakage = 0
    for back in reversed_parts:
        if back.order_line_id not in mine:
            continue
        if back.beneficiary_id == PLATFORM:
            breakage += back.amount_fen
        else:
            owners[back.beneficiary_id] = owners.get(back.beneficiary_id, 0) + back.amount_fen
    fee = sum(
        reversal(
            lines[p.order_line_id].fee_fen,
            lines[p.order_line_id].total_fen,
            lines[p.order_line_id].refunded_fen,
            p.amount_fen,
        )
        for p in request.lines
    )
    subsidy = sum(
        _share_back(lines[part.order_line_id], lines[part.order_line_id].subsidy_fen, part)
        for part in request.lines
    )
    merchant = request.amount_fen + subsidy - fee - breakage - sum(owners.values())
    merchant_account = Code.merchant_available if is_completed else Code.merchant_pending
    owner_account = Code.commission_available if is_completed else Code.commission_pending
    platform = (
        (Leg(Code.service_fee, PLATFORM, fee), Leg(Code.breakage, PLATFORM, breakage))
        if is_completed
        else (Leg(Code.deferred_platform, PLATFORM, fee + breakage),)
    )
    legs = (
        Leg(merchant_account, order.merchant_id, merchant),
        *(Leg(owner_account, owner, fen) for owner, fen in sorted(owners.items())),
        *platform,
        Leg(Code.campaign_cost, PLATFORM, -subsidy),
        Leg(Code.refund_payable, PLATFORM, -request.amount_fen),
    )
    return Entry(f"refund:{request.reference}", "refund", order.order_no, legs, at)


def _points_back(request: RefundRequest, lines: dict[int, _Line]) -> int:
    """What points had paid of what goes back."""
    return sum(
        _share_back(lines[part.order_line_id], lines[part.order_line_id].points_fen, part)
        for part in request.lines
    )


def _share_back(line: _Line, share_fen: int, part: LineRefund) -> int:
    """What goes back of a share of a line that its buyer did not pay in money: the platform's of its coupons, the points."""
    frozen = {"share_fen": share_fen, "total_fen": line.total_fen, "quantity": line.quantity}
    before = share_left(**frozen, refunded_fen=line.refunded_fen, refunded_quantity=line.refunded_quantity)
    after = share_left(
        **frozen,
        refunded_fen=line.refunded_fen + part.amount_fen,
        refunded_quantity=line.refunded_quantity + part.quantity,
    )
    return before - after


def _never_sent(going: Sequence[RefundRequest], lines: dict[int, _Line]) -> dict[int, int]:
    """Of each line the refunded units that stay in the store."""
    kept: dict[int, int] = {}
    for request in going:
        for part in request.lines:
            line = lines[part.order_line_id]
            units = LineUnits(
                line.quantity, line.shipped_quantity, line.refunded_quantity, line.never_sent_quantity
            )
            kept[line.id] = never_sent_of(units, quantity=part.quantity, kind=request.kind)
    return kept


def _write(
    going: Sequence[RefundRequest], parts: Sequence[LineRefund], never_sent: dict[int, int]
) -> list[int]:
    """Returns the orders of which nothing is left: all money is back, and all units of lines that cost nothing."""
    sql.rows(
        """update trade_orderline l set refunded_fen = l.refunded_fen + p.fen, refunded_quantity = l.refunded_quantity + p.quantity,
                  never_sent_quantity = l.never_sent_quantity + p.never_sent
             from unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[]) p(id, fen, quantity, never_sent) where l.id = p.id""",
        (
            [p.order_line_id for p in parts],
            [p.amount_fen for p in parts],
            [p.quantity for p in parts],
            [never_sent[p.order_line_id] for p in parts],
        ),
    )
    rows = sql.rows(
        """update trade_order o set refunded_fen = o.refunded_fen + r.fen, freight_refunded_fen = o.freight_refunded_fen + r.freight_fen,
                  state = case when o.refunded_fen + r.fen = o.total_fen and not exists (
                                 select 1 from trade_orderline l where l.order_id = o.id and l.total_fen = 0 and l.refunded_quantity < l.quantity)
                               then 'refunded' else o.state end
             from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) r(id, fen, freight_fen) where o.id = r.id
            returning o.id, o.state""",
        ([r.order_id for r in going], [r.amount_fen for r in going], [r.freight_fen for r in going]),
    )
    return [row.id for row in rows if row.state == "refunded"]


def _units_back(lines: dict[int, _Line], never_sent: dict[int, int]) -> dict[int, int]:
    """Units that never left the store go back on sale."""
    units: dict[int, int] = {}
    for line_id, count in never_sent.items():
        sku = lines[line_id].sku_id
        units[sku] = units.get(sku, 0) + count
    return {sku: count for sku, count in units.items() if count}
