"""The archive of a site: a tar with a manifest, the database's dump, what people uploaded, and the keys.

The manifest comes first and names every other member with its size and SHA-256, so that a file that was cut off, changed or
smuggled in is found before anything is written.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

MANIFEST, DUMP = "manifest.json", "database.dump"
FORMAT = "linli-site-1"
FOLDERS = ("media", "uploads")
# Beside the database: keys by which cookies and notices are signed; the demo's clock and people.
KEPT = ("secret_key", "sandbox_secret", "clock", "people.json")
CHUNK = 1024 * 1024
MOST_MANIFEST = 256 * 1024 * 1024


class BadArchive(Exception):
    """The file is no archive of a site, or not all of it; the message says what is wrong with it."""


def site_files(data: Path) -> list[Path]:
    """What belongs to a site beside its database, in a fixed order, as paths below its data folder."""
    found = [data / name for name in KEPT if (data / name).is_file()]
    for folder in FOLDERS:
        found += sorted(
            path for path in (data / folder).rglob("*") if path.is_file() and not path.is_symlink()
        )
    return [path.relative_to(data) for path in found]


def write_archive(out: IO[bytes], *, data: Path, dump: Path, made_at: str) -> int:
    """Write a site. Returns how many files it holds beside the dump."""
    files = [(name.as_posix(), data / name) for name in site_files(data)]
    members = [(DUMP, dump), *files]
    sizes = {name: path.stat().st_size for name, path in members}
    manifest = {
        "format": FORMAT,
        "made_at": made_at,
        "files": {name: {"bytes": sizes[name], "sha256": _digest(path)} for name, path in members},
    }
    with tarfile.open(fileobj=out, mode="w") as tar:
        content = json.dumps(manifest).encode()
        tar.addfile(_header(MANIFEST, len(content)), io.BytesIO(content))
        for name, path in members:
            with path.open("rb") as file:
                tar.addfile(_header(name, sizes[name]), file)
    return len(files)


@contextmanager
def opened(file: Path) -> Iterator[tuple[tarfile.TarFile, dict]]:
    """An archive with its manifest. Raises BadArchive."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            first = tar.next()
            if first is None or first.name != MANIFEST or first.size > MOST_MANIFEST:
                raise BadArchive("it does not begin with a manifest")
            manifest = json.loads(_content(tar, first).read())
            if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
                raise BadArchive("it was made by another version")
            yield tar, manifest
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise BadArchive(str(error)) from None


def check(file: Path) -> int:
    """Read the whole archive and compare it with its manifest. Returns the number of its files. Raises BadArchive."""
    with opened(file) as (tar, manifest):
        left = dict(manifest["files"])
        while member := tar.next():
            known = left.pop(member.name, None)
            if known is None or not member.isfile() or not _is_plain(member.name):
                raise BadArchive(f"{member.name} is not in its manifest")
            if member.size != known["bytes"] or _digest_of(_content(tar, member)) != known["sha256"]:
                raise BadArchive(f"{member.name} is not what was backed up")
        if left:
            raise BadArchive(f"{len(left)} files are missing, {next(iter(left))} first")
        return len(manifest["files"])


def unpack(file: Path, *, data: Path, dump: Path) -> int:
    """Write an archive's files below a data folder (0600, folders 0700), and its dump where told. Returns how many files."""
    count = 0
    with opened(file) as (tar, _):
        while member := tar.next():
            target = dump if member.name == DUMP else data / member.name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with private(target) as out:
                for part in _parts(_content(tar, member)):
                    out.write(part)
            count += member.name != DUMP
    return count


def private(path: Path) -> IO[bytes]:
    """A file for writing that only its owner can read, whatever the umask."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _is_plain(name: str) -> bool:
    """Whether a name stays below the data folder, in the places that an archive may fill."""
    path = Path(name)
    is_below = not path.is_absolute() and ".." not in path.parts
    return is_below and (name == DUMP or name in KEPT or path.parts[0] in FOLDERS)


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(member)
    if content is None:
        raise BadArchive(f"{member.name} is no file")
    return content


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return _digest_of(file)


def _digest_of(file: IO[bytes]) -> str:
    whole = hashlib.sha256()
    for part in _parts(file):
        whole.update(part)
    return whole.hexdigest()


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(CHUNK):
        yield part
