"""linli backup FILE: the whole site in one file: database, uploads, keys."""

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from linli.cli.cluster import as_nobody_special, binaries
from linli.cli.input import BadInput
from linli.cli.site_archive import private, write_archive


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE."""
    parser.add_argument("file")


def run(options: argparse.Namespace) -> int:
    """Write the archive, readable by its owner only; it appears under its name when it is whole."""
    target = Path(options.file).resolve()
    dump, fresh = (target.with_name(f"{target.name}.{part}") for part in ("dump", "part"))
    try:
        if not _dump(dump):
            return 1
        # After the dump: what it names was stored before it, and files that are kept never change.
        with private(fresh) as out:
            count = write_archive(
                out, data=Path(os.environ["LINLI_DATA"]), dump=dump, made_at=datetime.now(UTC).isoformat()
            )
        fresh.replace(target)
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror}") from None
    finally:
        dump.unlink(missing_ok=True)
        fresh.unlink(missing_ok=True)
    size = target.stat().st_size // 1024
    print(
        f"{target} ({size} KB): the database, {count} uploads and keys. Keep it secret: it holds everything."
    )
    return 0


def _dump(file: Path) -> bool:
    command = [*as_nobody_special(), str(binaries() / "pg_dump"), "--format=custom", "--no-owner"]
    with private(file) as out:
        done = subprocess.run([*command, os.environ["DATABASE_URL"]], stdout=out, stderr=subprocess.PIPE)
    if done.returncode:
        print(f"linli backup: {done.stderr.decode(errors='replace').strip()}", file=sys.stderr)
    return not done.returncode
