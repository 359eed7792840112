"""Draw the pictures of the demo town's goods (linli.cli.town.goods) from cut-outs: `python scripts/pictures.py [CODE ...]`.

Every choice comes from random.Random(code, number, scene): the same product has the same pictures each time. `--check` fails when two
main pictures could be taken for one another, in form and in colour. Needs Pillow and the font Noto Sans CJK.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME / "src"))

from linli.cli.town.goods import KINDS, Goods, Kind  # noqa: E402

CUTS = Path(__file__).with_name("cuts")
TARGET = HOME / "src/linli/web/static/demo/goods"
S, OUT = 1000, 540  # drawn large, delivered small: edges come out clean
LEAST_BITS, LEAST_COLOUR = 8, 26
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
WALL: Colour = (232, 220, 206)


def rgb(code: str) -> Colour:
    return tuple(int(code[i : i + 2], 16) for i in (1, 3, 5))  # type: ignore[return-value]


def mix(one: Sequence[int], other: Sequence[int], part: float) -> Colour:
    return tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


@dataclass(frozen=True)
class Look:
    """How products of a kind are drawn. form: pile, tray or one. beside: props on the table. field, land: where it grows. hues: hue
    shift, saturation and brightness per product. group: how many stand together, per product. packed: another drawing for the carton."""

    drawing: str
    grounds: tuple[tuple[str, str], ...]
    beside: tuple[str, ...]
    form: str = "pile"
    width: int = 250
    macro: int = 430
    tone: str = "#d98b7a"
    field: str = "#8fbf6a"
    land: tuple[str, ...] = ("deciduous-tree", "house-with-garden", "deciduous-tree")
    is_cold: bool = False
    hues: tuple[tuple[int, float, float], ...] = ()
    group: tuple[int, ...] = (1,)
    packed: str = ""


FRUIT = (("#ffe1dc", "#ffc4ba"), ("#fff0d8", "#f3d9b4"), ("#e8f0e2", "#cfe0c2"), ("#efe6ff", "#dccff5"))
WARM = (("#ffe9c7", "#ffd08a"), ("#ffe3dc", "#f7c3b4"), ("#eef5dd", "#d5e6b2"), ("#e3f1f6", "#c4dfe8"))
GREEN = (("#e8f7d3", "#cde9a6"), ("#fff3d6", "#f0dca6"), ("#e0f3ef", "#b9ddd5"), ("#f6ece0", "#e3cdb2"))
PINK = (("#ffe3ee", "#f8c9dc"), ("#e6f3ea", "#c3e0cd"), ("#e9ecff", "#c9d0f5"), ("#fff0dd", "#f4d9b6"))
STONE = (("#f1ece4", "#ddd4c8"), ("#e6edf2", "#c9d7e0"), ("#f3e6e0", "#e2c8bc"), ("#e9efe2", "#cdd9c0"))
LOOKS = {
    "cherry": Look("cherries", FRUIT, ("ice-cream", "rose"), width=270, macro=480, tone="#d9726a", is_cold=True, hues=((0, 1, 1), (0, 1.1, 0.82), (8, 1, 1.05), (250, 0.9, 1.05))),
    "kiwi": Look("kiwi-fruit", GREEN, ("bowl-with-spoon", "glass-of-milk"), width=240, tone="#93bf5c", hues=((0, 1, 1), (200, 0.9, 1), (230, 0.95, 1.1), (10, 1, 0.9))),
    "orange": Look("tangerine", WARM, ("glass-of-milk", "potted-plant"), width=230, tone="#f0a04a", field="#86b25a", hues=((0, 1, 1), (250, 1, 0.98), (4, 1, 1.05), (10, 0.95, 1.05))),
    "blueberry": Look("blueberries", (("#dcd8ff", "#c9c3f5"), ("#e6f2ea", "#c6e0d0"), ("#fff0e0", "#f2d6b8")), ("pancakes", "glass-of-milk"), width=270, macro=520, tone="#8d86d8", field="#9cc27c", is_cold=True, hues=((0, 1, 1), (250, 1, 0.85), (8, 0.8, 1.1))),
    "mango": Look("mango", WARM, ("ice-cream", "bowl-with-spoon"), width=260, macro=460, tone="#eaa94a", hues=((0, 1, 1), (16, 0.9, 1), (8, 1, 1.08))),
    "grapes": Look("grapes", (("#ece6ff", "#d6cbf5"), ("#f6e6ef", "#e6c6d8"), ("#e4eefb", "#c5d6ee")), ("cookie", "teacup-without-handle"), width=250, macro=430, tone="#9d86d0", hues=((0, 1, 0.9), (14, 1, 1), (230, 0.9, 1.15))),
    "peach": Look("peach", FRUIT, ("ice-cream", "rose"), width=250, tone="#f0a98c", hues=((0, 1, 1), (6, 0.95, 1.05), (248, 1.05, 1))),
    "strawberry": Look("strawberry", (("#ffe2e6", "#ffc3cc"), ("#fdf2f2", "#f3d8d8"), ("#fff0da", "#f5d9a8")), ("birthday-cake", "glass-of-milk"), width=220, macro=380, tone="#e58a97", hues=((0, 1, 1), (0, 0.35, 1.3), (250, 1, 1.05))),
    "tomato": Look("tomato", FRUIT, ("pot-of-food", "leafy-green"), width=240, tone="#e07d6c", field="#8dbb63", land=("seedling", "house-with-garden", "tractor"), hues=((0, 1, 1), (8, 1, 0.92), (16, 1, 1.06))),
    "corn": Look("ear-of-corn", (("#fff5cf", "#f3df93"), ("#f2f5d8", "#dbe4ac"), ("#f8efe4", "#e6d3bc")), ("steaming-bowl", "carrot"), width=260, macro=420, tone="#dcb850", field="#b9c862", land=("tractor", "house-with-garden", "sun-with-face"), hues=((0, 1, 1), (6, 1.1, 1.05), (0, 0.4, 1.2))),
    "greens": Look("leafy-green", (("#e6f6dc", "#c9e8b8"), ("#e4f0ee", "#c2dcd7"), ("#f6f2de", "#e4dcb4")), ("carrot", "bell-pepper"), width=280, tone="#7cb35f", field="#6fae57", land=("woman-farmer", "tractor", "house-with-garden"), hues=((0, 1, 1), (10, 1, 0.85), (246, 0.9, 1.1))),
    "potato": Look("potato", (("#f6ead8", "#e2cba8"), ("#f5e2dc", "#e0bfb2"), ("#eef0dc", "#d5d9b0")), ("garlic", "carrot"), width=240, tone="#c79a62", field="#a9a45c", land=("tractor", "house-with-garden", "woman-farmer"), hues=((0, 1, 1), (240, 1.3, 0.92), (6, 0.7, 1.12))),
    "egg": Look("egg", (("#fff0d8", "#f3d9b4"), ("#e4eff6", "#c2d8e6"), ("#e6f1ea", "#c4dccd"), ("#f4ecdf", "#e0cfb4")), ("bread", "glass-of-milk"), form="tray", width=180, macro=360, tone="#e0a95f", field="#a9c46c", land=("rooster", "house-with-garden", "deciduous-tree"), hues=((0, 1, 1), (0, 0.5, 1.15), (70, 0.5, 1.05), (250, 1.1, 0.88))),
    "shrimp": Look("shrimp", (("#ffe6dd", "#ffcbb8"), ("#e0eff6", "#bcdae8"), ("#e9e9f5", "#cacbe4")), ("lemon", "garlic"), width=280, macro=480, tone="#6fa8c8", field="#7db5c9", land=("cloud", "house-with-garden", "cloud"), is_cold=True, hues=((10, 0.6, 1.15), (0, 1, 1), (150, 0.5, 0.8))),
    "fish": Look("fish", (("#fff2d0", "#f2dc9c"), ("#e0edf6", "#bdd6e8"), ("#e6f0e4", "#c4d9c0")), ("lemon", "garlic"), width=300, macro=500, tone="#7fb0d0", field="#7db5c9", land=("cloud", "house-with-garden", "cloud"), is_cold=True, hues=((150, 0.9, 1.1), (160, 0.7, 1.2), (140, 0.8, 0.95))),
    "honey": Look("honey-pot", (("#fff2cf", "#f5d68d"), ("#f0f3e4", "#d6dfbc"), ("#fde9dc", "#f0c9ac")), ("bread", "teacup-without-handle"), form="one", width=430, macro=400, tone="#e2b04c", field="#b5c777", land=("honeybee", "sunflower", "evergreen-tree"), hues=((0, 1, 1), (4, 0.7, 1.15), (250, 1.1, 0.85))),
    "rice": Look("sheaf-of-rice", (("#f6f1d8", "#e4d9a4"), ("#e8f0e0", "#cadbb8"), ("#f7e8d6", "#e6ccaa")), ("steaming-bowl", "pot-of-food"), form="one", width=430, macro=420, tone="#c9b25a", field="#c8c268", land=("tractor", "house-with-garden", "woman-farmer"), hues=((0, 1, 1), (10, 0.9, 0.95), (0, 0.7, 1.12)), group=(1, 2, 3)),
    "tea": Look("teacup-without-handle", (("#eef3e2", "#d6e0c0"), ("#f8e4dc", "#e8c2b2"), ("#f3efe6", "#dcd2be"), ("#e6ecf2", "#c6d2de")), ("teapot", "cherry-blossom"), form="one", width=420, tone="#9ab47c", field="#78ad62", land=("herb", "house-with-garden", "evergreen-tree"), hues=((0, 1, 1), (190, 1.1, 0.95), (20, 0.5, 1.1), (150, 0.9, 0.95)), group=(1, 2, 3, 1), packed="herb"),
    "milk": Look("glass-of-milk", (("#e3f1ff", "#c6e0f8"), ("#fff3dc", "#f0d9a8")), ("cookie", "bread"), form="one", width=330, macro=320, tone="#7fb0dd", field="#8cc06f", land=("cow", "cow", "house-with-garden"), hues=((0, 1, 1), (140, 0.6, 1.05))),
    "cake": Look("birthday-cake", (("#fff2e2", "#f2dac0"), ("#ffe2ea", "#f5c3d0"), ("#e8eefa", "#c8d6ee")), ("strawberry", "hot-beverage"), form="one", width=470, macro=440, tone="#d9a27a", hues=((0, 1, 1), (240, 1.1, 1), (120, 0.5, 1.08))),
    "croissant": Look("croissant", (("#fff0dd", "#f4d9b6"), ("#fdf3cf", "#f0dc92"), ("#efe6de", "#d8c5b4")), ("hot-beverage", "butter"), width=270, macro=460, tone="#d99a5b", hues=((0, 1, 1), (8, 1.15, 1.05), (250, 0.9, 0.8))),
    "mooncake": Look("moon-cake", (("#fbeedd", "#ecd2ae"), ("#f8e0d6", "#e6bca8")), ("teapot", "cherry-blossom"), width=250, macro=440, tone="#c98f5a", hues=((0, 0.7, 1.15), (0, 1.1, 0.9))),
    "cookie": Look("cookie", (("#f6e8da", "#e2c8ae"), ("#fff4d2", "#f2df9c"), ("#fbe2e2", "#eebfc0")), ("glass-of-milk", "hot-beverage"), width=250, macro=430, tone="#c08a5c", hues=((0, 1, 1), (6, 0.8, 1.2), (240, 1, 0.95))),
    "chocolate": Look("chocolate", (("#efe4dc", "#d8c2b2"), ("#e3ecf4", "#c2d2e2"), ("#f5ead2", "#e2cb98")), ("cookie", "hot-beverage"), form="one", width=430, macro=420, tone="#9a6a4c", hues=((0, 1, 0.8), (150, 0.8, 1.05), (30, 1, 1))),
    "facewash": Look("lotion-bottle", PINK, ("soap", "sponge"), form="one", width=260, macro=250, tone="#e59bb9", hues=((0, 1, 1), (110, 0.9, 1), (170, 0.8, 1.02))),
    "soap": Look("soap", PINK, ("sponge", "rose"), form="one", width=400, macro=400, tone="#d79bc4", hues=((0, 1, 1), (0, 0.25, 1.15), (130, 0.3, 0.55))),
    "lipstick": Look("lipstick", (("#ffe3e6", "#f7c3cb"), ("#f3e6e2", "#dfc6be"), ("#ffe9da", "#f7ccac")), ("rose", "glasses"), form="one", width=260, macro=250, tone="#d98b93", hues=((6, 1, 0.95), (8, 0.6, 0.9), (18, 1, 1))),
    "candle": Look("candle", (("#f2ece2", "#dccfbd"), ("#eaf0ea", "#cbdccb"), ("#fdf0d4", "#f0d89c")), ("potted-plant", "cherry-blossom"), form="one", width=230, macro=220, tone="#c9ad8c", hues=((0, 1, 0.92), (0, 0.4, 1.06), (4, 1.5, 0.98)), group=(1, 2, 3)),
    "plant": Look("potted-plant", (("#e6f4e6", "#c4e0c6"), ("#f4efe2", "#dccfb2"), ("#e2eef2", "#bfd6de")), ("basket", "teacup-without-handle"), form="one", width=430, macro=330, tone="#8fb08a", hues=((8, 0.7, 1.05), (0, 1, 0.9), (14, 0.8, 0.95)), group=(1, 2, 3)),
    "flowers": Look("sunflower", (("#fff5d2", "#f4df98"), ("#e4f0f6", "#c2dae6"), ("#fbe6ee", "#efc4d4")), ("basket", "teacup-without-handle"), width=290, macro=420, tone="#d9b85c", hues=((0, 1, 1), (0, 0.3, 1.25), (240, 1, 1))),
    "bear": Look("teddy-bear", (("#f4e9dd", "#dfc9b2"), ("#e3eff6", "#c2d9e6"), ("#f8e4ea", "#e9c2ce")), ("cookie", "glass-of-milk"), form="one", width=470, macro=430, tone="#c99a74", hues=((0, 0.45, 1.25), (0, 1, 1), (244, 0.9, 0.95))),
    "tee": Look("t-shirt", STONE, ("jeans", "running-shoe", "glasses"), form="one", width=560, macro=520, tone="#b8b0a4", hues=((0, 0.22, 1.25), (0, 0.62, 0.98), (70, 0.75, 0.95), (190, 1, 0.9))),
    "shoe": Look("running-shoe", STONE, ("jeans", "glasses", "t-shirt"), form="one", width=520, macro=500, tone="#a8a4b8", hues=((0, 1, 1), (110, 0.9, 1), (180, 1, 0.8))),
    "handbag": Look("handbag", STONE, ("glasses", "scarf", "lipstick"), form="one", width=500, macro=480, tone="#b89a84", hues=((0, 1, 1), (150, 0.8, 0.95), (230, 1.3, 1))),
    "scarf": Look("scarf", STONE, ("handbag", "glasses", "t-shirt"), form="one", width=500, macro=480, tone="#c09a92", hues=((140, 0.5, 1), (20, 0.6, 1.05), (0, 1, 1))),
}  # fmt: skip
ROWS = (
    ((3, 0.85), (4, 0.95), (3, 1.05)),
    ((2, 0.95), (3, 1.15)),
    ((4, 0.8), (5, 0.9), (4, 1.0)),
    ((1, 1.0), (2, 1.1), (3, 1.2)),
)


@dataclass(frozen=True)
class Sitter:
    """A product before the painter."""

    look: Look
    goods: Goods
    cut: Image.Image
    top: Colour
    bottom: Colour
    rows: tuple[tuple[int, float], ...]
    group: int


def cut(name: str, hue: int = 0, saturation: float = 1.0, light: float = 1.0) -> Image.Image:
    """A drawing, in its own colours or turned round the wheel (0 to 255)."""
    image = Image.open(CUTS / f"{name}.webp").convert("RGBA")
    if (hue, saturation, light) == (0, 1, 1):
        return image
    alpha = image.getchannel("A")
    hues, saturations, values = image.convert("RGB").convert("HSV").split()
    hues = hues.point(lambda value: (value + hue) % 256)
    saturations = saturations.point(lambda value: min(255, int(value * saturation)))
    values = values.point(lambda value: min(255, int(value * light)))
    turned = Image.merge("HSV", (hues, saturations, values)).convert("RGB")
    turned.putalpha(alpha)
    return turned


# ---- parts ---------------------------------------------------------------------------------


def ramp(top: Sequence[int], bottom: Sequence[int]) -> Image.Image:
    mask = Image.linear_gradient("L").resize((S, S))
    return Image.composite(
        Image.new("RGB", (S, S), tuple(bottom)), Image.new("RGB", (S, S), tuple(top)), mask
    )


def glow(image: Image.Image, x: int, y: int, radius: int, colour: Colour = WHITE, power: float = 0.8) -> None:
    mask = ImageChops.invert(Image.radial_gradient("L").resize((2 * radius, 2 * radius)))
    mask = mask.point(lambda value: int(max(0, value - 76) * 255 / 179 * power))
    image.paste(Image.new("RGB", mask.size, colour), (x - radius, y - radius), mask)


def soft(
    image: Image.Image, box: tuple[float, float, float, float], colour: Colour, alpha: float, blur: float
) -> None:
    """A blurred ellipse: a contact shadow, a light, haze."""
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).ellipse(box, fill=int(alpha * 255))
    image.paste(Image.new("RGB", image.size, colour), (0, 0), mask.filter(ImageFilter.GaussianBlur(blur)))


def place(
    image: Image.Image,
    thing: Image.Image,
    x: float,
    foot: float,
    width: float,
    turn: float = 0,
    *,
    is_flipped: bool = False,
    dim: float = 1.0,
    blur: int = 0,
    shadow: float = 0.32,
) -> None:
    """Stand a thing with its foot on a height; what is behind is dimmed and blurred."""
    thing = thing.resize((round(width), round(thing.height * width / thing.width)), Image.Resampling.LANCZOS)
    if is_flipped:
        thing = thing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if turn:
        thing = thing.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    if dim != 1:
        alpha = thing.getchannel("A")
        thing = ImageEnhance.Brightness(thing.convert("RGB")).enhance(dim).convert("RGBA")
        thing.putalpha(alpha)
    if blur:
        pad = blur * 3
        wide = Image.new("RGBA", (thing.width + 2 * pad, thing.height + 2 * pad), (35, 15, 10, 0))
        wide.paste(thing, (pad, pad))
        thing, foot = wide.filter(ImageFilter.GaussianBlur(blur)), foot + pad
    if shadow:
        soft(
            image,
            (x - width * 0.46, foot - width * 0.10, x + width * 0.50, foot + width * 0.09),
            (70, 30, 20),
            shadow,
            width * 0.05,
        )
    image.paste(thing, (round(x - thing.width / 2), round(foot - thing.height)), thing)


def pile(
    image: Image.Image,
    dice: random.Random,
    thing: Image.Image,
    x: float,
    foot: float,
    width: float,
    rows: Sequence[tuple[int, float]],
    spread: float = 0.74,
    turn: float = 14,
) -> None:
    """Rows from back to front, each lower, larger and brighter."""
    for number, (count, size) in enumerate(rows):
        y = foot - (len(rows) - 1 - number) * width * 0.34
        for one in dice.sample(range(count), count):
            place(
                image, thing, x + (one - (count - 1) / 2) * width * spread * size + dice.uniform(-8, 8), y + dice.uniform(-6, 6),
                width * size * dice.uniform(0.95, 1.05), dice.uniform(-turn, turn), is_flipped=dice.random() < 0.5,
                dim=0.84 + 0.16 * (number + 1) / len(rows), shadow=0.26,
            )  # fmt: skip


def label(
    image: Image.Image, words: str, x: float, y: float, size: int, ink: Colour, *, is_on_paper: bool
) -> None:
    pen, font = ImageDraw.Draw(image), ImageFont.truetype("NotoSansCJK-Bold.ttc", size, index=2)
    width = pen.textlength(words, font=font)
    if is_on_paper:
        pen.rounded_rectangle(
            (x - width / 2 - 22, y - size * 0.85, x + width / 2 + 22, y + size * 0.85), size, fill=WHITE
        )
    pen.text((x, y), words, font=font, fill=ink, anchor="mm")


# ---- grounds -------------------------------------------------------------------------------


def studio(top: Colour, bottom: Colour) -> Image.Image:
    image = ramp(mix(top, WHITE, 0.35), bottom)
    glow(image, S // 2, 400, 470)
    mask = Image.new("L", (S, S))
    ImageDraw.Draw(mask).ellipse((-320, 610, S + 320, 1500), fill=255)
    image.paste(ramp(mix(bottom, WHITE, 0.72), bottom), (0, 0), mask)
    return image


def fields(dice: random.Random, crop: Colour) -> Image.Image:
    """Where it grows: sky, haze round the sun, three ridges, rows that run to the horizon."""
    image = ramp((150, 205, 240), (255, 246, 226))
    glow(image, dice.choice((240, 730)), 260, 420, (255, 244, 205), 1)
    for layer in range(3):
        x = dice.randint(-60, 860)
        for dx, r in ((0, 60), (70, 80), (150, 55)):
            y = 110 + layer * 60
            soft(image, (x + dx - r, y - r * 0.5, x + dx + r, y + r * 0.5), WHITE, 0.8, 14)
    for layer in range(3):
        y = 400 + layer * 62
        ridge = [(-50, S), *((x, y + dice.randint(-46, 40)) for x in range(-50, S + 150, 130)), (S + 50, S)]
        mask = Image.new("L", (S, S))
        ImageDraw.Draw(mask).polygon(ridge, fill=255)
        colours = mix((126, 178, 140), crop, layer / 2), mix(crop, (40, 80, 40), 0.25)
        image.paste(ramp(*colours), (0, 0), mask.filter(ImageFilter.GaussianBlur(9 - 3 * layer)))
    pen = ImageDraw.Draw(image, "RGBA")
    for row in range(-9, 10):
        line = [
            (500 + row * 26, 575),
            (509 + row * 26, 575),
            (590 + row * 190, S),
            (500 + row * 190, S),
        ]
        pen.polygon(line, fill=(*mix(crop, (30, 66, 30), 0.55), 92))
    return image.filter(ImageFilter.GaussianBlur(2.2))


def room(dice: random.Random, wall: Colour) -> Image.Image:
    image = ramp(mix(wall, WHITE, 0.5), wall)
    for _ in range(9):
        x, y, r = dice.randint(0, S), dice.randint(0, 470), dice.randint(40, 120)
        soft(image, (x - r, y - r, x + r, y + r), mix(wall, WHITE, dice.uniform(0.3, 0.9)), 0.5, 16)
    return image


def wood(image: Image.Image, dice: random.Random, y: int, tone: Colour) -> None:
    """A wooden table in perspective: planks, grain and a lit far edge."""
    pen = ImageDraw.Draw(image, "RGBA")
    for plank in range(-5, 6):
        shade = WHITE if dice.random() < 0.5 else (110, 70, 40)
        colour = mix(tone, shade, dice.uniform(0.02, 0.13))
        far, near = ([500 + (plank + end) * step for end in (0, 1)] for step in (150, 300))
        pen.polygon([(far[0], y), (far[1], y), (near[1], S), (near[0], S)], fill=colour)
        for _ in range(16):
            at = dice.random()
            grain = (*mix(colour, (80, 45, 20), 0.5), dice.randint(14, 46))
            pen.line(
                [(far[0] + 150 * at, y), (near[0] + 300 * at, S)], fill=grain, width=dice.choice((2, 3, 5))
            )
        pen.line([(far[0], y), (near[0], S)], fill=(70, 40, 20, 110), width=4)
    glow(image, 340, y + 120, 380, (255, 246, 230), 0.34)


def cloth(image: Image.Image, y: int, colour: Colour) -> None:
    """Gingham: half-clear bands both ways, so that their crossings are darker."""
    layer = Image.new("RGB", (S, S), (252, 250, 246))
    pen = ImageDraw.Draw(layer, "RGBA")
    for band in range(-2, 22):
        pen.rectangle((band * 96, 0, band * 96 + 48, S), fill=(*colour, 92))
        pen.rectangle((0, band * 96, S, band * 96 + 48), fill=(*colour, 92))
    lying = (1.0, 0.55, -180, 0, 1.75, -y * 0.55, 0, 0.0011, 0.62)
    layer = layer.transform((S, S), Image.Transform.PERSPECTIVE, lying, Image.Resampling.BICUBIC)
    mask = Image.new("L", (S, S))
    ImageDraw.Draw(mask).rectangle((0, y, S, S), fill=255)
    image.paste(layer, (0, 0), mask)
    soft(image, (-200, y - 36, S + 200, y + 26), (90, 60, 40), 0.22, 16)


def plate(image: Image.Image, x: float, y: float, width: float) -> None:
    height = width * 0.36
    soft(
        image,
        (x - width * 0.52, y - height * 0.28, x + width * 0.54, y + height * 0.66),
        (70, 40, 25),
        0.42,
        20,
    )
    pen = ImageDraw.Draw(image)
    for lower, grow, colour in (
        (12, 0.5, mix(WHITE, (150, 140, 135), 0.35)),
        (0, 0.5, WHITE),
        (2, 0.37, mix(WHITE, (200, 190, 184), 0.3)),
        (4, 0.36, (255, 254, 252)),
    ):
        pen.ellipse(
            (x - width * grow, y - height * grow + lower, x + width * grow, y + height * grow + lower),
            fill=colour,
        )


# ---- scenes --------------------------------------------------------------------------------


def hero(dice: random.Random, one: Sitter) -> Image.Image:
    image = studio(one.top, one.bottom)
    if one.look.form == "pile":
        for x, y, width in ((120, 430, 120), (885, 400, 140)):
            place(image, one.cut, x, y, width, dice.uniform(-30, 30), dim=1.05, blur=7, shadow=0)
        pile(image, dice, one.cut, 500, 850, one.look.width, one.rows)
    elif one.look.form == "tray":
        tray(image, dice, one.cut, 500, 840, 720, columns=5 if len(one.rows) > 2 else 4)
    else:  # a single thing stands alone, with two that belong to it
        for prop, x in zip(one.look.beside, dice.sample((190, 815), 2), strict=False):
            place(image, cut(prop), x, 800, 210, dice.uniform(-8, 8))
        for x, foot, part in ((330, 800, 0.72), (675, 805, 0.66))[: one.group - 1]:
            place(image, one.cut, x, foot, one.look.width * part, dim=0.93)
        place(image, one.cut, 500, 850, one.look.width)
    return image


def tray(
    image: Image.Image,
    dice: random.Random,
    thing: Image.Image,
    x: float,
    foot: float,
    width: float,
    *,
    columns: int,
) -> None:
    """A pulp tray for round things: cup, thing, and the cup's lip before it."""
    grey, rows = (188, 180, 170), 4
    soft(image, (x - width * 0.56, foot - 60, x + width * 0.58, foot + 50), (60, 40, 25), 0.45, 20)
    for row in range(rows):
        wide = width * (0.80 + 0.20 * row / (rows - 1))
        y = foot - (rows - 1 - row) * width * 0.145
        back = mix(grey, (90, 80, 70), 0.3 - 0.06 * row)
        ImageDraw.Draw(image).rounded_rectangle(
            (x - wide / 2, y - width * 0.10, x + wide / 2, y), 22, fill=back
        )
        step = wide / columns
        for column in range(columns):
            middle = x - wide / 2 + step * (column + 0.5)
            place(
                image, thing, middle, y - width * 0.012, step * 0.80, dice.uniform(-7, 7), dim=0.88 + 0.04 * row, shadow=0
            )  # fmt: skip
            lip = (middle - step * 0.5, y - width * 0.085, middle + step * 0.5, y + width * 0.05)
            ImageDraw.Draw(image).pieslice(lip, 0, 180, fill=mix(grey, WHITE, 0.07 * row))


