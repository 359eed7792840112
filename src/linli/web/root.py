"""Doors at the root that are not pages: gateway notices, the sandbox's payer, health, metrics."""

import json
from collections.abc import Mapping, Sequence
from hmac import compare_digest
from shutil import disk_usage
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from linli.core import clock, events, sql
from linli.core.batcher import Batcher
from linli.core.refusal import sentence
from linli.payments.adapters.sandbox import OUTCOMES, SandboxGateway
from linli.payments.operations.notice import RawNotice, take_notices
from linli.payments.types import ChargeFacts, GatewayUnavailable

OPEN_ORDERS = Gauge("linli_orders_waiting_for_payment", "Orders that wait for payment")
OPEN_NOTICES = Gauge("linli_notices_unhandled", "Gateway notices stored and not yet handled")
SET_ASIDE = Gauge(
    "linli_set_aside", "Events and rows of jobs that could not be handled and wait for another try"
)
LATE_EVENTS = Gauge(
    "linli_event_lag_seconds",
    "How long the oldest event has waited that a subscriber has not heard",
    ["subscriber"],
)
LEAST_FREE_BYTES = 64 * 1024 * 1024
ROUND = Gauge("linli_worker_round_seconds", "How long ago a worker last went round (-1: never)")


SIGNED = ("X-Sandbox-Time", "X-Sandbox-Nonce", "X-Sandbox-Signature")


def _take(raw: Sequence[RawNotice]) -> list[bool]:
    return take_notices(raw, at=clock.now())


taking: Batcher[RawNotice, bool] = Batcher(_take)


@csrf_exempt
@require_POST
def sandbox_notice(request: HttpRequest) -> HttpResponse:
    """A notice of the sandbox gateway: stored, handled, then answered. Anything not signed by it is refused."""
    if not settings.DEMO:
        raise Http404
    headers = {name: request.headers.get(name, "") for name in SIGNED}
    if not taking.ask(RawNotice("sandbox", headers, request.body)):
        return JsonResponse({"error": "bad signature"}, status=401)
    return HttpResponse(status=200)


async def take_sandbox_notice(
    headers: Mapping[str, str], site: str, raw: bytes
) -> tuple[int, bytes, dict[str, str]]:
    """The same door on the event loop."""
    if not settings.DEMO:
        return 404, b"", {}
    try:
        known = await taking.ask_soon(
            RawNotice("sandbox", {name: headers.get(name.lower()) or "" for name in SIGNED}, raw)
        )
    except Exception:
        return 503, b"", {}  # the gateway comes again
    return (200, b"", {}) if known else (401, b'{"error": "bad signature"}', {})


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


@csrf_exempt
@require_POST
def sandbox_pay(request: HttpRequest, charge_no: str) -> HttpResponse:
    """Play the payer (demo only): the sandbox takes it from here and calls back."""
    if not settings.DEMO:
        raise Http404
    status, code = paying.ask((charge_no, read_outcome(request.body)))
    return _error(status, code) if code else JsonResponse({"charge_no": charge_no}, status=status)


async def pay_at_sandbox(path: str, raw: bytes) -> tuple[int, bytes, dict[str, str]]:
    """The same door on the event loop."""
    charge_no = path.split("/")[3]
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


@require_GET
def demo_people(request: HttpRequest) -> HttpResponse:
    """Who one can be in the demo."""
    if not settings.DEMO:
        raise Http404
    return JsonResponse(people(), safe=False)


def people() -> list[dict[str, str]]:
    """The demo's people, written by its filling and kept once read."""
    if not _people:
        try:
            _people.extend(json.loads((settings.ENVIRONMENT.data / "people.json").read_text()))
        except FileNotFoundError:
            return []
    return _people


_people: list[dict[str, str]] = []


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"ok": True})


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """This process reaches its database and can write to its disk. (Before a server, the event loop answers: config.rsgi.)"""
    found = readiness()
    return JsonResponse(found, status=200 if found["ok"] else 503)


def readiness() -> dict[str, Any]:
    """Whether this process can serve: {ok, and what fails}."""
    try:
        sql.rows("select 1")
    except DatabaseError:
        connection.close()
        return {"ok": False, "database": False}
    if disk_usage(settings.ENVIRONMENT.data).free < LEAST_FREE_BYTES:
        return {"ok": False, "disk": False}
    return {"ok": True}


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics of the platform's queues and of this process: a live site shows them to whoever has its token."""
    token = settings.ENVIRONMENT.metrics_token
    if not settings.DEMO and not (
        token and compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}")
    ):
        raise Http404
    row = sql.rows(
        """select (select count(*) from trade_order where state = 'pending_payment') as orders,
                  (select count(*) from payments_notice where state = 'received') as notices,
                  (select count(*) from core_setaside) as aside,
                  coalesce((select extract(epoch from clock_timestamp() - machine_at) from core_heartbeat), -1)::int as round"""
    )[0]
    OPEN_ORDERS.set(row.orders)
    OPEN_NOTICES.set(row.notices)
    SET_ASIDE.set(row.aside)
    ROUND.set(row.round)
    for name, seconds in events.lags().items():
        LATE_EVENTS.labels(name).set(seconds)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _error(status: int, code: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": sentence(code), "details": {}}}, status=status)
