"""linli demo: the whole platform, with a living town, from one command."""

import argparse
import fcntl
import json
import os
import shutil
import signal
import sys
import threading
import time
import urllib.request
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import django

from linli.cli.commands.migrate import migrate
from linli.cli.processes import (
    NotServing,
    Supervisor,
    apart,
    free_port,
    platform_processes,
    port_number,
    wait_until_ready,
)

# The mark of a town in its own database: written before its first member, and once more when the last thing is filled in.
TOWN = "demo_town"
BEGUN, FILLED = 1, 2
BAD_USE = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """--port, --reset, --no-browser."""
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets a phone in the same network in")
    parser.add_argument("--port", type=port_number, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--reset", action="store_true", help="begin again with an empty town")
    parser.add_argument("--no-browser", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Start, fill when empty, serve until Ctrl-C. A second start on the same data says where the first one is."""
    data = Path(os.environ["LINLI_DATA"])
    lock = (data / "demo.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _join(data)
    port = free_port(options.host, options.port)
    if port != options.port:
        print(f"Port {options.port} is taken; using {port}.", file=sys.stderr)
    sandbox_port = free_port("127.0.0.1", port + 1)
    url = f"http://127.0.0.1:{port}"
    os.environ["LINLI_PUBLIC_URL"], os.environ["LINLI_SANDBOX_URL"] = url, f"http://127.0.0.1:{sandbox_port}"
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _as_interrupt)
    return _serve(options, data, port, sandbox_port, lock)


def _serve(options: argparse.Namespace, data: Path, port: int, sandbox_port: int, lock: IO[Any]) -> int:
    url = os.environ["LINLI_PUBLIC_URL"]
    sandbox, *platform = platform_processes(
        host=options.host, port=port, workers=options.workers, sandbox_port=sandbox_port
    )
    supervisor = Supervisor([sandbox, *platform], options.heal)
    try:
        apart(_prepare, data, options.reset)
        sandbox.start()
        if not (data / "people.json").exists():
            apart(fill, sandbox_port)
        for process in platform:
            process.start()
        wait_until_ready(url)
        (data / "demo.json").write_text(json.dumps({"url": url}))
        _say(url, data, options.no_browser)
        supervisor.watch()
    except NotServing as error:
        print(f"linli: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        print("\nStopping.", file=sys.stderr)
    finally:
        supervisor.stop()
        lock.close()
    return 0


def _prepare(data: Path, reset: bool) -> None:
    """The database up to date. It is emptied when that is asked for (--reset), and when its own mark says that a filling was
    broken off before anybody could use it. Whatever else has members is somebody's, and is left alone.
    """
    django.setup()
    from linli.cli.static import collect_static  # inline: the supervisor stays without Django's apps

    peopled = _has_rows("members_member", "true")
    if peopled and not _has_rows("core_datedvalue", f"key = '{TOWN}'"):
        _leave_alone("this database has members that are no demo's, so the demo leaves it alone")
    is_filled = _has_rows("core_datedvalue", f"key = '{TOWN}' and value = {FILLED}")
    is_listed = (data / "people.json").exists()
    if reset or (peopled and not is_filled and not is_listed and _is_of_this_version()):
        print("Beginning again with an empty town.", file=sys.stderr)
        _reset(data)
    elif peopled and not is_listed:
        _leave_alone(
            f"this town was filled, but its {data}/people.json is missing; --reset begins a new town"
        )
    elif is_listed and not peopled:
        (data / "people.json").unlink()
    migrate()
    collect_static()


def _leave_alone(why: str) -> None:
    print(
        f"linli: {why}. Give the demo a folder of its own: ./run demo --data DIR (and no DATABASE_URL).",
        file=sys.stderr,
    )
    raise SystemExit(BAD_USE)


def _is_of_this_version() -> bool:
    """Whether the town's mark tells begun from filled; older versions wrote only that it had begun."""
    return _has_rows("django_migrations", "app = 'core' and name = '0004_set_aside'")


def _has_rows(table: str, condition: str) -> bool:
    """Whether a table is there and has such a row."""
    from django.db import connection  # inline: needs Django

    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", (f"public.{table}",))
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(f"select exists (select 1 from {table} where {condition})")
        return cursor.fetchone()[0]


def fill(sandbox_port: int) -> None:
    """Fill an empty database with the town, whose payments go by the sandbox at this port."""
    django.setup()
    from linli.cli.town.fill import Town  # inline: needs Django's apps
    from linli.core.models import DatedValue

    DatedValue.objects.create(key=TOWN, value=BEGUN, active_from=datetime(2020, 1, 1, tzinfo=UTC))
    _wait_for_sandbox(sandbox_port)
    began = time.monotonic()
    Town(_progress).fill()
    DatedValue.objects.create(key=TOWN, value=FILLED, active_from=datetime(2020, 1, 2, tzinfo=UTC))
    print(f"\rThe town is filled ({time.monotonic() - began:.0f} s)." + " " * 50, file=sys.stderr)


def _progress(part: float, what: str) -> None:
    width = 30
    done = round(width * part)
    print(
        f"\rFilling the town [{'#' * done}{'.' * (width - done)}] {part:4.0%} {what:24}",
        end="",
        file=sys.stderr,
        flush=True,
    )


def _wait_for_sandbox(port: int) -> None:

    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise NotServing(f"the sandbox gateway did not come up; see {os.environ['LINLI_DATA']}/sandbox.log")


def _reset(data: Path) -> None:
    """Forget everything: an empty schema, no pictures, the clock back."""
    from django.db import connection  # inline: needs Django

    with connection.cursor() as cursor:
        cursor.execute("drop schema if exists sandbox cascade")
        cursor.execute("drop schema public cascade")
        cursor.execute("create schema public")
    connection.close()
    for name in ("clock", "people.json", "demo.json"):
        (data / name).unlink(missing_ok=True)
    shutil.rmtree(data / "media", ignore_errors=True)


def _join(data: Path) -> int:
    for _ in range(100):
        try:
            url = json.loads((data / "demo.json").read_text())["url"]
            wait_until_ready(url, seconds=1)
            print(f"The demo runs already: {url}")
            return 0
        except (FileNotFoundError, ValueError, NotServing):
            time.sleep(1)
    print("Another start of this demo is still under way.", file=sys.stderr)
    return 2


def _say(url: str, data: Path, no_browser: bool) -> None:
    people = json.loads((data / "people.json").read_text())
    print(f"\nLinli 邻里 is open: {url}\n")
    print("Sign in as anybody below by phone, code 000000, or use the switch at the top of every page:")
    homes = {"operator": "/ops", "agent": "/agent", "merchant": "/merchant", "owner": "/owner", "member": "/"}
    for person in people:
        print(f"  {person['role']:9} {person['phone']}  {url}{homes[person['role']]:10} {person['name']}")
    print(f"\nStaff admin: {url}/admin/ (as operator).   API: {url}/api/v1/openapi.json")
    print("Ctrl-C stops everything; start again to go on with the same town.\n", flush=True)
    if not no_browser and sys.stdout.isatty():
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _as_interrupt(*_: Any) -> None:
    raise KeyboardInterrupt
