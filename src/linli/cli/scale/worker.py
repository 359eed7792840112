"""A worker process that settles all that is due, as the worker's job does. Nothing of Django is imported before it is set up."""

import os
from datetime import datetime

import django


def prepare() -> None:
    """Plans are made as in a worker process of the platform."""
    os.environ["LINLI_SERVES"] = "1"
    django.setup()


def complete_all(at: datetime, at_once: int) -> int:
    """How many orders were completed."""
    from linli.trade.operations.complete_order import complete_orders  # inline: needs Django's apps

    done = 0
    while some := complete_orders(at=at, at_once=at_once):
        done += some
    return done
