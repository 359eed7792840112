"""What nobody needs after a while goes: kept answers, files of uploads that were broken off."""

import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from linli.core.jobs import every
from linli.core.models import Answer

ANSWER_DAYS = 7  # a program that repeats a request does it within minutes; phones that were off, within days
BROKEN_OFF_SECONDS = 3600


@every("37 4 * * *")
def forget_answers(at: datetime) -> int:
    """Answers that were kept for repeated requests, after ANSWER_DAYS."""
    return Answer.objects.filter(created_at__lt=at - timedelta(days=ANSWER_DAYS)).delete()[0]


@every("47 * * * *")
def forget_broken_uploads(at: datetime) -> int:
    """Pictures that a server was drawing when it was killed. Files have the machine's time, whatever the platform's is."""
    before, dropped = time.time() - BROKEN_OFF_SECONDS, 0
    folder = Path(settings.MEDIA_ROOT).parent / "uploads"
    for file in (*folder.glob("*.raw"), *folder.glob("*.drawn")):
        if file.stat().st_mtime < before:
            file.unlink(missing_ok=True)
            dropped += 1
    return dropped
