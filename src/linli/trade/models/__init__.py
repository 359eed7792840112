"""Tables of trade."""

from linli.trade.models.aftersale import (
    OPEN_AFTERSALE,
    Aftersale,
    AftersaleLine,
    AftersaleQuerySet,
    AftersaleState,
)
from linli.trade.models.cart import CartLine
from linli.trade.models.entry_fee import EntryFee, FeeState
from linli.trade.models.order import GuidedLine, Order, OrderLine, OrderQuerySet, OrderState
from linli.trade.models.past_order import PastOrder
from linli.trade.models.settlement import SettlementRun

__all__ = [
    "OPEN_AFTERSALE",
    "Aftersale",
    "AftersaleLine",
    "AftersaleQuerySet",
    "AftersaleState",
    "CartLine",
    "EntryFee",
    "FeeState",
    "GuidedLine",
    "Order",
    "OrderLine",
    "OrderQuerySet",
    "OrderState",
    "PastOrder",
    "SettlementRun",
]
