"""The sandbox's own doors (demo only): the cashier, and whoever plays the payer. A real gateway has its own, elsewhere."""

import json
from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from linli.core import clock, sql
from linli.core.batcher import Batcher
from linli.core.refusal import sentence
from linli.payments.adapters.sandbox import OUTCOMES, SandboxGateway
from linli.payments.models import Charge
from linli.payments.types import ChargeFacts, GatewayUnavailable
from linli.trade.models import EntryFee, Order
from linli.web.edge import demo_only


def _pay(asked: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    """Take payers to the sandbox, all that came together in one request to it. Returns status and code for each."""
    charges = {
        row.charge_no: row.amount_fen
        for row in sql.rows(
            "select charge_no, amount_fen from payments_charge where charge_no = any(%s::text[]) and gateway = 'sandbox'",
            ([charge_no for charge_no, _ in asked],),
        )
    }
    answers = [
        (404, "not_found")
        if charge_no not in charges
        else (422, "unknown_outcome")
        if outcome not in OUTCOMES
        else (202, "")
        for charge_no, outcome in asked
    ]
    going = [
        (ChargeFacts(charge_no, charges[charge_no]), outcome)
        for (charge_no, outcome), (status, _) in zip(asked, answers, strict=True)
        if status == 202
    ]
    try:
        if going:
            SandboxGateway().pay(going, at=clock.now())
    except GatewayUnavailable:
        return [(503, "unavailable") if status == 202 else (status, code) for status, code in answers]
    return answers


paying: Batcher[tuple[str, str], tuple[int, str]] = Batcher(_pay)


def read_outcome(raw: bytes) -> str:
    """The outcome that the payer asks for; empty when the body cannot be read."""
    try:
        asked = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        return ""
    return str(asked.get("outcome", "success")) if isinstance(asked, dict) else ""


@demo_only
@csrf_exempt
@require_POST
def pay(request: HttpRequest, charge_no: str) -> HttpResponse:
    """Play the payer: the sandbox takes it from here and calls back."""
    status, code = paying.ask((charge_no, read_outcome(request.body)))
    return _error(status, code) if code else JsonResponse({"charge_no": charge_no}, status=status)


async def pay_soon(
    headers: Mapping[str, str], site: str, raw: bytes, *, charge_no: str
) -> tuple[int, bytes, dict[str, str]]:
    """The same door on the event loop."""
    try:
        status, code = await paying.ask_soon((charge_no, read_outcome(raw)))
    except Exception:
        status, code = 503, "unavailable"
    content = (
        {"error": {"code": code, "message": sentence(code), "details": {}}}
        if code
        else {"charge_no": charge_no}
    )
    return status, json.dumps(content, ensure_ascii=False).encode(), {}


@demo_only
def cashier(request: HttpRequest, charge_no: str) -> HttpResponse:
    """The sandbox's cashier: no money moves; every outcome of a real gateway can be played."""
    charge = get_object_or_404(Charge, charge_no=charge_no, gateway=SandboxGateway.name)
    order = Order.objects.filter(charge=charge).order_by("pk").first()
    fee = EntryFee.objects.filter(charge=charge).first()
    done = f"/orders/{order.order_no}/result" if order else f"/c/{fee.community_id}?paid=1" if fee else "/"
    if request.method == "POST":
        _, code = paying.ask((charge_no, request.POST.get("outcome", "success")))
        if code:
            messages.error(request, sentence(code))
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(done)
    return render(
        request, "sandbox/cashier.html", {"charge": charge, "unpaid": f"{done}?paid=no" if order else done}
    )


def _error(status: int, code: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": sentence(code), "details": {}}}, status=status)


urlpatterns = [
    path("sandbox/charges/<slug:charge_no>", cashier, name="cashier"),
    path("sandbox/charges/<slug:charge_no>/pay", pay, name="sandbox_pay"),
]
