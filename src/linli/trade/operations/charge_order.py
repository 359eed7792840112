"""A charge for orders that wait for payment: the open one, or a new one after a failure."""

from datetime import datetime

from django.db import transaction

from linli.core.refusal import NamedRefusal
from linli.payments.adapters.registry import gateway
from linli.payments.models import Charge, ChargeState
from linli.payments.operations.charge import OpenedCharge, close_charges, open_charges
from linli.payments.types import ChargeAsked
from linli.trade.models import Order, OrderState


class NotPayable(NamedRefusal):
    """No order of this checkout waits for payment."""

    code = "not_payable"


def charge_order(*, order: Order, gateway_name: str, at: datetime) -> OpenedCharge:
    """Charge all waiting orders of this order's checkout together. Raises NotPayable, NoSuchGateway."""
    with transaction.atomic():
        waiting = list(
            Order.objects.select_for_update()
            .filter(checkout_no=order.checkout_no, state=OrderState.pending_payment, expires_at__gt=at)
            .order_by("pk")
        )
        if not waiting:
            raise NotPayable
        total_fen = sum(one.total_fen for one in waiting)
        current = (
            Charge.objects.select_for_update()
            .filter(pk__in={one.charge_id for one in waiting})
            .order_by("-pk")
            .first()
        )
        if current and current.gateway == gateway_name and current.amount_fen == total_fen:
            if current.state == ChargeState.open:
                return OpenedCharge(
                    current.pk, current.charge_no, gateway(gateway_name).pay_path(current.charge_no)
                )
            if current.state == ChargeState.succeeded:
                raise NotPayable
        if current:
            close_charges([current.pk])
        asked = ChargeAsked(
            order.member_id, f"checkout:{order.checkout_no}", total_fen, gateway_name, waiting[0].expires_at
        )
        [opened] = open_charges([asked], at=at)
        Order.objects.filter(pk__in=[one.pk for one in waiting]).update(charge_id=opened.charge_id)
        return opened
