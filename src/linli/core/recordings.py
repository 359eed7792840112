"""Voice and video that people send: looked into at once, encoded anew by a job. What is served was encoded by us."""

import json
import re
import secrets
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ProtectedError

from linli.core.jobs import every
from linli.core.live import tell
from linli.core.models import Recording

MOST_BYTES = {"voice": 16 * 1024 * 1024, "video": 80 * 1024 * 1024}
MOST_WAITING = 3  # of one member: nobody fills the line for all
UNUSED_DAYS = 2
SUFFIX = {"voice": "m4a", "video": "mp4"}
ENCODER = Path(__file__).with_name("encode.py")
FILE = re.compile(r"[0-9a-f]{24}\.(?:mp4|m4a)")
PROBE_SECONDS, ENCODE_SECONDS = 5, 90  # of the processor; twice as long by the clock


class BadRecording(ValueError):
    """It cannot be taken; `code`: bad_recording (not a recording of a known kind), recording_long, recording_large, recordings_wait
    (as many of the same member wait to be encoded as may)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


CODES = {"too_long": "recording_long", "too_large": "recording_large"}


def keep_recording(file: UploadedFile, *, kind: str, member_id: int, at: datetime) -> Recording:
    """Store what was sent where nobody is served from, to be encoded soon. Raises BadRecording."""
    if kind not in SUFFIX:
        raise BadRecording("bad_recording")
    if not file.size or file.size > MOST_BYTES[kind]:
        raise BadRecording("recording_large")
    if Recording.objects.filter(uploaded_by_id=member_id, state="waiting").count() >= MOST_WAITING:
        raise BadRecording("recordings_wait")
    name = secrets.token_hex(12)
    raw = _raw(name)
    raw.parent.mkdir(parents=True, exist_ok=True)
    with raw.open("wb") as kept:
        for part in file.chunks():
            kept.write(part)
    found = _ask("probe", kind, raw, raw, PROBE_SECONDS)
    if why := found.get("why"):
        raw.unlink()
        raise BadRecording(CODES.get(why, "bad_recording"))
    return Recording.objects.create(
        name=name, kind=kind, seconds=found["seconds"], uploaded_by_id=member_id, created_at=at
    )


def recording_of(name: str, *, member_id: int) -> Recording | None:
    """A recording that this member has sent and that can be shown, or will be."""
    return Recording.objects.filter(name=name, uploaded_by_id=member_id).exclude(state="failed").first()


@every("* * * * * */3")
def encode_recordings(*, at: datetime) -> int:
    """Encode what waits, the oldest first; open pages hear of it. Returns how many."""
    waiting = list(Recording.objects.filter(state="waiting").order_by("pk")[:10])
    for recording in waiting:
        target = Path(settings.MEDIA_ROOT) / recording.name
        target.parent.mkdir(parents=True, exist_ok=True)
        found = _ask("encode", recording.kind, _raw(recording.name), target, ENCODE_SECONDS)
        recording.state, recording.encoded_at = ("failed" if "why" in found else "ready"), at
        recording.why = str(found.get("why", ""))[:20]
        recording.seconds, recording.width, recording.height = (
            found.get(name, 0) for name in ("seconds", "width", "height")
        )
        recording.save()
        if recording.state == "failed":
            _drop(recording.name)
        _raw(recording.name).unlink(missing_ok=True)
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
        _drop(recording.name)
        _raw(recording.name).unlink(missing_ok=True)
        dropped += 1
    return dropped


def _drop(name: str) -> None:
    for suffix in ("mp4", "m4a", "webp"):
        (Path(settings.MEDIA_ROOT) / f"{name}.{suffix}").unlink(missing_ok=True)


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
