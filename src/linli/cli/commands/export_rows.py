"""linli export KIND FILE: what a site holds, as CSV that spreadsheets open and `linli import` reads again."""

import argparse
import sys
from pathlib import Path

import django


def arguments(parser: argparse.ArgumentParser) -> None:
    """KIND and FILE."""
    parser.add_argument("kind", choices=["members", "products", "orders", "balances"])
    parser.add_argument("file", help="the CSV file to write; it must not be there")
    parser.add_argument("--merchant", default="", help="products, orders: of this merchant only")


def run(options: argparse.Namespace) -> int:
    """Exit 2 when the file is there, or there is no such merchant."""
    django.setup()
    from linli.cli.move_out import KINDS, write  # inline: needs Django's apps
    from linli.merchants.models import Merchant

    if options.merchant and not Merchant.objects.filter(name=options.merchant).exists():
        print(f"linli export: there is no merchant «{options.merchant}»", file=sys.stderr)
        return 2
    if options.kind == "products" and not options.merchant and Merchant.objects.count() > 1:
        names = ", ".join(Merchant.objects.order_by("pk").values_list("name", flat=True)[:20])
        print(f"linli export: whose products? --merchant names one of {names}", file=sys.stderr)
        return 2
    try:
        count = write(Path(options.file), KINDS[options.kind], merchant=options.merchant)
    except FileExistsError:
        print(f"linli export: {options.file} is there already; name another", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"linli export: {options.file} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    print(f"{options.kind}: {count} rows written to {options.file}")
    return 0
