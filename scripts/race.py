#!/usr/bin/env python3
"""How many does a mall sell of what it has? People come at the same moment for a few units, and what they got is counted.

    python scripts/race.py linli --url http://127.0.0.1:8000 --what flash_sale --units 10 --people 200

Works on any mall with an HTTP API: write an adapter of some forty lines (see Linli below), name it in ADAPTERS, and compare
malls on the same machine. Needs Python only. Point it at machines of your own: it sends many requests at once.

What is printed: people who were told "yes", units there were, answers that were neither yes nor no. Exit 1 when more were
told "yes" than there were units, or when somebody got no answer.
"""

import argparse
import json
import secrets
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

YES, NO, BROKEN = "yes", "no", "broken"


class Adapter(Protocol):
    """A mall. prepare: make something with so many units and so many people who want it; returns one function each, which
    tries to get one unit and answers yes, no or broken."""

    def prepare(self, what: str, units: int, people: int) -> list[Callable[[], str]]: ...


class Linli:
    """Linli's demo: everybody's code is 000000. what: flash_sale, group_buy, coupon."""

    def __init__(self, url: str) -> None:
        self.api, self.root = f"{url}/api/v1", url

    def ask(self, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(8)}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        data = None if body is None else json.dumps(body).encode()
        base = self.root if path.startswith("/demo") else self.api
        try:
            with urllib.request.urlopen(
                urllib.request.Request(base + path, data, headers), timeout=60
            ) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or b"{}")

    def sure(self, path: str, body: Any = None, token: str = "") -> Any:
        """An answer while preparing: whoever is told to wait waits."""
        while (answer := self.ask(path, body, token))[0] == 429:
            time.sleep(2)
        if answer[0] >= 400:
            raise SystemExit(f"{path}: {answer[1]}")
        return answer[1]

    def prepare(self, what: str, units: int, people: int) -> list[Callable[[], str]]:
        roles = {one["role"]: one["phone"] for one in self.sure("/demo/people")}
        seller = "operator" if what == "coupon" else "merchant"
        token = self.sure("/sessions", {"phone": roles[seller], "code": "000000"})["token"]
        tokens = [self._join(n) for n in range(people)]
        if what == "coupon":
            batch = {"name": "race", "kind": "fixed", "face_fen": 100, "quantity": units, "valid_days": 1}
            made = self.sure("/coupon-batches", batch, token)
            return [self._try(f"/coupon-batches/{made['batch_id']}/claims", {}, one) for one in tokens]
        sku, choice = self._goods(what, units, token)
        address = {"name": "race", "phone": "13800000000", "region": "330102", "detail": "race 1"}
        order = {"lines": [{"sku_id": sku, "quantity": 1}], "address": address, **choice}
        return [self._try("/orders", order, one) for one in tokens]

    def _join(self, n: int) -> str:
        phone = f"15{secrets.randbelow(10**9):09d}"
        return self.sure("/members", {"phone": phone, "code": "000000", "name": f"race {n}"})["token"]

    def _goods(self, what: str, units: int, token: str) -> tuple[str, dict[str, Any]]:
        for product in self.ask("/products")[1]["items"]:
            for sku in self.ask(f"/products/{product['id']}")[1]["skus"]:
                body = {
                    "kind": what,
                    "sku_id": sku["id"],
                    "price_fen": sku["price_fen"] - 1,
                    "stock": units,
                    "seats": 3,
                }
                if sku["stock"] < units:
                    continue
                status, made = self.ask("/campaigns", body, token)
                if status == 201:
                    return sku["id"], {what: {"campaign_id": made["campaign_id"]}}
        raise SystemExit(f"the merchant has no goods with {units} units")

    def _try(self, path: str, body: Any, token: str) -> Callable[[], str]:
        def go() -> str:
            try:
                status, _ = self.ask(path, body, token)
            except OSError:
                return BROKEN
            return YES if status == 201 else NO if 400 <= status < 500 else BROKEN

        return go


ADAPTERS: dict[str, Callable[[str], Adapter]] = {"linli": Linli}


def race(tries: list[Callable[[], str]]) -> tuple[Counter[str], float]:
    """Everybody at once, a thread each, off at the same signal; the answers counted, and the seconds until the last one."""
    signal, answers = threading.Barrier(len(tries) + 1), Counter[str]()

    def run(go: Callable[[], str]) -> None:
        signal.wait()
        answers[go()] += 1

    threads = [threading.Thread(target=run, args=(go,), daemon=True) for go in tries]
    for thread in threads:
        thread.start()
    signal.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return answers, time.perf_counter() - began


def main() -> int:
    """Prepare, race, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("mall", choices=sorted(ADAPTERS))
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--what", default="flash_sale", choices=["flash_sale", "group_buy", "coupon"])
    parser.add_argument("--units", type=int, default=10)
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args()
    tries = ADAPTERS[options.mall](options.url).prepare(options.what, options.units, options.people)
    answers, seconds = race(tries)
    print(
        f"{options.mall} {options.what}: {options.people} people for {options.units} units in {seconds:.2f} s:"
        f" {answers[YES]} yes, {answers[NO]} no, {answers[BROKEN]} broken"
    )
    sold_right = answers[YES] == min(options.units, options.people)
    return 0 if sold_right and not answers[BROKEN] else 1


if __name__ == "__main__":
    sys.exit(main())
