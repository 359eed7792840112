"""linli backup FILE: the whole database in PostgreSQL's custom format."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from linli.cli.cluster import as_nobody_special, binaries
from linli.cli.input import BadInput


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE."""
    parser.add_argument("file")


def run(options: argparse.Namespace) -> int:
    """Write the dump; it appears under its name only when it is whole."""
    target = Path(options.file).resolve()
    fresh = target.with_name(target.name + ".part")
    try:
        out = fresh.open("wb")
    except OSError as error:
        raise BadInput(f"{fresh.parent} cannot be written to: {error.strerror}") from None
    with out:
        command = [
            *as_nobody_special(),
            str(binaries() / "pg_dump"),
            "--format=custom",
            "--no-owner",
            os.environ["DATABASE_URL"],
        ]
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=False)
    if done.returncode:
        fresh.unlink()
        print(f"linli backup: {done.stderr.decode(errors='replace').strip()}", file=sys.stderr)
        return 1
    fresh.replace(target)
    print(f"{target} ({target.stat().st_size // 1024} KB)")
    return 0
