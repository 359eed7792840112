"""Share posters: one JPEG with picture, price and a QR that still decodes at half size."""

import io
import unicodedata
from functools import lru_cache
from pathlib import Path

import segno
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from linli.core.money import yuan

SIZE = (750, 1220)
PAPER, INK, GREY, CHERRY = "#fffaf4", "#1c1a19", "#6b6660", "#c4221a"
FONT = Path(__file__).parent / "fonts" / "NotoSansSC-Bold-subset.otf"
BOX, MISSING = "□", "\U0010ffff"
STATIC = Path(__file__).parent / "static"


def draw(
    *, title: str, subtitle: str, price_fen: int | None, picture: str, shop: str, hint: str, url: str
) -> bytes:
    """A poster of 750x1220 as JPEG bytes. A letter that the font has not stands as a box: nothing of a name is left out unseen."""
    title, subtitle, shop = (drawable(text) for text in (title, subtitle, shop))
    poster = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(poster)
    poster.paste(_picture(picture), (40, 40))
    y = 40 + 670 + 34
    for line in _lines(pen, title, _font(40), 670)[:2]:
        pen.text((40, y), line, font=_font(40), fill=INK)
        y += 56
    if subtitle:
        pen.text((40, y + 2), _lines(pen, subtitle, _font(26), 670)[0], font=_font(26), fill=GREY)
    if price_fen is not None:
        pen.text((40, 950), "¥", font=_font(40), fill=CHERRY)
        pen.text((74, 916), yuan(price_fen), font=_font(76), fill=CHERRY)
    pen.text((40, 1050), _lines(pen, shop, _font(32), 400)[0], font=_font(32), fill=INK)
    pen.text((40, 1104), hint, font=_font(24), fill=GREY)
    code = _qr(url)
    poster.paste(code, (SIZE[0] - 40 - code.width, SIZE[1] - 40 - code.height))
    out = io.BytesIO()
    poster.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def drawable(text: str) -> str:
    """A text as the poster's font can draw it: signs that are no letters (emoji) are left out, letters that it has not are boxes."""
    if not text:
        return ""
    drawn = "".join(sign if _has(sign) else "" if _is_ornament(sign) else BOX for sign in text)
    return " ".join(drawn.split()) or BOX


def _is_ornament(sign: str) -> bool:
    return unicodedata.category(sign) in ("So", "Sk", "Mn", "Cf", "Cc", "Cs", "Co", "Cn")


@lru_cache(maxsize=4096)
def _has(sign: str) -> bool:
    if sign.isspace():
        return True
    return bytes(_font(26).getmask(sign)) != bytes(_font(26).getmask(MISSING))


def qr_svg(url: str) -> bytes:
    """A QR code as SVG, dark on white."""
    out = io.BytesIO()
    segno.make(url, error="m").save(
        out, kind="svg", scale=5, border=1, dark="#1c1a19", light="#ffffff", xmldecl=False
    )
    return out.getvalue()


def _qr(url: str) -> Image.Image:
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="png", scale=8, border=2)
    code = Image.open(out).convert("RGB")
    return code.resize((260, 260), Image.Resampling.NEAREST)


def _picture(path: str) -> Image.Image:
    place = STATIC / path if path.startswith("demo/") else settings.MEDIA_ROOT / path
    try:
        image = Image.open(place).convert("RGB")
    except OSError:
        return Image.new("RGB", (670, 670), "#f6e7df")
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side)).resize((670, 670), Image.Resampling.LANCZOS)


def _lines(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The text in lines that fit, broken between characters as Chinese is."""
    lines, line = [], ""
    for character in text:
        if line and pen.textlength(line + character, font=font) > width:
            lines.append(line)
            line = ""
        line += character
    return [*lines, line]


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)
