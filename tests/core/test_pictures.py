"""Pictures: what phones make is taken and stays what it was; what is none, too large or a bomb is told why, and costs little."""

import io
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.core.models import Picture
from linli.core.pictures import MOST_BYTES, keep_picture
from linli.core.rate_limit import TooMany
from linli.core.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.capability("C7")]


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def made(mode: str, size: tuple[int, int], kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    colour = {
        "L": 90,
        "1": 1,
        "P": 3,
        "LA": (90, 0),
        "RGBA": (200, 0, 0, 0),
        "CMYK": (0, 0, 0, 0),
        "I;16": 9,
    }.get(mode, (200, 10, 10))
    image = Image.new("RGB", size).quantize(4) if mode == "P" else Image.new(mode, size, colour)
    image.save(file, kind, **options)  # type: ignore[arg-type]
    return file.getvalue()


def keep(content: bytes, at: datetime, member_id: int = 7) -> Image.Image:
    name = keep_picture(SimpleUploadedFile("x", content), member_id=member_id, at=at)
    path = Path(settings.MEDIA_ROOT) / name
    image = Image.open(io.BytesIO(path.read_bytes()))
    path.unlink()
    return image


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_stays_so(at: datetime, mode: str) -> None:
    options = {"transparency": 0} if mode == "P" else {}
    kept = keep(made(mode, (40, 30), **options), at)
    assert (kept.format, kept.convert("RGBA").getpixel((5, 5))[3]) == ("WEBP", 0)


@pytest.mark.parametrize("mode", ["RGB", "L", "1"])
def test_what_is_opaque_stays_so(at: datetime, mode: str) -> None:
    assert keep(made(mode, (40, 30)), at).mode == "RGB"


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((790, 9000), (790, 9000)),
        ((3000, 4000), (1200, 1600)),
        ((2000, 30_000), (800, 12_000)),
        ((100, 50), (100, 50)),
        ((1, 5000), (1, 5000)),
    ],
)
def test_a_long_picture_stays_readable(at: datetime, size: tuple[int, int], kept: tuple[int, int]) -> None:
    assert keep(made("L", size), at).size == kept


def test_sixteen_bits_of_grey_are_scaled_not_cut(at: datetime) -> None:
    file = io.BytesIO()
    Image.new("I;16", (40, 40), 30_000).save(file, "PNG")
    grey = keep(file.getvalue(), at).convert("L").getpixel((20, 20))
    assert abs(grey - 30_000 / 256) < 3  # type: ignore[operator]


def test_what_phones_make_is_taken(at: datetime) -> None:
    """12 megapixels turned by its metadata, of which nothing is kept; 48 megapixels."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Phone"
    kept = keep(made("RGB", (4000, 3000), "JPEG", exif=exif), at)
    assert (kept.size, dict(kept.getexif())) == ((1200, 1600), {})
    assert keep(made("RGB", (8000, 6000), "JPEG", quality=40), at).size == (1600, 1200)
    assert keep(made("CMYK", (300, 200), "JPEG"), at).size == (300, 200)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_what_newer_phones_keep_is_taken(at: datetime, kind: str) -> None:
    """HEIC was refused with the advice to save it as JPEG."""
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[0x010F] = "Phone"
    kept = keep(made("RGB", (4032, 3024), kind, exif=exif, quality=50), at)
    assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (1600, 1200), {})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "picture_kind"),
        (b"GIF89a" + b"\0" * 40, "picture_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_kind"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 60, "picture_kind"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "picture_kind"),
        (b"x" * (MOST_BYTES + 1), "picture_large"),
    ],
    ids=["empty", "gif", "svg", "heic", "png", "large"],
)
def test_what_cannot_be_taken_is_told_why(at: datetime, content: bytes, why: str) -> None:
    uploads = Path(settings.MEDIA_ROOT).parent / "uploads"
    before = set(uploads.glob("*"))
    with pytest.raises(Refusal, match=why):
        keep(content, at)
    assert set(uploads.glob("*")) <= before, "nothing is left of it"


def test_a_bomb_and_a_damaged_picture_are_told_apart(at: datetime) -> None:
    with pytest.raises(Refusal, match="picture_pixels"):
        keep(made("1", (30_000, 30_000)), at)
    whole = made("RGB", (900, 900), "JPEG")
    with pytest.raises(Refusal, match="picture_broken"):
        keep(whole[: len(whole) // 2], at)


def test_one_member_sends_so_many_and_no_more(at: datetime) -> None:
    at = at.replace(minute=0, second=0)
    small = made("L", (4, 4))
    began = time.monotonic()
    with pytest.raises(TooMany):
        for _ in range(61):
            keep(small, at)
    assert Picture.objects.count() == 60, f"{time.monotonic() - began:.1f} s"
    assert keep(small, at, member_id=8)
    Picture.objects.update(bytes=10**7)
    with pytest.raises(Refusal, match="pictures_full"):
        keep(small, at + timedelta(hours=1))