def size(dice: random.Random, one: Sitter) -> Image.Image:
    """One piece over a millimetre rule, with what is claimed of it in words."""
    image = ramp((252, 250, 246), (240, 236, 230))
    pen = ImageDraw.Draw(image)
    for step in range(0, S, 50):
        pen.line((step, 0, step, S), fill=(231, 226, 218), width=2)
        pen.line((0, step, S, step), fill=(231, 226, 218), width=2)
    place(image, one.cut, 500, 740, one.look.macro, dice.uniform(-9, -3))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((130, 800, 870, 880), 12, fill=(255, 214, 120))
    for step in range(71):
        pen.line(
            (150 + step * 10, 800, 150 + step * 10, 830 if step % 5 else 848), fill=(90, 60, 10), width=3
        )
    label(image, one.goods.claim, 500, 150, 60, (28, 26, 25), is_on_paper=True)
    return image


def origin(dice: random.Random, one: Sitter) -> Image.Image:
    image = fields(dice, rgb(one.look.field))
    spots = zip(one.look.land, dice.sample((140, 860, 700), 3), (640, 610, 600), (220, 170, 150), strict=True)
    for prop, x, y, width in spots:
        place(image, cut(prop), x, y, width, blur=1, shadow=0.2)
    crate(image, dice, one.cut, 500, 900, 640)
    return image


