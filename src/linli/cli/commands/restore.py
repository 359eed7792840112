"""linli restore FILE: fill an empty database from a backup."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from linli.cli.cluster import as_nobody_special, binaries


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE."""
    parser.add_argument("file")


def run(options: argparse.Namespace) -> int:
    """Restore in one transaction. Exit 2 when the file is missing or the database is not empty."""
    file = Path(options.file)
    if not file.is_file():
        print(f"linli restore: there is no file {file}", file=sys.stderr)
        return 2
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(
            "select count(*) from information_schema.tables where table_schema = 'public'"
        ).fetchone()
    if row and row[0]:
        print("linli restore: the database is not empty; restore into a new --data folder", file=sys.stderr)
        return 2
    command = [
        *as_nobody_special(), str(binaries() / "pg_restore"), "--no-owner", "--single-transaction", "--dbname", os.environ["DATABASE_URL"],
    ]  # fmt: skip
    with file.open("rb") as dump:
        done = subprocess.run(command, stdin=dump, capture_output=True, text=False)
    if done.returncode:
        print(f"linli restore: {done.stderr.decode(errors='replace').strip()[-800:]}", file=sys.stderr)
        return 1
    print("restored")
    return 0
