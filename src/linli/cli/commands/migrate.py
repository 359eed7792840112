"""linli migrate."""

import argparse

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
    """Apply every migration."""
    call_command("migrate", verbosity=0, interactive=False)
