"""The sandbox gateway as a peer: another process, reached by signed HTTP, that calls back like a real one."""

import hmac
import http.client
import json
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from linli.payments.types import (
    BadSignature,
    BillLine,
    ChargeFacts,
    GatewayNotice,
    GatewayRefused,
    GatewayUnavailable,
    PayoutFacts,
    RefundFacts,
    UnreadableNotice,
    read_notice,
)

FRESH_SECONDS = 300
OUTCOMES = frozenset({"success", "failure", "late", "twice", "lost", "wrong_amount", "out_of_order"})
TIMEOUT_SECONDS = 10
_local = threading.local()


def sign(secret: str, stamp: str, nonce: str, body: bytes) -> str:
    """HMAC-SHA256 over time, nonce and the raw body."""
    return hmac.new(secret.encode(), f"{stamp}\n{nonce}\n".encode() + body, "sha256").hexdigest()


class SandboxGateway:
    """Implements payments.types.Gateway over HTTP."""

    name = "sandbox"
    signed = ("X-Sandbox-Time", "X-Sandbox-Nonce", "X-Sandbox-Signature")

    def pay_path(self, charge_no: str) -> str:
        return f"/sandbox/charges/{charge_no}"

    def parse(self, headers: Mapping[str, str], body: bytes) -> GatewayNotice:
        stamp, nonce, signature = (headers.get(name, "") for name in self.signed)
        right = sign(settings.ENVIRONMENT.sandbox_secret, stamp, nonce, body)
        if not (stamp.isascii() and stamp.isdigit()) or not hmac.compare_digest(right, signature):
            raise BadSignature("signature")
        if abs(time.time() - int(stamp)) > FRESH_SECONDS:
            raise BadSignature("stale")
        return self.read(body)

    def read(self, body: bytes) -> GatewayNotice:
        try:
            item = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise UnreadableNotice(f"no JSON: {error}") from None
        if not isinstance(item, dict):
            raise UnreadableNotice("no object")
        return read_notice(item)

    def query(self, charge_nos: Sequence[str]) -> list[GatewayNotice]:
        return [read_notice(item) for item in self._post("/query", {"charge_nos": list(charge_nos)})["items"]]

    def refund(self, refund: RefundFacts, *, at: datetime) -> None:
        self._post(
            "/refunds",
            {
                "refund_no": refund.refund_no,
                "charge_no": refund.charge_no,
                "amount_fen": refund.amount_fen,
                "at": at.isoformat(),
                "notify_url": self._notify_url(),
            },
        )

    def pay_out(self, payout: PayoutFacts, *, at: datetime) -> None:
        self._post("/payouts", {**asdict(payout), "at": at.isoformat(), "notify_url": self._notify_url()})

    def bill(self, day: date) -> list[BillLine]:
        items = self._post("/bill", {"day": day.isoformat()})["items"]
        return [BillLine(item["topic"], item["number"], item["amount_fen"]) for item in items]

    def pay(self, payments: Sequence[tuple[ChargeFacts, str]], *, at: datetime) -> None:
        """Play payers (demo only), each with an outcome: success, failure, late, twice, lost, wrong_amount, out_of_order."""
        self._post(
            "/pay",
            {
                "payments": [
                    {
                        "charge_no": charge.charge_no,
                        "amount_fen": charge.amount_fen,
                        "outcome": outcome,
                        "at": at.isoformat(),
                    }
                    for charge, outcome in payments
                ],
                "notify_url": self._notify_url(),
            },
        )

    def _notify_url(self) -> str:
        return f"{settings.ENVIRONMENT.public_url}/payments/notices/sandbox"

    def _post(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(content).encode()
        stamp, nonce = str(int(time.time())), secrets.token_hex(8)
        headers = {
            "Content-Type": "application/json",
            "X-Sandbox-Time": stamp,
            "X-Sandbox-Nonce": nonce,
            "X-Sandbox-Signature": sign(settings.ENVIRONMENT.sandbox_secret, stamp, nonce, body),
        }
        status, answer = _send(path, body, headers)
        if status == 200:
            return json.loads(answer)
        if 400 <= status < 500:
            raise GatewayRefused(answer.decode(errors="replace")[:200])
        raise GatewayUnavailable(f"status {status}")


def set_up() -> SandboxGateway | None:
    """It is there in the demo, and nowhere else."""
    return SandboxGateway() if settings.DEMO else None


def _send(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """One request on this thread's kept connection; a connection that went stale is opened once more."""
    for fresh in (False, True):
        kept: http.client.HTTPConnection | None = getattr(_local, "connection", None)
        if kept is None or fresh:
            host = urlsplit(settings.ENVIRONMENT.sandbox_url).netloc
            if not host:
                raise GatewayUnavailable("the sandbox is not running")
            kept = _local.connection = http.client.HTTPConnection(host, timeout=TIMEOUT_SECONDS)
        try:
            kept.request("POST", path, body, headers)
            answer = kept.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            kept.close()
            _local.connection = None
            failure = error
    raise GatewayUnavailable(str(failure))
