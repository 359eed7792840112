"""Pictures that people send: checked, decoded, re-encoded. What is stored was drawn by us, whatever was sent."""

import io
import re
import secrets
import warnings
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1200
NAME = re.compile(r"[0-9a-f]{24}\.webp")
FORMATS = ("JPEG", "PNG", "WEBP")


class BadPicture(ValueError):
    """Not a picture of a known kind, too large, or a bomb."""


def keep_picture(file: UploadedFile) -> str:
    """Store a picture as WebP without its metadata; returns its path under /media/. Raises BadPicture."""
    if not file.size or file.size > MOST_BYTES:
        raise BadPicture("size")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(file.read()), formats=FORMATS)
            if image.width * image.height > MOST_PIXELS:
                raise BadPicture("pixels")
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (
        Exception
    ) as error:  # a broken file makes the parsers raise whatever they like: struct.error, TypeError, …
        raise BadPicture(str(error)) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    name = f"{secrets.token_hex(12)}.webp"
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    upright.save(folder / name, "WEBP", quality=82)
    return name


def is_kept(name: str) -> bool:
    """Whether a name is one that we gave to a picture that was sent."""
    return bool(NAME.fullmatch(name)) and (Path(settings.MEDIA_ROOT) / name).is_file()
