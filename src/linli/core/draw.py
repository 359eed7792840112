"""Draw a picture that somebody sent anew: `python draw.py SOURCE TARGET SIDE`.

A process of its own: what strangers wrote is decoded with little memory and time, behind the pages' turn, without the database.
What comes out is a WebP that we drew; of what came in only what is seen is left, no places, no names.
"""

import json
import os
import resource
import sys
from typing import Any

import pillow_heif
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")  # HEIF is what an iPhone keeps
MOST_PIXELS = 64_000_000  # a phone's 48 megapixels
MOST_JPEG_PIXELS = 210_000_000  # the largest that phones make
MOST_MEMORY = 1024**3
MOST_SECONDS = 10
LONGEST_SIDE = 12_000  # WebP ends at 16,383


class Unusable(Exception):
    """Not a picture that can be taken; the code says why."""


def draw(source: str, target: str, side: int) -> dict[str, Any]:
    """The short side becomes at most `side` pixels, so that a long picture stays readable. Raises Unusable."""
    try:
        image: Image.Image = Image.open(source, formats=FORMATS)
    except Image.DecompressionBombError:
        raise Unusable("picture_pixels") from None
    except Exception:  # a broken file makes the parsers raise whatever they like: struct.error, TypeError, …
        raise Unusable("picture_kind") from None
    # A JPEG is decoded smaller than it is (draft).
    most = MOST_JPEG_PIXELS if image.format == "JPEG" else MOST_PIXELS
    if image.width * image.height > most or max(image.size) > 20 * LONGEST_SIDE:
        raise Unusable("picture_pixels")
    try:
        image.draft("RGB", _shrunk(image.size, side))  # a JPEG is decoded no larger than needed
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I"):  # 16 bits of grey: Pillow would cut them, not scale them
            image = image.point(lambda value: value / 256).convert("L")
        has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        image = image.convert("RGBA" if has_alpha else "RGB")
        image = image.resize(_shrunk(image.size, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        image.save(target, "WEBP", quality=82)
    except Exception:
        raise Unusable("picture_broken") from None
    return {"width": image.width, "height": image.height}


def _shrunk(size: tuple[int, int], side: int) -> tuple[int, int]:
    part = min(1.0, side / min(size), LONGEST_SIDE / max(size))
    return max(1, round(size[0] * part)), max(1, round(size[1] * part))


def main() -> None:
    """Prints one JSON object: width and height, or why not."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    Image.MAX_IMAGE_PIXELS = MOST_JPEG_PIXELS
    pillow_heif.register_heif_opener(thumbnails=False)
    source, target, side = sys.argv[1:4]
    try:
        print(json.dumps(draw(source, target, int(side))))
    except Unusable as error:
        print(json.dumps({"why": str(error)}))


if __name__ == "__main__":
    main()
