"""linli migrate."""

import argparse
import sys

import django
from django.core.management import call_command


def arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(options: argparse.Namespace) -> int:
    """Bring the database up to date."""
    django.setup()
    migrate()
    return 0


def migrate() -> None:
    """Apply every migration; a database that came from another PostgreSQL is made this one's."""
    from linli.core.events import adopt_cluster  # inline: needs Django's apps

    call_command("migrate", verbosity=0, interactive=False)
    if adopt_cluster():
        print(
            "The events of this database were numbered anew: it came from another PostgreSQL.",
            file=sys.stderr,
        )
