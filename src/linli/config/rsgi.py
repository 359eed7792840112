"""The application that Granian serves.

The few doors that thousands come through at once are answered on the event loop: they only wait for a batch, and a waiting
coroutine costs nothing, where a waiting thread fights for the interpreter. Everything else is Django, in a few threads.
Measured: docs/decisions/0007-the-event-loop-takes-the-hot-doors.md.
"""

import asyncio
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import IO, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")

from django.core.wsgi import get_wsgi_application

django_application = get_wsgi_application()

from linli.api.placing import post_order  # noqa: E402
from linli.config.proxy import Caller, caller_of  # noqa: E402
from linli.config.settings import DEMO, ENVIRONMENT  # noqa: E402
from linli.config.turnstile import Turnstile  # noqa: E402
from linli.web.edge import whole_number  # noqa: E402
from linli.web.live import topic_of, watchers  # noqa: E402
from linli.web.media import Part, part_of  # noqa: E402
from linli.web.root import readiness, take_notice  # noqa: E402
from linli.web.sandbox import pay_soon  # noqa: E402

Hot = Callable[..., Awaitable[tuple[int, bytes, dict[str, str]]]]
# POST only: headers, address of the site, body, and what the path names.
HOT: list[tuple[re.Pattern[str], Hot]] = [
    (re.compile(r"/api/v1/orders"), post_order),
    (re.compile(r"/payments/notices/(?P<name>[a-z0-9_-]{1,20})"), take_notice),
    *([(re.compile(r"/sandbox/charges/(?P<charge_no>[0-9A-Za-z_-]{1,40})/pay"), pay_soon)] if DEMO else []),
]
MOST_BODY = 24 * 1024 * 1024
# Where recordings and up to nine pictures come in (core.recordings, core.pictures); long bodies wait in a file, not in memory.
FILES = re.compile(
    r"/recordings|/api/v1/recordings|/c/[0-9]{1,17}/write|/posts/[0-9]{1,17}/edit|/merchant/goods/[0-9]{1,17}/materials"
    r"|/merchant/goods/(?:new|[0-9]{1,17})"
)
MOST_FILES = 192 * 1024 * 1024
KEPT_IN_MEMORY = 1024 * 1024
MOST_HEARD = 256 * 1024 * 1024
MOST_HOT_BODY = 64 * 1024
BODY_SECONDS, READY_SECONDS = 15, 3
# A sender whose header announces too much is told so as soon as it pauses: many wait for an answer before they send.
TOO_LARGE_SECONDS = 2
HEALTH = ("/healthz", "/readyz")
COSTLY = ("/api/v1/pictures", "/api/v1/recordings")
JSON = [("content-type", "application/json")]
TOO_MANY = json.dumps(
    {"error": {"code": "too_many", "message": "Too many. 请求过多。", "details": {}}}, ensure_ascii=False
)
PLAIN = [("content-type", "text/plain; charset=utf-8")]
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
# The demo answers at whatever address a phone in the same network has; a live site has one.
PUBLIC_URL = "" if DEMO else ENVIRONMENT.public_url
THREADS = int(os.environ.get("LINLI_THREADS", "6"))


class TooLarge(Exception):
    """The body is longer than anything that is taken here."""


