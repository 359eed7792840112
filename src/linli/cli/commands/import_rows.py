"""linli import KIND FILE: products, members, balances and past orders from CSV or XLSX with an error report per row; a retailer's week of baskets
from parquet files; a history of group buys."""

import argparse
import csv
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import django

SHOWN_ERRORS = SHOWN_NAMES = 20
OWN = "自营"


def arguments(parser: argparse.ArgumentParser) -> None:
    """KIND, FILE and how."""
    parser.add_argument(
        "kind",
        choices=["products", "members", "balances", "orders", "completejourney", "group-history"],
    )
    parser.add_argument(
        "file", help="a CSV file; for completejourney and group-history the folder of their files"
    )
    parser.add_argument(
        "--merchant", default="", help="products, orders: the merchant's name (自营 when none is given)"
    )
    parser.add_argument("--create-merchant", action="store_true", help="make merchants that are not there")
    parser.add_argument(
        "--create-categories",
        action="store_true",
        help="products: make categories of the first level that are not there (a site without any takes all)",
    )
    parser.add_argument(
        "--report", default="", help="write every refused row with its reason to this CSV file"
    )
    parser.add_argument("--dry-run", action="store_true", help="judge every row, write nothing")
    parser.add_argument("--partial", action="store_true", help="write the good rows although others are bad")
    parser.add_argument("--limit", type=int, default=0, help="group-history: so many groups at most (0: all)")
    parser.add_argument("--days", type=int, default=7, help="completejourney: days of baskets")


def run(options: argparse.Namespace) -> int:
    """Exit 0 done, 1 rows were refused, 2 the file cannot be read."""
    django.setup()
    path = Path(options.file)
    if options.kind == "completejourney":
        from linli.cli.retail import import_week  # inline: needs pyarrow, which only developers have

        return import_week(path, days=options.days)
    if options.kind == "group-history":
        from linli.cli.history import import_history  # inline: needs Django's apps

        return import_history(path, limit=options.limit)
    if options.report and not Path(options.report).absolute().parent.is_dir():
        print(f"linli import: there is no folder for {options.report}", file=sys.stderr)
        return 2
    if not path.is_file():
        print(f"linli import: there is no file {path}", file=sys.stderr)
        return 2
    return _products(path, options) if options.kind == "products" else _move(path, options)


def _move(path: Path, options: argparse.Namespace) -> int:
    from django.db import transaction  # inline: needs Django's apps

    from linli.cli.move_in import BALANCES, MEMBERS, Moved, move_balances, move_members
    from linli.cli.move_orders import ORDERS, REQUIRED, move_orders
    from linli.core import clock
    from linli.core.table_file import BadTable, read_table

    past = partial(move_orders, merchant=options.merchant or OWN, makes_merchants=options.create_merchant)
    kinds: dict[str, tuple[Mapping[str, Sequence[str]], Sequence[str], Callable[..., Moved]]] = {
        "members": (MEMBERS, ("phone",), move_members),
        "balances": (BALANCES, ("phone",), move_balances),
        "orders": (ORDERS, REQUIRED, past),
    }
    columns, required, move = kinds[options.kind]
    try:
        with transaction.atomic():
            moved = move(read_table(path, columns, required=required), at=clock.now())
            kept = not options.dry_run and (options.partial or not moved.errors)
            transaction.set_rollback(not kept)
    except BadTable as error:
        print(f"linli import: {error}", file=sys.stderr)
        return 2
    _tell_errors(moved.errors, options)
    done = (
        f"{moved.new} written"
        if kept
        else f"{moved.new} would be written"
        if options.dry_run
        else "nothing written"
    )
    print(f"{options.kind}: {done}, {moved.known} known, {len(moved.errors)} rows refused")
    return 1 if moved.errors else 0


def _products(path: Path, options: argparse.Namespace) -> int:
    from django.db import transaction  # inline: needs Django's apps

    from linli.catalog.operations.import_products import import_products
    from linli.catalog.rules.import_row import COLUMNS, REQUIRED
    from linli.core import clock
    from linli.core.actor import SYSTEM
    from linli.core.table_file import BadTable, read_table
    from linli.merchants.models import Merchant

    at, name = clock.now(), options.merchant or OWN
    known = Merchant.objects.filter(name=name).first()
    if known is None and options.merchant and not options.create_merchant:
        names = ", ".join(Merchant.objects.order_by("pk").values_list("name", flat=True)[:SHOWN_NAMES])
        print(
            f"linli import: there is no merchant «{name}» (--create-merchant makes it); there are: {names or 'none'}",
            file=sys.stderr,
        )
        return 2
    began = time.monotonic()
    try:
        with transaction.atomic():
            merchant = known or Merchant.objects.create(name=name, created_at=at)
            done = import_products(
                read_table(path, COLUMNS, required=REQUIRED),
                merchant_id=merchant.pk,
                is_partial=options.partial,
                is_dry_run=options.dry_run,
                takes_tops=options.create_categories,
                actor=SYSTEM,
                at=at,
            )
            if (known is None and not (done.products or done.changed)) or options.dry_run:
                transaction.set_rollback(True)
    except BadTable as error:
        print(f"linli import: {error}", file=sys.stderr)
        return 2
    return _report(done, options, time.monotonic() - began)


def _report(done: Any, options: argparse.Namespace, seconds: float) -> int:
    _tell_errors(done.errors, options)
    verb = "would be written" if options.dry_run else "written"
    print(
        f"{done.rows} rows read, {done.products} products {verb}, {done.changed} changed, {len(done.errors)} rows refused "
        f"({done.rows / max(seconds, 0.001):,.0f} rows/s)"
    )
    return 1 if done.errors else 0


def _tell_errors(errors: Sequence[Any], options: argparse.Namespace) -> None:
    for error in errors[:SHOWN_ERRORS]:
        print(f"row {error.row}: {error.why}", file=sys.stderr)
    if len(errors) > SHOWN_ERRORS and not options.report:
        print(f"... and {len(errors) - SHOWN_ERRORS} more; --report FILE writes them all", file=sys.stderr)
    if options.report:
        with Path(options.report).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([("row", "why"), *((error.row, error.why) for error in errors)])
