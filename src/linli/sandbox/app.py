"""A payment gateway to play with: a separate process that speaks signed HTTP, knows nothing of the shop, and behaves like a
real one. It keeps its books in a schema of its own, calls back asynchronously with a signature over the raw body, and on
demand repeats, delays, loses or reorders its notices, or names a wrong amount. No money moves.

Outcomes of a payment: success, failure, late (the notice comes after LATE_SECONDS), twice (two equal notices), lost (no
notice; only a query finds it), wrong_amount (the payer was charged one fen less), out_of_order (a failure of an earlier try
arrives after the success).
"""

import hmac
import http.client
import json
import os
import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from psycopg.rows import namedtuple_row
from psycopg_pool import ConnectionPool

SECRET = os.environ["LINLI_SANDBOX_SECRET"].encode()
FRESH_SECONDS = 300
LATE_SECONDS = float(os.environ.get("LINLI_SANDBOX_LATE_SECONDS", "5"))
RETRY_SECONDS = (1, 2, 4, 8, 15, 30, 60, 180, 600, 1800)
SENDERS = 24
OUTCOMES = {"success", "failure", "late", "twice", "lost", "wrong_amount", "out_of_order"}

SCHEMA = """
create schema if not exists sandbox;
create table if not exists sandbox.trade (
  charge_no text primary key, trade_no text not null, amount_fen bigint not null, state text not null,
  refunded_fen bigint not null default 0, at timestamptz not null);
create table if not exists sandbox.refund (
  refund_no text primary key, charge_no text not null, amount_fen bigint not null, at timestamptz not null);
create table if not exists sandbox.payout (
  payout_no text primary key, payee_account text not null, amount_fen bigint not null, state text not null, tries int not null,
  at timestamptz not null);
create table if not exists sandbox.notice (
  id bigint generated always as identity primary key, url text not null, body bytea not null,
  due_at timestamptz not null, tries int not null default 0);
create index if not exists notice_due on sandbox.notice (due_at);
"""

pool: Any = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=1,
    max_size=8,
    open=True,
    kwargs={"row_factory": namedtuple_row, "autocommit": True},
)
# Two processes may start at once; the lock makes one of them wait.
with pool.connection() as _connection, _connection.transaction():
    _connection.execute("select pg_advisory_xact_lock(7301)")
    _connection.execute(SCHEMA)
waiting = threading.Semaphore(0)
to_send: queue.Queue[Any] = queue.Queue()
sent_or_failed: queue.Queue[tuple[Any, bool]] = queue.Queue()


class Refused(Exception):
    """The request cannot be done; answered with 422."""


def sign(stamp: str, nonce: str, body: bytes) -> str:
    """HMAC-SHA256 over time, nonce and raw body."""
    return hmac.new(SECRET, f"{stamp}\n{nonce}\n".encode() + body, "sha256").hexdigest()


def pay(asked: dict[str, Any]) -> dict[str, Any]:
    """Payers pay (or fail to). Paying a paid charge again changes nothing."""
    with pool.connection() as connection, connection.transaction():
        for payment in asked["payments"]:
            _pay(connection, payment, asked["notify_url"])
    waiting.release()
    return {"taken": len(asked["payments"])}


def _pay(connection: Any, payment: dict[str, Any], url: str) -> None:
    outcome = payment["outcome"]
    if outcome not in OUTCOMES:
        raise Refused(f"unknown outcome {outcome!r}")
    failed = _payment(payment, "failed", "F" + secrets.token_hex(8))
    if outcome == "failure":
        _notify(connection, url, [failed])
        return
    amount = payment["amount_fen"] - (1 if outcome == "wrong_amount" else 0)
    made = connection.execute(
        """insert into sandbox.trade (charge_no, trade_no, amount_fen, state, at) values (%s, %s, %s, 'success', %s)
           on conflict (charge_no) do nothing returning trade_no""",
        (payment["charge_no"], "T" + secrets.token_hex(8), amount, payment["at"]),
    ).fetchone()
    if not made or outcome == "lost":
        return
    success = _payment(payment | {"amount_fen": amount}, "success", made.trade_no)
    _notify(
        connection,
        url,
        [success] * (2 if outcome == "twice" else 1),
        LATE_SECONDS if outcome == "late" else 0,
    )
    if outcome == "out_of_order":
        _notify(connection, url, [failed], after_seconds=1)