def crate(
    image: Image.Image, dice: random.Random, thing: Image.Image, x: float, foot: float, width: float
) -> None:
    plank, height = (196, 144, 92), width * 0.34
    soft(image, (x - width * 0.56, foot - 40, x + width * 0.6, foot + 44), (50, 45, 20), 0.5, 22)
    inside = (x - width / 2, foot - height - width * 0.10, x + width / 2, foot - height * 0.4)
    ImageDraw.Draw(image).rectangle(inside, fill=mix(plank, (50, 30, 10), 0.5))
    pile(image, dice, thing, x, foot - height * 0.62, width * 0.24, ((4, 0.9), (5, 1.0)), 0.82, 20)
    pen = ImageDraw.Draw(image)
    for board in range(3):
        y = foot - height + board * height / 3
        colour = mix(plank, WHITE, 0.10 - 0.05 * board)
        pen.rounded_rectangle((x - width / 2 - 12, y, x + width / 2 + 12, y + height / 3 - 9), 6, fill=colour)
        for _ in range(5):
            at = y + dice.uniform(8, height / 3 - 18)
            grain = mix(plank, (90, 55, 25), 0.25)
            pen.line((x - width / 2, at, x + width / 2, at + dice.uniform(-4, 4)), fill=grain, width=2)
    for post in (x - width / 2 + 10, x + width / 2 - 10):
        pen.rounded_rectangle(
            (post - 24, foot - height - 12, post + 24, foot), 6, fill=mix(plank, (70, 40, 15), 0.22)
        )


