"""Past orders as people read and find them."""

from typing import Any

from django.db.models import Q, QuerySet

from linli.trade.models import PastOrder

PAGE = 20


def past_orders_page(
    orders: QuerySet[PastOrder], *, words: str = "", before: int = 0
) -> tuple[list[dict[str, Any]], str]:
    """A page of past orders, the newest first, and the cursor of the next. words: a part of the number, the last digits of the
    buyer's phone, their name, or goods."""
    if words:
        orders = orders.filter(
            Q(number__contains=words)
            | Q(member__phone__endswith=words)
            | Q(member__name__icontains=words)
            | Q(lines__icontains=words)
        )
    if last := PastOrder.objects.filter(pk=before).values_list("placed_at", flat=True).first():
        orders = orders.filter(Q(placed_at__lt=last) | Q(placed_at=last, pk__lt=before))
    found = list(orders.select_related("merchant", "member")[: PAGE + 1])
    following = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return [_face(order) for order in found[:PAGE]], following


def _face(order: PastOrder) -> dict[str, Any]:
    return {
        "number": order.number,
        "state": order.state,
        "merchant": {"id": str(order.merchant_id), "name": order.merchant.name},
        "buyer": {"name": order.member.name, "phone": order.member.phone},
        "placed_at": order.placed_at,
        "paid_at": order.paid_at,
        "freight_fen": order.freight_fen,
        "total_fen": order.total_fen,
        "refunded_fen": sum(line["refunded_fen"] for line in order.lines),
        "lines": order.lines,
    }