def refund(asked: dict[str, Any]) -> dict[str, Any]:
    """Give money back, once for each refund_no; the outcome is told by a notice."""
    with pool.connection() as connection, connection.transaction():
        trade = connection.execute(
            "select * from sandbox.trade where charge_no = %s for update", (asked["charge_no"],)
        ).fetchone()
        if not trade:
            raise Refused("no such trade")
        known = connection.execute(
            "select amount_fen from sandbox.refund where refund_no = %s", (asked["refund_no"],)
        ).fetchone()
        if known and known.amount_fen != asked["amount_fen"]:
            raise Refused("this refund_no was used for another amount")
        if not known:
            if trade.refunded_fen + asked["amount_fen"] > trade.amount_fen:
                raise Refused("more than was paid")
            connection.execute(
                "insert into sandbox.refund (refund_no, charge_no, amount_fen, at) values (%s, %s, %s, %s)",
                (asked["refund_no"], asked["charge_no"], asked["amount_fen"], asked["at"]),
            )
            connection.execute(
                "update sandbox.trade set refunded_fen = refunded_fen + %s where charge_no = %s",
                (asked["amount_fen"], asked["charge_no"]),
            )
        told = {
            "notice_id": "R" + asked["refund_no"],
            "topic": "refund",
            "number": asked["refund_no"],
            "state": "success",
            "amount_fen": asked["amount_fen"],
            "gateway_no": "R" + asked["refund_no"],
            "at": asked["at"],
        }
        _notify(connection, asked["notify_url"], [told])
    waiting.release()
    return {"state": "processing"}


def pay_out(asked: dict[str, Any]) -> dict[str, Any]:
    """Pay somebody, once for each payout_no; asked again, tell again. An account called fail fails; lost tells only when asked twice."""
    with pool.connection() as connection, connection.transaction():
        state = "failed" if asked["payee_account"] == "fail" else "success"
        row = connection.execute(
            """insert into sandbox.payout as p (payout_no, payee_account, amount_fen, state, tries, at) values (%s, %s, %s, %s, 1, %s)
               on conflict (payout_no) do update set tries = p.tries + 1 returning *""",
            (asked["payout_no"], asked["payee_account"], asked["amount_fen"], state, asked["at"]),
        ).fetchone()
        if row.amount_fen != asked["amount_fen"]:
            raise Refused("this payout_no was used for another amount")
        if row.payee_account == "lost" and row.tries == 1:
            return {"state": "processing"}
        told = {
            "notice_id": "P" + row.payout_no,
            "topic": "payout",
            "number": row.payout_no,
            "state": row.state,
            "amount_fen": row.amount_fen,
            "gateway_no": "P" + row.payout_no,
            "at": row.at.isoformat(),
        }
        _notify(connection, asked["notify_url"], [told])
    waiting.release()
    return {"state": "processing"}


def query(asked: dict[str, Any]) -> dict[str, Any]:
    """What is known of charges."""
    with pool.connection() as connection:
        rows = connection.execute(
            "select * from sandbox.trade where charge_no = any(%s)", (asked["charge_nos"],)
        ).fetchall()
    return {
        "items": [
            {
                "notice_id": row.trade_no,
                "topic": "payment",
                "number": row.charge_no,
                "state": "success",
                "amount_fen": row.amount_fen,
                "gateway_no": row.trade_no,
                "at": row.at.isoformat(),
            }
            for row in rows
        ]
    }


def bill(asked: dict[str, Any]) -> dict[str, Any]:
    """Every payment, refund and payout of a day in Shanghai."""
    with pool.connection() as connection:
        rows = connection.execute(
            """select 'payment' as topic, charge_no as number, amount_fen from sandbox.trade
                where (at at time zone 'Asia/Shanghai')::date = %(day)s
               union all select 'refund', refund_no, amount_fen from sandbox.refund
                where (at at time zone 'Asia/Shanghai')::date = %(day)s
               union all select 'payout', payout_no, amount_fen from sandbox.payout
                where state = 'success' and (at at time zone 'Asia/Shanghai')::date = %(day)s""",
            {"day": asked["day"]},
        ).fetchall()
    return {"items": [row._asdict() for row in rows]}


