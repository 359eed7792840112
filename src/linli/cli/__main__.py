"""The command line: `linli COMMAND ...`. Each command is a module of linli.cli.commands with `arguments` and `run`."""

import argparse
import importlib
import os
import sys
from pathlib import Path

import psycopg
from django.apps import apps
from django.db import OperationalError, ProgrammingError, connection

from linli.cli.cluster import Cluster, ClusterFailed
from linli.cli.input import BadInput
from linli.config.env import BadEnvironment

DONE, CHECK_FAILED, BAD_USE = 0, 1, 2

# name: (module, mode, what it does)
COMMANDS = {
    "demo": ("demo", "demo", "the whole platform on the embedded database, with a living demo town"),
    "serve": ("serve", "live", "the production server: web and jobs"),
    "migrate": ("migrate", "", "bring the database up to date"),
    "verify": ("verify", "", "recompute every invariant; exit 1 at the first that fails"),
    "code": ("code", "", "print a sign-in code of a phone, while no provider sends messages"),
    "backup": ("backup", "", "write the whole site to a file: database, uploads, keys"),
    "restore": ("restore", "", "fill an empty site from a backup (--check: only read it)"),
    "import": (
        "import_rows",
        "",
        "products, members or balances from CSV, or a retailer's file, with an error report per row",
    ),
    "export": ("export_rows", "", "members, products, orders or balances as CSV"),
    "plan": ("plan", "", "check, prove or simulate a commission plan"),
    "bench": ("bench", "demo", "orders per second through the HTTP API, beside the floor of plain SQL"),
    "scale": ("scale", "demo", "an invitation forest of millions, and what the network costs in it"),
    "grant": ("grant", "", "give a member a role, by phone"),
    "docs": ("docs", "", "write docs/map.md and docs/capabilities.md anew"),
    "worker": ("worker", "", "run jobs and deliver events (serve starts it)"),
}


def main(arguments: list[str] | None = None) -> int:
    """Parse, start the database, run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="linli", description="Linli 邻里, a community-commerce platform.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    arguments = sys.argv[1:] if arguments is None else arguments
    modules = {}
    for name, (module_name, _, does) in COMMANDS.items():
        sub = commands.add_parser(name, help=does, description=does)
        sub.add_argument("--data", help="the folder of the embedded database and files (or LINLI_DATA)")
        if name in arguments[:1]:
            modules[name] = importlib.import_module(f"linli.cli.commands.{module_name}")
            modules[name].arguments(sub)
    options = parser.parse_args(arguments)
    os.umask(0o077)  # uploads, logs and backups hold what is nobody else's on this machine
    module = modules[options.command]
    cluster = None
    try:
        _set_environment(options)
        if getattr(module, "NEEDS_DATABASE", True):
            cluster = _reach_database(options)
        return module.run(options)
    except (ClusterFailed, BadInput, BadEnvironment) as error:
        print(f"linli: {error}", file=sys.stderr)
        return BAD_USE
    except (OperationalError, ProgrammingError) as error:
        print(f"linli: {_database_words(error)}", file=sys.stderr)
        return BAD_USE
    except KeyboardInterrupt:
        return 130
    finally:
        _close_connections()
        if cluster:
            cluster.leave()


def _reach_database(options: argparse.Namespace) -> Cluster | None:
    """The server of DATABASE_URL, or the embedded one. Raises BadInput, ClusterFailed."""
    options.heal = lambda: None
    if url := os.environ.get("DATABASE_URL"):
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.Error as error:
            raise BadInput(f"the database of DATABASE_URL cannot be reached: {str(error).strip()}") from None
        return None
    cluster = Cluster(Path(os.environ["LINLI_DATA"]))
    try:
        cluster.enter()
    except OSError as error:
        raise BadInput(f"the data folder cannot be used: {error}") from None
    os.environ["DATABASE_URL"] = cluster.url
    options.heal = cluster.revive
    return cluster


def _database_words(error: Exception) -> str:
    said = str(error).strip().split("\n")[0]
    if "does not exist" in said:
        return f"the database is empty or older than this program; run `linli migrate` first ({said})"
    return f"the database does not answer: {said}"


def _close_connections() -> None:
    """Before the database stops; a command that never set Django up has none."""
    if not apps.ready:
        return
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def _set_environment(options: argparse.Namespace) -> None:
    home = Path(os.environ.get("LINLI_HOME") or Path(__file__).resolve().parents[3])
    os.environ["LINLI_HOME"] = str(home)
    if options.data:
        os.environ["LINLI_DATA"] = options.data
    data = Path(os.environ.get("LINLI_DATA") or home / "var").resolve()
    os.environ["LINLI_DATA"] = str(data)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadInput(f"the data folder cannot be made: {error}") from None
    mode = COMMANDS[options.command][1] or _kept_mode()
    os.environ.setdefault("LINLI_MODE", mode)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")


def _kept_mode() -> str:
    """A command beside a demo lives in the demo's mode (its clock, its codes)."""
    data = Path(os.environ["LINLI_DATA"])
    return "demo" if (data / "demo.json").exists() or (data / "people.json").exists() else "live"


if __name__ == "__main__":
    sys.exit(main())
