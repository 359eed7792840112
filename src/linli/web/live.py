"""Server-sent events: open pages hear at once that what they show has changed. One listening connection a process, however
many watch; a watcher costs a queue. Who reconnects asks again, so that a lost event loses nothing (decision 0017)."""

import asyncio
import logging
import os
import re
from collections import Counter
from ipaddress import ip_address
from typing import Any

import psycopg
from django.utils.crypto import constant_time_compare

from linli.core.live import CHANNEL, key_of

log = logging.getLogger(__name__)
PATH = re.compile(
    r"/live/(groups|bargains|communities|posts|packets|gifts|quizzes|duels|recordings)/([0-9]{1,18})(?:/([0-9a-f]{20}))?"
)
TOPICS = {
    "groups": "group",
    "bargains": "bargain",
    "communities": "community",
    "posts": "post",
    "packets": "packet",
    "gifts": "gift",
    "quizzes": "quiz",
    "duels": "duel",
    "recordings": "recording",
}
# Well below the requests that Granian lets a worker have open (cli.processes), so that pages are always answered.
MOST_WATCHERS = 600
# Phones of one carrier share an address, so it is wide; a proxy on the same machine or net stands for everybody.
MOST_OF_ONE = 200
PING_SECONDS = 20
HEADERS = [("content-type", "text/event-stream"), ("cache-control", "no-store"), ("x-accel-buffering", "no")]


class Watchers:
    """The open pages of this process, by topic."""

    def __init__(self) -> None:
        self.queues: dict[str, set[asyncio.Queue[None]]] = {}
        self.count = 0
        self.of_address: Counter[str] = Counter()
        self.listener: asyncio.Task | None = None

    async def watch(self, topic: str, address: str, protocol: Any) -> None:
        """Tell one page of every change until it goes away; 503 when too many watch already, in all or from one address."""
        if self.count >= MOST_WATCHERS or (_is_public(address) and self.of_address[address] >= MOST_OF_ONE):
            protocol.response_empty(503, [("retry-after", "30")])
            return
        if self.listener is None or self.listener.done():
            self.listener = asyncio.get_running_loop().create_task(self._listen())
        queue: asyncio.Queue[None] = asyncio.Queue(maxsize=1)
        self.queues.setdefault(topic, set()).add(queue)
        self.count += 1
        self.of_address[address] += 1
        try:
            await self._tell(queue, protocol)
        finally:
            self.count -= 1
            self.of_address -= Counter([address])
            self.queues[topic].discard(queue)
            if not self.queues[topic]:
                del self.queues[topic]

    async def _tell(self, queue: asyncio.Queue[None], protocol: Any) -> None:
        transport = protocol.response_stream(200, HEADERS)
        gone = asyncio.ensure_future(protocol.client_disconnect())
        try:
            await transport.send_str("retry: 2000\n\n")
            while not gone.done():
                news = asyncio.ensure_future(queue.get())
                done, _ = await asyncio.wait(
                    {news, gone}, timeout=PING_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                news.cancel()
                if gone not in done:
                    await transport.send_str("data: changed\n\n" if news in done else ": here\n\n")
        except Exception:
            log.debug("a watching page went away")
        finally:
            gone.cancel()

    async def _listen(self) -> None:
        """Hear what transactions tell (core.live). A connection that breaks is made again, and everybody asks again."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    os.environ["DATABASE_URL"], autocommit=True
                ) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._wake(*self.queues)
                    async for notice in connection.notifies():
                        self._wake(notice.payload)
            except psycopg.Error as error:
                log.warning("live events: %s", error)
                await asyncio.sleep(1)

    def _wake(self, *topics: str) -> None:
        for topic in topics:
            for queue in self.queues.get(topic, ()):
                if not queue.full():
                    queue.put_nowait(None)


def _is_public(address: str) -> bool:
    try:
        return ip_address(address.strip("[]")).is_global
    except ValueError:
        return False


watchers = Watchers()


def topic_of(path: str) -> str:
    """The topic that a path watches; empty for any other path, and for a wrong key to what not everybody may read."""
    found = PATH.fullmatch(path)
    if not found:
        return ""
    topic = f"{TOPICS[found[1]]}:{found[2]}"
    is_open = found[1] in ("groups", "bargains") or constant_time_compare(found[3] or "", key_of(topic))
    return topic if is_open else ""
