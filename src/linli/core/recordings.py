"""Voice and video that people send: looked into at once, encoded anew by a job. What is served was encoded by us."""

import json
import logging
import secrets
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ProtectedError, Window
from django.db.models.functions import RowNumber

from linli.core.jobs import every
from linli.core.live import tell
from linli.core.models import Recording
from linli.core.refusal import Refusal

log = logging.getLogger(__name__)
MOST_BYTES = {"voice": 16 * 1024 * 1024, "video": 80 * 1024 * 1024}
MOST_WAITING = 3  # of one member: nobody fills the line for all
UNUSED_DAYS = 2
SUFFIX = {"voice": "m4a", "video": "mp4"}
ENCODER = Path(__file__).with_name("encode.py")
PROBE_SECONDS, ENCODE_SECONDS = 2, 90  # of the processor; twice as long by the clock
LOOK_SECONDS = 3  # that the next one waits for a look
CODES = {"too_long": "recording_long", "too_large": "recording_large"}
_looking = threading.Lock()


def keep_recording(file: UploadedFile, *, kind: str, member_id: int, at: datetime) -> Recording:
    """Store what was sent where nobody is served from, to be encoded soon. Raises Refusal: bad_recording, recording_large,
    recordings_wait."""
    if kind not in SUFFIX or not file.size:
        raise Refusal("bad_recording")
    if file.size > MOST_BYTES[kind]:
        raise Refusal("recording_large")
    if Recording.objects.filter(uploaded_by_id=member_id, state="waiting").count() >= MOST_WAITING:
        raise Refusal("recordings_wait")
    name = secrets.token_hex(12)
    raw = _raw(name)
    raw.parent.mkdir(parents=True, exist_ok=True)
    try:
        with raw.open("wb") as kept:
            for part in file.chunks():
                kept.write(part)
        found = _probed(kind, raw)
        return Recording.objects.create(
            name=name, kind=found["kind"], seconds=found["seconds"], uploaded_by_id=member_id, created_at=at
        )
    except BaseException:
        raw.unlink(missing_ok=True)
        raise


def _probed(kind: str, raw: Path) -> dict[str, Any]:
    """A short look into it, one at a time: what strangers send must not keep all threads of a web process busy. What was called a
    video and holds sound only is voice: browsers name the files that they recorded so."""
    if not _looking.acquire(timeout=LOOK_SECONDS):
        raise Refusal("recordings_wait")
    try:
        found = _ask("probe", kind, raw, raw, PROBE_SECONDS)
        if kind == "video" and found.get("why") == "nothing_in_it":
            kind = "voice"
            found = _ask("probe", kind, raw, raw, PROBE_SECONDS)
    finally:
        _looking.release()
    if why := found.get("why"):
        raise Refusal(CODES.get(why, "bad_recording"))
    return found | {"kind": kind}


def recording_of(name: str, *, member_id: int) -> Recording | None:
    """A recording that this member has sent and that can be shown, or will be."""
    return Recording.objects.filter(name=name, uploaded_by_id=member_id).exclude(state="failed").first()


@every("* * * * * */3")
def encode_recordings(*, at: datetime) -> int:
    """Encode what waits, everybody's first before anybody's second; open pages hear of it. Returns how many."""
    turn = Window(RowNumber(), partition_by="uploaded_by_id", order_by="pk")
    waiting = list(Recording.objects.filter(state="waiting").annotate(turn=turn).order_by("turn", "pk")[:10])
    for recording in waiting:
        try:
            found = _ask("encode", recording.kind, _raw(recording.name), _raw(recording.name), ENCODE_SECONDS)
        except OSError:
            log.exception("recording %s could not be encoded", recording.pk)
            found = {"why": "unreadable"}
        recording.state, recording.encoded_at = ("failed" if "why" in found else "ready"), at
        recording.why = str(found.get("why", ""))[:20]
        recording.seconds, recording.width, recording.height = (
            found.get(name, 0) for name in ("seconds", "width", "height")
        )
        _publish(recording)
        recording.save()
        tell([f"recording:{recording.pk}"])
    return len(waiting)


@every("29 4 * * *")
def drop_unused(*, at: datetime) -> int:
    """Recordings that went into nothing for days go, with their files. Returns how many."""
    old = Recording.objects.filter(is_used=False, created_at__lt=at - timedelta(days=UNUSED_DAYS))
    dropped = 0
    for recording in old.order_by("pk")[:1000]:
        try:
            with transaction.atomic():
                recording.delete()
        except ProtectedError:
            Recording.objects.filter(pk=recording.pk).update(is_used=True)
            continue
        for file in _files(recording.name):
            (Path(settings.MEDIA_ROOT) / file.name).unlink(missing_ok=True)
            file.unlink(missing_ok=True)
        _raw(recording.name).unlink(missing_ok=True)
        dropped += 1
    return dropped


def _publish(recording: Recording) -> None:
    """What was made is served from now on, whole; of what failed nothing is left, nor of what was sent."""
    media = Path(settings.MEDIA_ROOT)
    media.mkdir(parents=True, exist_ok=True)
    for file in _files(recording.name):
        if recording.state == "ready" and file.is_file():
            file.replace(media / file.name)
        file.unlink(missing_ok=True)
    _raw(recording.name).unlink(missing_ok=True)


def _files(name: str) -> list[Path]:
    """What the encoder may make of a recording, where it makes it: beside what was sent."""
    return [_raw(f"{name}.{suffix}") for suffix in ("mp4", "m4a", "webp")]


def _raw(name: str) -> Path:
    return Path(settings.MEDIA_ROOT).parent / "uploads" / name


def _ask(what: str, kind: str, source: Path, target: Path, seconds: int) -> dict[str, Any]:
    """What the encoder says; a process that dies or takes too long says nothing, and the recording is not usable."""
    command = [sys.executable, "-I", str(ENCODER), what, kind, str(source), str(target), str(seconds)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=2 * seconds, check=True)
        return dict(json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError):
        return {"why": "unreadable"}
