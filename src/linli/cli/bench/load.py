"""A load driver in one thread: keep-alive connections over epoll, requests written as bytes, so that it takes little of the machine."""

import json
import random
import selectors
import socket
import time
from dataclasses import dataclass
from typing import Any

from linli.cli.bench.shop import Shop
from linli.core import sql

WARM_UP_SECONDS = 2.0
DRAIN_SECONDS = 20.0


@dataclass(frozen=True)
class Measured:
    """What was measured; times are of the whole order as its client sees it."""

    orders_per_second: float
    p50_ms: float
    p99_ms: float
    refused: int


ADDRESS = {"name": "林邻", "phone": "13800000000", "region": "330102", "detail": "清波街道 1 号"}


class Connection:
    """A keep-alive connection with one request at a time on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.began = 0.0

    def order(self, body: dict[str, Any], token: str) -> None:
        """Send an order of somebody, with a key of its own."""
        self.began = time.perf_counter()
        key = f"{random.getrandbits(64):x}"
        headers = f"Authorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n"
        self.send("/api/v1/orders", json.dumps(body).encode(), headers)

    def send(self, path: str, body: bytes, headers: str) -> None:
        """Send one request."""
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)

    def answer(self) -> tuple[int, bytes] | None:
        """Status and body once they are whole."""
        self.received += self.socket.recv(65536)
        head, found, rest = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        lower = head.lower()
        start = lower.find(b"content-length:") + 15
        length = int(lower[start:].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return None
        self.received = b""
        return int(head.split(b" ", 2)[1]), rest[:length]


class _Client(Connection):
    """One shopper: orders, and when asked pays, one after the other."""

    def __init__(self, port: int, shop: Shop, tokens: list[str], hot: bool) -> None:
        super().__init__(port)
        self.shop, self.tokens, self.hot = shop, tokens, hot

    def buy(self) -> None:
        """Order one unit of a sku."""
        sku = self.shop.skus[0] if self.hot else random.choice(self.shop.skus)
        body = {
            "lines": [{"sku_id": str(sku), "quantity": 1}],
            "share_code": self.shop.share_code,
            "quoted_fen": 19_900,
            "address": ADDRESS,
            "charge": {"gateway": "sandbox"},
        }
        self.order(body, random.choice(self.tokens))

    def pay(self, charge_no: str) -> None:
        """Play the payer."""
        self.send(f"/sandbox/charges/{charge_no}/pay", b'{"outcome": "success"}', "")


def measure(*, port: int, shop: Shop, seconds: float, hot: bool, whole: bool) -> Measured:
    """Drive clients for some seconds after a warm-up. whole: an order counts when it is paid in the database."""
    count = max(1, len(shop.tokens) // 4)
    clients = [_Client(port, shop, shop.tokens[n::count], hot) for n in range(count)]
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.buy()
    taken: list[float] = []
    refused = 0
    begin = time.perf_counter() + WARM_UP_SECONDS
    end = begin + seconds
    paid_before: int | None = None
    while (moment := time.perf_counter()) < end:
        if paid_before is None and moment >= begin:
            paid_before = _paid() if whole else 0
        for key, _ in selector.select(0.1):
            answered: _Client = key.data
            answer = answered.answer()
            if answer is None:
                continue
            status, body = answer
            if status == 201 and whole:
                answered.pay(json.loads(body)["charge"]["charge_no"])
                continue
            moment = time.perf_counter()
            if status in (201, 202):
                if moment >= begin:
                    taken.append(moment - answered.began)
            else:
                refused += 1
            answered.buy()
    took = time.perf_counter() - begin
    paid = _paid() - (paid_before or 0) if whole else 0
    for client in clients:
        client.socket.close()
    if whole:
        _drain()
    taken.sort()
    rate = (paid if whole else len(taken)) / took
    return Measured(round(rate, 1), percentile(taken, 0.50), percentile(taken, 0.99), refused)


def _paid() -> int:
    return sql.rows("select count(*) as orders from trade_order where paid_at is not null")[0].orders


def _drain() -> None:
    """Wait until every notice is handled and every payment taken."""
    until = time.monotonic() + DRAIN_SECONDS
    last = -1
    while time.monotonic() < until and last != (last := _paid()):
        time.sleep(1.0)


def percentile(ordered: list[float], part: float) -> float:
    """A percentile of sorted seconds, in ms."""
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 1) if ordered else 0.0
