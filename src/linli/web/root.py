"""Doors at the root that are not pages: gateway notices, the demo's people, health, metrics."""

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
from linli.payments.adapters.registry import NoSuchGateway, gateway
from linli.payments.operations.notice import RawNotice, take_notices
from linli.web.edge import demo_only

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


def _take(raw: Sequence[RawNotice]) -> list[bool]:
    return take_notices(raw, at=clock.now())


taking: Batcher[RawNotice, bool] = Batcher(_take)


@csrf_exempt
@require_POST
def gateway_notice(request: HttpRequest, name: str) -> HttpResponse:
    """A notice of a gateway: stored, handled, then answered. What it did not sign is refused, a gateway that is not set up not found."""
    try:
        headers = {header: request.headers.get(header, "") for header in gateway(name).signed}
    except NoSuchGateway:
        raise Http404 from None
    if not taking.ask(RawNotice(name, headers, request.body)):
        return JsonResponse({"error": "bad signature"}, status=401)
    return HttpResponse(status=200)


async def take_notice(
    headers: Mapping[str, str], site: str, raw: bytes, *, name: str
) -> tuple[int, bytes, dict[str, str]]:
    """The same door on the event loop."""
    try:
        signed = {header: headers.get(header.lower()) or "" for header in gateway(name).signed}
        known = await taking.ask_soon(RawNotice(name, signed, raw))
    except NoSuchGateway:
        return 404, b"", {}
    except Exception:
        return 503, b"", {}  # the gateway comes again
    return (200, b"", {}) if known else (401, b'{"error": "bad signature"}', {})


@demo_only
@require_GET
def demo_people(request: HttpRequest) -> HttpResponse:
    """Who one can be in the demo."""
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
