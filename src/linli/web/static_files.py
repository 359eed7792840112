"""Static files under hashed names, compressed once, served by the web processes with a year's cache."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# The style of every page, of these parts in this order: a page asks for one file.
STYLE, PARTS = "ui/pages.css", ("base", "parts", "shop", "community", "screens")


class HashedStorage(CompressedManifestStaticFilesStorage):
    """A name that is missing from the manifest is an error in tests, the plain name in the wild."""

    manifest_strict = False
    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """As every storage of the kind, with the style put together first."""
        root = Path(self.location)
        (root / STYLE).write_bytes(b"\n".join((root / f"ui/{part}.css").read_bytes() for part in PARTS))
        yield from super().post_process(paths | {STYLE: (self, STYLE)}, *args, **options)