def table(dice: random.Random, one: Sitter) -> Image.Image:
    image = room(dice, WALL)
    cloth(image, 470, rgb(one.look.tone))
    return served(image, dice, one)


def served(image: Image.Image, dice: random.Random, one: Sitter) -> Image.Image:
    for prop, x, width in zip(one.look.beside, dice.sample((170, 835), 2), (240, 250), strict=False):
        place(image, cut(prop), x, 600, width, dim=0.95, blur=2)
    plate(image, 500, 740, 620)
    if one.look.form == "one":
        place(image, one.cut, 500, 770, one.look.width * 0.72)
    else:
        pile(image, dice, one.cut, 500, 770, one.look.width * 0.68, ((2, 0.9), (3, 1.0)))
    return image


def carton(dice: random.Random, one: Sitter) -> Image.Image:
    image = studio(mix(one.top, (255, 250, 240), 0.5), mix(one.bottom, (226, 205, 180), 0.5))
    box(image, dice, one, 500, 420, 660)
    if one.look.is_cold:
        for x in (140, 880):
            place(image, cut("ice"), x, 880, 150, dice.uniform(-10, 10))
    return image


def box(image: Image.Image, dice: random.Random, one: Sitter, x: float, top: float, width: float) -> None:
    """An open carton, drawn back to front: rear flap, dark interior, goods in paper, printed front."""
    card, pen = (206, 160, 110), ImageDraw.Draw(image)
    left, right, lip, height = x - width / 2, x + width / 2, top + width * 0.16, width * 0.46
    soft(image, (left - 30, lip + height - 40, right + 60, lip + height + 50), (70, 40, 25), 0.45, 22)
    back = [
        (left + 40, top),
        (right - 40, top),
        (right - 10, top - width * 0.15),
        (left + 10, top - width * 0.15),
    ]
    pen.polygon(back, fill=mix(card, WHITE, 0.2))
    pen.polygon(
        [(left + 40, top), (right - 40, top), (right, lip), (left, lip)], fill=mix(card, (60, 35, 20), 0.62)
    )
    for _ in range(46):  # shredded paper
        px, py = dice.uniform(left + 30, right - 30), dice.uniform(top + 16, lip + 10)
        arc = (px - 34, py - 20, px + 34, py + 20)
        strip = mix((247, 232, 200), card, dice.uniform(0, 0.5))
        pen.arc(arc, dice.randint(0, 360), dice.randint(200, 420), fill=strip, width=5)
    few = one.look.form == "one"
    rows = ((2, 1.0), (3, 1.1)) if few else ((3, 0.95), (4, 1.05))
    thing = cut(one.look.packed) if one.look.packed else one.cut
    pile(image, dice, thing, x, lip + width * 0.10, width * (0.3 if few else 0.25), rows, 0.86, 20)
    pen = ImageDraw.Draw(image)
    pen.polygon([(left, lip), (right, lip), (right - 14, lip + height), (left + 14, lip + height)], fill=card)
    edge = [(left, lip), (right, lip), (right - 6, lip + height * 0.2), (left + 6, lip + height * 0.2)]
    pen.polygon(edge, fill=mix(card, WHITE, 0.12))
    for side, way, shade, part in ((left, -1, WHITE, 0.25), (right, 1, (80, 50, 30), 0.16)):
        flap = [
            (side, lip),
            (side + way * width * 0.13, lip + width * 0.10),
            (side + way * width * 0.10, lip + width * 0.16),
            (side - way * 2, lip + width * 0.09),
        ]
        pen.polygon(flap, fill=mix(card, shade, part))
    ink = mix(card, (60, 30, 10), 0.72)
    label(image, one.goods.printed, x, lip + height * 0.56, 40, ink, is_on_paper=False)


