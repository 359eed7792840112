"""Recordings that come with a form, or before it."""

from typing import Any

from django.http import HttpRequest

from linli.core import clock
from linli.core.models import Recording
from linli.core.rate_limit import count_try
from linli.core.recordings import keep_recording
from linli.web.edge import actor_of


def take_recording(request: HttpRequest) -> Recording:
    """What was sent as `sound`: voice when the browser says that it is sound, else video. Raises Refusal."""
    member_id, at = actor_of(request).member_id, clock.now()
    count_try(key=f"recording:{member_id}", limit=12, window_seconds=600, at=at)
    file: Any = request.FILES["sound"]
    kind = "voice" if (file.content_type or "").startswith("audio/") else "video"
    return keep_recording(file, kind=kind, member_id=member_id, at=at)
