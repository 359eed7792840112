"""Pictures that people send: checked, decoded, re-encoded. What is stored was drawn by us, whatever was sent."""

import io
import secrets
import warnings
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1200
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
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise BadPicture(str(error)) from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    name = f"{secrets.token_hex(12)}.webp"
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    upright.save(folder / name, "WEBP", quality=82)
    return name
