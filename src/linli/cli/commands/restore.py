"""linli restore FILE: an empty site from a backup: database, uploads, keys. Events go on where they stood."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import django
import psycopg

from linli.cli.cluster import as_nobody_special, binaries
from linli.cli.site_archive import FOLDERS, BadArchive, check, unpack

BAD_USE = 2
DUMP_MAGIC = b"PGDMP"


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, --check."""
    parser.add_argument("file")
    parser.add_argument("--check", action="store_true", help="only read the file and say whether it is whole")


def run(options: argparse.Namespace) -> int:
    """Exit 1 when the file is not whole or PostgreSQL refuses it; 2 when it is missing or the site is not empty."""
    file, data = Path(options.file), Path(os.environ["LINLI_DATA"])
    if not file.is_file():
        return _refuse(f"there is no file {file}")
    with file.open("rb") as start:
        is_dump = start.read(len(DUMP_MAGIC)) == DUMP_MAGIC
    try:
        count = 0 if is_dump else check(file)
    except BadArchive as error:
        return _refuse(f"{file} is no whole backup: {error}", code=1)
    if options.check:
        print("a dump of the database alone" if is_dump else f"whole: {count} files")
        return 0
    if reason := _why_not_empty(data):
        return _refuse(reason)
    return _restore(file, data, is_dump)


def _restore(file: Path, data: Path, is_dump: bool) -> int:
    dump = file if is_dump else data / "restore.dump"
    try:
        count = 0 if is_dump else unpack(file, data=data, dump=dump)
        if not _fill(dump):
            return 1
    finally:
        if not is_dump:
            dump.unlink(missing_ok=True)
    _adopt()
    if is_dump:
        print("restored the database. This older backup holds no uploads and no keys: pictures stay missing.")
    else:
        print(f"restored: the database, {count} uploads and keys")
    return 0


def _why_not_empty(data: Path) -> str:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(
            "select count(*) from information_schema.tables where table_schema = 'public'"
        ).fetchone()
    if row and row[0]:
        return "the database is not empty; restore into a new --data folder"
    for folder in FOLDERS:
        if any((data / folder).rglob("*")):
            return f"{data / folder} is not empty; restore into a new --data folder"
    return ""


def _fill(dump: Path) -> bool:
    command = [*as_nobody_special(), str(binaries() / "pg_restore"), "--no-owner", "--single-transaction"]
    with dump.open("rb") as content:
        done = subprocess.run(
            [*command, "--dbname", os.environ["DATABASE_URL"]], stdin=content, capture_output=True
        )
    if done.returncode:
        print(f"linli restore: {done.stderr.decode(errors='replace').strip()[-800:]}", file=sys.stderr)
    return not done.returncode


def _adopt() -> None:
    """Should it be killed before this, or come from a version without these tables: the next `migrate` does the same."""
    django.setup()
    from linli.core import events, sql  # inline: needs Django's apps

    if sql.rows("select to_regclass('public.core_cluster') as there")[0].there:
        events.adopt_cluster()


def _refuse(reason: str, code: int = BAD_USE) -> int:
    print(f"linli restore: {reason}", file=sys.stderr)
    return code
