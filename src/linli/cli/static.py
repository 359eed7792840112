"""Static files: gathered under their hashed names, compressed, once for each version of them."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from linli.cli.file_lock import FileLock
from linli.web import static_files


def collect_static() -> None:
    """Lay out what the pages name. Two servers on one data folder may start at the same moment: one gathers, the other waits and finds it done."""
    root = Path(settings.STATIC_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(root.with_suffix(".lock")):
        stamp, now = root.with_suffix(".version"), _version()
        if (root / "staticfiles.json").is_file() and stamp.is_file() and stamp.read_text() == now:
            return
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(now)


def _version() -> str:
    """A digest of every source, and of what puts them together and compresses them."""
    digest = hashlib.sha256(f"{version('django')} {version('whitenoise')}\n".encode())
    digest.update(Path(static_files.__file__).read_bytes())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(name.encode() + Path(storage.path(name)).read_bytes())
    return digest.hexdigest()