ROUTES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "/pay": pay, "/refunds": refund, "/payouts": pay_out, "/query": query, "/bill": bill,
}  # fmt: skip


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI: every request is signed by the platform, but the health check."""
    if environ["PATH_INFO"] == "/healthz":
        return _answer(start_response, "200 OK", {"ok": True})
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    stamp, nonce = environ.get("HTTP_X_SANDBOX_TIME", ""), environ.get("HTTP_X_SANDBOX_NONCE", "")
    right = hmac.compare_digest(sign(stamp, nonce, body), environ.get("HTTP_X_SANDBOX_SIGNATURE", ""))
    if (
        not right
        or not (stamp.isascii() and stamp.isdigit())
        or abs(time.time() - int(stamp)) > FRESH_SECONDS
    ):
        return _answer(start_response, "401 Unauthorized", {"error": "bad signature"})
    route = ROUTES.get(environ["PATH_INFO"])
    if not route:
        return _answer(start_response, "404 Not Found", {"error": "no such path"})
    try:
        return _answer(start_response, "200 OK", route(json.loads(body)))
    except Refused as error:
        return _answer(start_response, "422 Unprocessable Entity", {"error": str(error)})


def _answer(start_response: Callable[..., Any], status: str, content: dict[str, Any]) -> list[bytes]:
    body = json.dumps(content, default=str).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _payment(asked: dict[str, Any], state: str, trade_no: str) -> dict[str, Any]:
    return {
        "notice_id": trade_no,
        "topic": "payment",
        "number": asked["charge_no"],
        "state": state,
        "amount_fen": asked["amount_fen"],
        "gateway_no": trade_no,
        "at": asked["at"],
    }


def _notify(connection: Any, url: str, told: list[dict[str, Any]], after_seconds: float = 0) -> None:
    for one in told:
        connection.execute(
            "insert into sandbox.notice (url, body, due_at) values (%s, %s, now() + make_interval(secs => %s))",
            (url, json.dumps(one).encode(), after_seconds),
        )


def _dispatch_for_ever() -> None:
    """Hands due notices to the senders; deletes what was taken, and puts back for later what was not."""
    while True:
        try:
            waiting.acquire(timeout=0.5)
            _put_away()
            with pool.connection() as connection:
                due = connection.execute(
                    """update sandbox.notice set tries = tries + 1, due_at = now() + make_interval(secs => 60)
                        where id in (select id from sandbox.notice where due_at <= now() order by due_at limit 200 for update skip locked)
                        returning *"""
                ).fetchall()
            for notice in due:
                to_send.put(notice)
        except Exception:
            time.sleep(1)  # the database is away; come again


def _put_away() -> None:
    sent: list[Any] = []
    failed: list[Any] = []
    while not sent_or_failed.empty():
        notice, is_sent = sent_or_failed.get()
        (sent if is_sent or notice.tries >= len(RETRY_SECONDS) else failed).append(notice)
    if not sent and not failed:
        return
    with pool.connection() as connection:
        connection.execute("delete from sandbox.notice where id = any(%s)", ([notice.id for notice in sent],))
        for notice in failed:
            wait = RETRY_SECONDS[notice.tries - 1]
            connection.execute(
                "update sandbox.notice set due_at = now() + make_interval(secs => %s) where id = %s",
                (wait, notice.id),
            )


def _send_for_ever() -> None:
    connections: dict[str, http.client.HTTPConnection] = {}
    while True:
        notice = to_send.get()
        try:
            is_sent = _post(connections, notice)
        except Exception:
            is_sent = False
        sent_or_failed.put((notice, is_sent))
        waiting.release()


def _post(connections: dict[str, http.client.HTTPConnection], notice: Any) -> bool:
    to = urlsplit(notice.url)
    body = bytes(notice.body)
    stamp, nonce = str(int(time.time())), secrets.token_hex(8)
    headers = {
        "Content-Type": "application/json",
        "X-Sandbox-Time": stamp,
        "X-Sandbox-Nonce": nonce,
        "X-Sandbox-Signature": sign(stamp, nonce, body),
    }
    for _ in range(2):
        connection = connections.get(to.netloc) or http.client.HTTPConnection(to.netloc, timeout=10)
        connections[to.netloc] = connection
        try:
            connection.request("POST", to.path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status == 200
        except (OSError, http.client.HTTPException):
            connection.close()
            del connections[to.netloc]
    return False


threading.Thread(target=_dispatch_for_ever, daemon=True).start()
for _ in range(SENDERS):
    threading.Thread(target=_send_for_ever, daemon=True).start()
