"""linli serve: the production server."""

import argparse
import os
import signal
import sys

import django

from linli.cli.commands.migrate import migrate
from linli.cli.processes import (
    NotServing,
    Supervisor,
    apart,
    demand_free,
    platform_processes,
    port_number,
    wait_until_ready,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """--host, --port, --workers."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=port_number, default=8000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)


def run(options: argparse.Namespace) -> int:
    """Migrate, then serve until told to stop."""
    os.environ.setdefault("LINLI_PUBLIC_URL", f"http://{options.host}:{options.port}")
    supervisor = Supervisor(
        platform_processes(host=options.host, port=options.port, workers=options.workers), options.heal
    )
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: supervisor.stopping.set())
    try:
        demand_free(options.host, options.port)
        apart(prepare)
        supervisor.start()
        wait_until_ready(
            f"http://{options.host}:{options.port}",
            alive=supervisor.processes[0].is_alive,
        )  # type: ignore[union-attr]
        print(f"Linli serves at {os.environ['LINLI_PUBLIC_URL']}  (Ctrl-C stops it)", file=sys.stderr)
        supervisor.watch()
    except NotServing as error:
        print(f"linli: {error}", file=sys.stderr)
        return error.code
    finally:
        supervisor.stop()
    return 0


def prepare() -> None:
    """Bring the database up to date and lay out the static files."""
    django.setup()
    from linli.cli.static import collect_static  # inline: the supervisor stays without Django's apps

    migrate()
    collect_static()
