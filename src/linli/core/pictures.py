"""Pictures that people send: so many each, decoded one at a time in a process of its own (core.draw). What is stored was drawn by us."""

import json
import re
import secrets
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Sum

from linli.core.models import Picture
from linli.core.rate_limit import count_try
from linli.core.refusal import Refusal

MOST_BYTES = 20 * 1024 * 1024
MOST_KEPT = 512 * 1024 * 1024  # of one member
SHORT_SIDE = 1200
NAME = re.compile(r"[0-9a-f]{24}\.webp")
DRAWER = Path(__file__).with_name("draw.py")
DRAW_SECONDS, WAIT_SECONDS = 20, 5
LIMITS = ((60, 600), (300, 24 * 3600))  # pictures in seconds, of one member
_drawing = threading.Lock()
_places = threading.BoundedSemaphore(
    2
)  # of a process's threads: one draws, one waits for it, all others answer people


def keep_picture(file: UploadedFile, *, member_id: int, at: datetime) -> str:
    """Store a picture as WebP without its metadata; returns its name under /media/. Refuses: picture_large, picture_pixels,
    picture_kind, picture_broken, pictures_full, pictures_wait, too_many."""
    if not file.size:
        raise Refusal("picture_kind")
    if file.size > MOST_BYTES:
        raise Refusal("picture_large")
    for limit, seconds in LIMITS:
        count_try(key=f"picture:{member_id}", limit=limit, window_seconds=seconds, at=at)
    kept = Picture.objects.filter(uploaded_by_id=member_id).aggregate(bytes=Sum("bytes"))["bytes"] or 0
    if kept > MOST_KEPT:
        raise Refusal("pictures_full")
    name = f"{secrets.token_hex(12)}.webp"
    size = _drawn(file, name)
    Picture.objects.create(name=name, uploaded_by_id=member_id, bytes=size, created_at=at)
    return name


def _drawn(file: UploadedFile, name: str) -> int:
    """Draw a file anew under its name; returns its bytes. One at a time in each process: what one member sends must not keep the
    threads that answer everybody else. Raises Refusal."""
    media = Path(settings.MEDIA_ROOT)
    raw = media.parent / "uploads" / f"{name}.raw"
    for folder in (media, raw.parent):
        folder.mkdir(parents=True, exist_ok=True)
    if not _places.acquire(blocking=False):
        raise Refusal("pictures_wait")
    try:
        if not _drawing.acquire(timeout=WAIT_SECONDS):
            raise Refusal("pictures_wait")
        try:
            return _draw_anew(file, raw, media / name)
        finally:
            _drawing.release()
    finally:
        _places.release()


def _draw_anew(file: UploadedFile, raw: Path, target: Path) -> int:
    try:
        with raw.open("wb") as source:
            for part in file.chunks():
                source.write(part)
        fresh = raw.with_suffix(".drawn")
        found = _ask(raw, fresh)
        if why := found.get("why"):
            raise Refusal(str(why))
        fresh.replace(target)
        return target.stat().st_size
    finally:
        raw.unlink(missing_ok=True)
        raw.with_suffix(".drawn").unlink(missing_ok=True)


def _ask(source: Path, target: Path) -> dict[str, object]:
    """What the drawer says; one that dies or takes too long says nothing, and the picture is broken."""
    command = [sys.executable, "-I", str(DRAWER), str(source), str(target), str(SHORT_SIDE)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=DRAW_SECONDS, check=True)
        return dict(json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError):
        return {"why": "picture_broken"}


def is_kept(name: str) -> bool:
    """Whether a name is one that we gave to a picture that was sent."""
    return bool(NAME.fullmatch(name)) and (Path(settings.MEDIA_ROOT) / name).is_file()
