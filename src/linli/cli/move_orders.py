"""linli import orders: what was bought in the shop from which a site moves, a row a line of goods."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from linli.cli.move_in import Moved, Refused
from linli.core.table_file import BadRow, Row, read_cell
from linli.core.typed import (
    BadPhone,
    is_named,
    read_fen,
    read_mobile,
    read_moment,
    read_text,
    read_whole,
)
from linli.distribution.models import Owner
from linli.members.models import Member
from linli.merchants.models import Merchant
from linli.trade.models import OrderState
from linli.trade.operations.past_order import PastLine, PastOrderFacts, bring_past_orders

ORDERS = {
    "order_no": ("订单号", "订单编号", "订单", "交易号", "order number"),
    "state": ("订单状态", "状态", "交易状态", "status"),
    "placed_at": ("下单时间", "创建时间", "订单创建时间", "created at"),
    "paid_at": ("付款时间", "支付时间", "订单付款时间"),
    "merchant": ("商家", "供应商", "商户"),
    "buyer_phone": ("买家手机", "买家手机号", "手机号", "手机", "收货人手机", "phone"),
    "owner_phone": ("店主手机", "分销员手机", "推广员手机"),
    "title": ("商品名称", "商品", "商品标题", "宝贝标题"),
    "variant": ("规格", "商品规格"),
    "quantity": ("数量", "商品数量", "件数"),
    "line_yuan": ("商品金额", "小计", "商品小计"),
    "line_refunded_yuan": ("退款金额", "已退金额"),
    "freight_yuan": ("运费", "邮费"),
    "order_yuan": ("订单金额", "实付金额", "实收金额", "订单总额"),
}
REQUIRED = ("order_no", "state", "placed_at", "buyer_phone", "title", "quantity", "order_yuan")
STATES = {
    OrderState.pending_payment: ("待付款", "等待付款", "等待买家付款", "unpaid"),
    OrderState.waiting_group: ("待成团", "拼团中"),
    OrderState.waiting_gift: ("待领取",),
    OrderState.paid: ("待发货", "已付款", "买家已付款", "等待卖家发货"),
    OrderState.shipped: ("待收货", "已发货", "卖家已发货", "运输中"),
    OrderState.received: ("已收货", "已签收", "待评价"),
    OrderState.completed: ("已完成", "交易完成", "交易成功", "完成"),
    OrderState.cancelled: ("已关闭", "已取消", "交易关闭", "交易取消", "canceled", "closed"),
    OrderState.refunded: ("已退款", "全额退款"),
}
_STATE_OF = {word: state.value for state, words in STATES.items() for word in (state.value, *words)}
# What a row says of its order; the others are of its goods.
OF_THE_ORDER = ("state", "placed_at", "paid_at", "merchant", "buyer_phone", "owner_phone", "freight_yuan", "order_yuan")  # fmt: skip


def move_orders(rows: Iterable[Row], *, merchant: str, makes_merchants: bool, at: datetime) -> Moved:
    """Past orders, whole ones only: a row that is refused takes the others of its order along. merchant: whose they are where the
    file does not say. Members and owners are here before; merchants too, unless they are to be made."""
    orders: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        number = read_text(row.cells.get("order_no", "")) or f"row {row.number}"
        orders.setdefault((row.cells.get("merchant", "").strip() or merchant, number), []).append(row)
    if makes_merchants:
        names = {name for name, _ in orders} - set(Merchant.objects.values_list("name", flat=True))
        Merchant.objects.bulk_create(
            [Merchant(name=name, created_at=at) for name in sorted(names) if is_named(name, 60)]
        )
    here = _Here(orders)
    read: list[tuple[int, PastOrderFacts]] = []
    errors: list[Refused] = []
    for (name, number), lines in orders.items():
        try:
            read.append((lines[0].number, _order(number, name, lines, here, at)))
        except _BadLine as error:
            errors += [Refused(error.row, error.why), *_rest_of(lines, but=error.row)]
    outcomes = bring_past_orders([facts for _, facts in read])
    told = dict(zip((row for row, _ in read), outcomes, strict=True))
    errors += [
        Refused(row, "order_no: this order was imported before, with something else in it")
        for row, outcome in told.items()
        if outcome == "differs"
    ]
    counts = [list(told.values()).count(one) for one in ("new", "known")]
    return Moved(counts[0], counts[1], tuple(sorted(errors, key=lambda one: one.row)))


class _BadLine(Exception):
    def __init__(self, row: int, why: str) -> None:
        self.row, self.why = row, why


class _Here:
    """Who and what of the file is on this site, by a statement each."""

    def __init__(self, orders: Mapping[tuple[str, str], Sequence[Row]]) -> None:
        cells = [row.cells for rows in orders.values() for row in rows]
        buyers = {_mobile(one.get("buyer_phone", "")) for one in cells}
        sellers = {_mobile(one.get("owner_phone", "")) for one in cells}
        self.members = dict(Member.objects.filter(phone__in=buyers).values_list("phone", "pk"))
        owners = Owner.objects.filter(member__phone__in=sellers)
        self.owners = dict(owners.values_list("member__phone", "pk"))
        self.merchants = dict(Merchant.objects.values_list("name", "pk"))


def _order(number: str, name: str, rows: Sequence[Row], here: _Here, at: datetime) -> PastOrderFacts:
    for row in rows:
        _demand_alike(rows[0], row)
    first = rows[0]
    try:
        facts = PastOrderFacts(
            number=_number(first.cells),
            merchant_id=_known(here.merchants, "merchant", name, "--create-merchant makes it"),
            member_id=_person(here.members, first.cells, "buyer_phone", "import members first"),
            seller_id=_person(here.owners, first.cells, "owner_phone", "no shop of this phone")
            if first.cells.get("owner_phone", "").strip()
            else 0,
            state=_state(first.cells),
            placed_at=_moment(first.cells, "placed_at", at),
            paid_at=_moment(first.cells, "paid_at", at) if first.cells.get("paid_at", "").strip() else None,
            freight_fen=_fen(first.cells, "freight_yuan"),
            total_fen=_fen(first.cells, "order_yuan"),
            lines=(),
        )
    except BadRow as error:
        raise _BadLine(first.number, str(error)) from None
    return PastOrderFacts(**{**vars(facts), "lines": tuple(_line(row, rows, facts) for row in rows)})


def _line(row: Row, rows: Sequence[Row], order: PastOrderFacts) -> PastLine:
    cells = row.cells
    try:
        title, variant = read_text(cells.get("title", "")), read_text(cells.get("variant", ""))
        if not is_named(title, 200):
            raise BadRow("title: 1 to 200 visible characters")
        if len(variant) > 120:
            raise BadRow("variant: at most 120 characters")
        quantity = read_cell(cells, "quantity", read_whole, "a whole number like 2")
        if quantity < 1:
            raise BadRow("quantity: at least 1")
        goods_fen = order.total_fen - order.freight_fen if len(rows) == 1 else None
        if goods_fen is None and not cells.get("line_yuan", "").strip():
            raise BadRow("line_yuan: it is needed where an order has several rows")
        total_fen = _fen(cells, "line_yuan") if cells.get("line_yuan", "").strip() else max(goods_fen or 0, 0)
        refunded_fen = _fen(cells, "line_refunded_yuan")
        if refunded_fen > max(total_fen, order.total_fen):
            raise BadRow("line_refunded_yuan: more came back than was paid")
    except BadRow as error:
        raise _BadLine(row.number, str(error)) from None
    return PastLine(title, variant, quantity, total_fen, refunded_fen)


def _demand_alike(first: Row, row: Row) -> None:
    if row.fault:
        raise _BadLine(row.number, row.fault)
    for column in OF_THE_ORDER:
        if row.cells.get(column, "").strip() != first.cells.get(column, "").strip():
            raise _BadLine(row.number, f"{column}: row {first.number} of the same order says something else")


def _rest_of(rows: Sequence[Row], *, but: int) -> list[Refused]:
    return [Refused(row.number, f"its order is refused for row {but}") for row in rows if row.number != but]


def _number(cells: Mapping[str, str]) -> str:
    number = read_text(cells.get("order_no", ""))
    if not is_named(number, 64):
        raise BadRow("order_no: 1 to 64 visible characters")
    return number


def _state(cells: Mapping[str, str]) -> str:
    text = read_text(cells.get("state", ""))
    if text.lower() not in _STATE_OF:
        known = ", ".join(f"{state.value} ({words[0]})" for state, words in STATES.items())
        raise BadRow(f"state: «{text[:40]}» is none of {known}")
    return _STATE_OF[text.lower()]


def _person(known: Mapping[str, int], cells: Mapping[str, str], column: str, hint: str) -> int:
    text = cells.get(column, "")
    phone = _mobile(text)
    if not phone:
        raise BadRow(f"{column}: «{text[:40]}» is no mobile number")
    return _known(known, column, phone, hint)


def _known(known: Mapping[str, int], column: str, name: str, hint: str) -> int:
    if name not in known:
        raise BadRow(f"{column}: «{name[:60]}» is not here ({hint})")
    return known[name]


def _mobile(text: str) -> str:
    try:
        return read_mobile(text)
    except BadPhone:
        return ""


def _moment(cells: Mapping[str, str], column: str, at: datetime) -> datetime:
    moment = read_cell(cells, column, read_moment, "a moment like 2026-11-28 10:20")
    if not moment.year >= 2000 or moment > at + timedelta(days=1):
        raise BadRow(f"{column}: it is before the year 2000 or in the future")
    return moment


def _fen(cells: Mapping[str, str], column: str) -> int:
    return read_cell(cells, column, read_fen, "an amount of yuan like 39.90", if_empty=0)