class Application:
    """Speaks Granian's RSGI: live events and hot doors on the loop, Django in threads."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")
        self.turnstile = Turnstile()
        self.looker = ThreadPoolExecutor(1, thread_name_prefix="ready")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        if scope.method in ("GET", "HEAD") and scope.path in HEALTH:
            await self._tell_health(scope.path, protocol)
            return
        caller = _caller(scope)
        if scope.method == "GET" and (topic := topic_of(scope.path)):
            await watchers.watch(topic, caller.address, protocol)
            return
        if scope.method in ("GET", "HEAD") and (
            part := part_of(scope.path, scope.headers.get("range") or "")
        ):
            _send(part, scope.method, protocol)
            return
        hot = _hot(scope.method, scope.path)
        try:
            body = await _read(scope, protocol, MOST_HOT_BODY if hot else _most(scope.path))
        except TooLarge:
            protocol.response_str(413, PLAIN, "Too large. 内容太大。")
            return
        except TimeoutError:
            protocol.response_str(408, PLAIN, "Too slow. 发送超时。")
            return
        if hot:
            site = PUBLIC_URL or f"{caller.scheme}://{scope.headers.get('host') or ''}"
            status, content, headers = await hot(scope.headers, site, body.read())
            protocol.response_bytes(status, [("content-type", "application/json"), *headers.items()], content)
            return
        if scope.method == "POST" and scope.path in COSTLY:
            await self._answer_in_turn(scope, protocol, body, caller)
            return
        protocol.response_bytes(*await self._ask(scope, body, caller))

    async def _ask(self, scope: Any, body: IO[bytes], caller: Caller) -> tuple[int, Any, bytes]:
        loop = asyncio.get_running_loop()
        status, headers, content = await loop.run_in_executor(
            self.threads, _ask_django, _environ(scope, body, caller)
        )
        if scope.method != "HEAD":
            return status, headers, content
        length = (
            []
            if any(name == "content-length" for name, _ in headers)
            else [("content-length", str(len(content)))]
        )
        return status, [*headers, *length], b""

    async def _answer_in_turn(self, scope: Any, protocol: Any, body: IO[bytes], caller: Caller) -> None:
        """A door whose every request costs a process of its own: what one sends must not keep the threads that answer everybody."""
        who = scope.headers.get("authorization") or caller.address
        if seconds := self.turnstile.wait_seconds(who):
            protocol.response_str(429, [*JSON, ("retry-after", str(seconds))], TOO_MANY)
            return
        with self.turnstile.entered(who):
            status, headers, content = await self._ask(scope, body, caller)
        if status == 429:
            self.turnstile.come_later(who, int(dict(headers).get("retry-after", "1")))
        protocol.response_bytes(status, headers, content)

    async def _tell_health(self, path: str, protocol: Any) -> None:
        """Of this process, and (ready) of its database and disk: in seconds, also while the database hangs and all threads wait for it."""
        answer: dict[str, Any] = {"ok": True}
        if path == "/readyz":
            looking = asyncio.get_running_loop().run_in_executor(self.looker, readiness)
            try:
                answer = await asyncio.wait_for(asyncio.shield(looking), READY_SECONDS)
            except TimeoutError:
                answer = {"ok": False, "database": False}
        protocol.response_str(
            200 if answer["ok"] else 503,
            [("content-type", "application/json"), ("cache-control", "no-store")],
            json.dumps(answer),
        )


def _send(part: Part, method: str, protocol: Any) -> None:
    """A file goes from the disk by Granian: a reader who is slow keeps nothing of it in memory here."""
    size = part.last - part.first + 1
    headers = [*part.headers.items(), ("content-length", str(size))]
    if method == "HEAD" or part.status == 416:
        protocol.response_empty(part.status, headers if method == "HEAD" else list(part.headers.items()))
    elif part.status == 200:
        protocol.response_file(200, headers, str(part.file))
    else:
        protocol.response_file_range(206, headers, str(part.file), part.first, part.last + 1)


def _hot(method: str, path: str) -> Hot | None:
    """The short cut of a door, if it has one."""
    if method != "POST":
        return None
    for pattern, door in HOT:
        if found := pattern.fullmatch(path):
            return partial(door, **found.groupdict())
    return None


def _most(path: str) -> int:
    return MOST_FILES if FILES.fullmatch(path) else MOST_BODY


async def _read(scope: Any, protocol: Any, most: int) -> IO[bytes]:
    body = tempfile.SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 - closed by who reads it
    if scope.method not in ("GET", "HEAD"):
        await _receive(protocol, body, most, whole_number(scope.headers.get("content-length")))
        body.seek(0)
    return body


async def _receive(protocol: Any, body: IO[bytes], most: int, announced: int) -> None:
    """A body as it comes, in pieces that each come soon: whoever sends a header and waits keeps no place. What is too long is
    heard to its end (as far as anybody sends), so that its sender reads the answer. Raises TooLarge, TimeoutError."""
    parts, size = protocol.__aiter__(), 0
    pause, paused = (TOO_LARGE_SECONDS, TooLarge) if announced > most else (BODY_SECONDS, TimeoutError)
    while True:
        try:
            part = await asyncio.wait_for(anext(parts), pause)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise paused from None
        size += len(part)
        if size > MOST_HEARD:
            raise TooLarge
        if size <= most:
            body.write(bytes(part))
    if size > most:
        raise TooLarge


def _caller(scope: Any) -> Caller:
    headers = scope.headers
    return caller_of(
        scope.client.rpartition(":")[0],
        scope.scheme,
        ",".join(headers.get_all("x-forwarded-for")) if TRUSTED_PROXIES else "",
        (headers.get("x-forwarded-proto") or "") if TRUSTED_PROXIES else "",
        trusted=TRUSTED_PROXIES,
    )


def _environ(scope: Any, body: IO[bytes], caller: Caller) -> dict[str, Any]:
    """The request as PEP 3333 wants it."""
    headers = scope.headers
    environ: dict[str, Any] = {
        # Every page and operation that can be read answers HEAD as it answers GET, without its content.
        "REQUEST_METHOD": "GET" if scope.method == "HEAD" else scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": scope.server.rpartition(":")[0],
        "SERVER_PORT": scope.server.rpartition(":")[2],
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": caller.address,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": caller.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        if "_" in name:
            continue  # X_Y and X-Y would be one
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        separator = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(body.seek(0, io.SEEK_END))
    body.seek(0)
    return environ


def _ask_django(environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
    answered: list[Any] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], _: Any = None, /
    ) -> Callable[[bytes], object]:
        answered[:] = [int(status.split(" ", 1)[0]), [(name.lower(), value) for name, value in headers]]
        return bytes  # the old way to write, which Django never uses

    parts = django_application(environ, start_response)
    try:
        content = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close:
            close()
    return answered[0], answered[1], content


application = Application()