def laid(dice: random.Random, one: Sitter) -> Image.Image:
    """Laid flat on wood, with things it is used with."""
    image = Image.new("RGB", (S, S), (226, 196, 160))
    wood(image, dice, -300, mix((226, 190, 150), one.bottom, 0.3))
    spots = ((190, 430, 260), (800, 420, 240), (790, 930, 230))
    for prop, (x, y, width) in zip(one.look.beside, spots, strict=False):
        place(image, cut(prop), x, y, width, dice.uniform(-16, 16), shadow=0.4)
    place(image, one.cut, 470, 880, min(one.look.width * 1.05, 560), dice.uniform(-12, -4), shadow=0.4)
    return image


def neighbour(dice: random.Random, one: Sitter) -> Image.Image:
    """What a buyer's phone saw: tilted, cropped, uneven light, a little noise."""
    image = room(dice, (206, 184, 160))
    wood(image, dice, 470, dice.choice(((170, 116, 74), (220, 176, 124), (140, 92, 62))))
    image = served(image, dice, one).rotate(dice.uniform(-5, 5), Image.Resampling.BICUBIC)
    dx = dice.randint(-50, 60)
    image = image.crop((70 + dx, 110, 870 + dx, 910)).resize((S, S), Image.Resampling.LANCZOS)
    image = ImageEnhance.Color(image).enhance(dice.uniform(0.86, 0.98))
    image = ImageEnhance.Contrast(image).enhance(dice.uniform(0.94, 1.04))
    cast = (255, 206, 140) if dice.random() < 0.6 else (168, 196, 236)
    image = Image.blend(image, Image.new("RGB", image.size, cast), dice.uniform(0.05, 0.10))
    shift = dice.randint(-160, 160)
    corner = Image.radial_gradient("L").resize((1700, 1700)).crop((350 + shift, 350, 1350 + shift, 1350))
    image.paste((24, 16, 12), (0, 0), corner.resize((S, S)).point(lambda value: int(value * 0.34)))
    return image


