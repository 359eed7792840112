"""What is kept for a while is not kept for ever."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from linli.core.forgetting import forget_answers, forget_broken_uploads
from linli.core.models import Answer


@pytest.mark.django_db
def test_answers_go_after_a_week(at: datetime) -> None:
    for key, days in (("old", 8), ("new", 6)):
        Answer.objects.create(scope="s", key=key, input_hash=b"", created_at=at - timedelta(days=days))
    assert forget_answers(at) == 1
    assert list(Answer.objects.values_list("key", flat=True)) == ["new"]


def test_files_of_uploads_that_were_broken_off_go_after_an_hour(at: datetime, tmp_path: Path) -> None:
    folder = Path(settings.MEDIA_ROOT).parent / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"forgetting-{name}" for name in ("old.raw", "old.drawn", "new.raw", "old.webm")}
    for name, file in files.items():
        file.write_bytes(b"x")
        if name.startswith("old"):
            os.utime(file, (0, time.time() - 3700))
    try:
        forget_broken_uploads(at)
        assert [name for name, file in files.items() if file.exists()] == ["new.raw", "old.webm"]
    finally:
        for file in files.values():
            file.unlink(missing_ok=True)
