"""Pictures and recordings that people sent, as they were encoded here, whole or in the parts that a player asks for."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

PATH = re.compile(r"/media/([0-9a-f]{24}\.(?:webp|mp4|m4a))")
TYPES = {".webp": "image/webp", ".mp4": "video/mp4", ".m4a": "audio/mp4"}
MOST_PART = 2 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """Bytes first to last (both in it) of a file; status 200, 206 or 416, and what to say of it."""

    status: int
    headers: dict[str, str]
    file: Path
    first: int = 0
    last: int = -1


def part_of(path: str, asked: str) -> Part | None:
    """What is answered to a path and its Range header (RFC 9110, one range of bytes; others count as none); None for no such file."""
    found = PATH.fullmatch(path)
    file = Path(settings.MEDIA_ROOT) / found[1] if found else None
    if file is None or not file.is_file():
        return None
    size = file.stat().st_size
    headers = {
        "content-type": TYPES[file.suffix],
        "cache-control": "public, max-age=86400, immutable",
        "x-content-type-options": "nosniff",
        "accept-ranges": "bytes",
    }
    wanted = re.fullmatch(r"bytes=([0-9]{0,12})-([0-9]{0,12})", asked)
    if not wanted or wanted[0] == "bytes=-":
        return Part(200, headers, file, 0, size - 1)
    begin, end = wanted[1], wanted[2]
    first = int(begin) if begin else max(0, size - int(end))
    last = min(int(end) if begin and end else size - 1, size - 1, first + MOST_PART - 1)
    if first > last:
        return Part(416, headers | {"content-range": f"bytes */{size}"}, file)
    return Part(206, headers | {"content-range": f"bytes {first}-{last}/{size}"}, file, first, last)