DRAWN = {
    "hero": hero, "size": size, "origin": origin, "table": table, "carton": carton, "laid": laid, "neighbour": neighbour,
}  # fmt: skip


def sitter(kind: Kind, number: int) -> Sitter:
    look = LOOKS[kind.code]
    top, bottom = look.grounds[number % len(look.grounds)]
    hue = look.hues[number] if number < len(look.hues) else (0, 1.0, 1.0)
    rows = ROWS[number % len(ROWS)]
    if number % 2:
        look = replace(look, beside=(look.beside[1], look.beside[0], *look.beside[2:]))
    return Sitter(
        look,
        kind.goods[number],
        cut(look.drawing, *hue),
        rgb(top),
        rgb(bottom),
        rows,
        look.group[number % len(look.group)],
    )


def paint(kind: Kind, number: int) -> None:
    one = sitter(kind, number)
    scenes = [path.rpartition("-")[2].removesuffix(".webp") for path in kind.pictures(number)]
    for scene in (*scenes, "neighbour"):
        image = DRAWN[scene](random.Random(f"{kind.code} {number} {scene}"), one)
        image = image.resize((OUT, OUT), Image.Resampling.LANCZOS)
        image.save(TARGET / f"{kind.code}-{number}-{scene}.webp", quality=70, method=4)


