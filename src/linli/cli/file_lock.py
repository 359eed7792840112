"""A lock that one process of a machine holds at a time; it is gone with its holder."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """Waits for its turn, however long that is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self.file)
