"""linli import KIND FILE: products from CSV with an error report per row; a retailer's week of baskets from parquet files;
a history of group buys."""

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django

SHOWN_ERRORS = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """KIND, FILE and how."""
    parser.add_argument("kind", choices=["products", "completejourney", "group-history"])
    parser.add_argument(
        "file", help="a CSV file; for completejourney and group-history the folder of their files"
    )
    parser.add_argument("--merchant", default="", help="the merchant's name (made when it is not there)")
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
    if not path.is_file():
        print(f"linli import: there is no file {path}", file=sys.stderr)
        return 2
    return _products(path, options)


def _products(path: Path, options: argparse.Namespace) -> int:
    from linli.catalog.operations.import_products import import_products  # inline: needs Django's apps
    from linli.catalog.rules.import_row import COLUMNS, REQUIRED
    from linli.core import clock
    from linli.merchants.models import Merchant

    at = clock.now()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            missing = set(REQUIRED) - set(csv.DictReader(file).fieldnames or ())
    except UnicodeDecodeError:
        print("linli import: the file is not UTF-8", file=sys.stderr)
        return 2
    if missing:
        print(
            f"linli import: missing columns {', '.join(sorted(missing))}; known are {', '.join(COLUMNS)}",
            file=sys.stderr,
        )
        return 2
    merchant, _ = Merchant.objects.get_or_create(name=options.merchant or "自营", defaults={"created_at": at})
    began = time.monotonic()
    done = import_products(
        _rows(path), merchant_id=merchant.pk, is_partial=options.partial, is_dry_run=options.dry_run, at=at
    )
    for error in done.errors[:SHOWN_ERRORS]:
        print(f"row {error.row}: {error.why}", file=sys.stderr)
    if len(done.errors) > SHOWN_ERRORS:
        print(f"... and {len(done.errors) - SHOWN_ERRORS} more", file=sys.stderr)
    rate = done.rows / max(time.monotonic() - began, 0.001)
    print(
        f"{done.rows} rows read, {done.products} products written, {len(done.errors)} rows refused ({rate:,.0f} rows/s)"
    )
    return 1 if done.errors else 0


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {key: value or "" for key, value in row.items() if key}