def alike(folder: Path) -> list[tuple[str, str]]:
    """Pairs of main pictures that a buyer could take for one another: alike in form and in colour."""
    seen = [(file.stem, _form(file), _colours(file)) for file in sorted(folder.glob("*-hero.webp"))]
    return [
        (one, other)
        for place_, (one, form, colours) in enumerate(seen)
        for other, form_, colours_ in seen[place_ + 1 :]
        if (form ^ form_).bit_count() < LEAST_BITS
        and max(abs(a - b) for a, b in zip(colours, colours_, strict=True)) < LEAST_COLOUR
    ]


def _form(file: Path) -> int:
    """64 bits of brightness from left to right: few differ between pictures that look alike."""
    pixels = Image.open(file).convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    return sum(
        1 << (row * 8 + column)
        for row in range(8)
        for column in range(8)
        if pixels[row * 9 + column] > pixels[row * 9 + column + 1]
    )


def _colours(file: Path) -> bytes:
    return Image.open(file).convert("RGB").resize((4, 4), Image.Resampling.BOX).tobytes()


def main(asked: Sequence[str]) -> str | int:
    """Draw the kinds that are named, or all (none with --check); exit with the main pictures that are alike."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        if "--check" not in asked and (not asked or kind.code in asked):
            for number in range(len(kind.goods)):
                paint(kind, number)
    pairs = alike(TARGET)
    return f"too alike: {pairs}" if pairs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
