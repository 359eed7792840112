"""linli worker: runs jobs and delivers events, until told to stop."""

import argparse
from typing import Any

import django


def arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(options: argparse.Namespace) -> int:
    """Run Procrastinate's worker in the foreground."""
    django.setup()
    from procrastinate.contrib.django import app  # inline: needs Django's apps

    connector: Any = app.connector
    worker = app.with_connector(connector.get_worker_connector())
    worker.run_worker(
        concurrency=4, delete_jobs="successful", fetch_job_polling_interval=5.0, listen_notify=True
    )
    return 0
