"""Charts drawn by the server as SVG points: no script, any theme, printable."""

from collections.abc import Sequence


def polyline(
    values: Sequence[int], width: int, height: int, *, top: int = 4, most: int | None = None, slots: int = 0
) -> str:
    """The points of a line through values, scaled into a box. slots: how many values the box is wide; these when 0."""
    if not values:
        return ""
    most = most or max([*values, 1])
    step = width / max((slots or len(values)) - 1, 1)
    return " ".join(
        f"{i * step:.1f},{height - (height - top) * value / most:.1f}" for i, value in enumerate(values)
    )


def area(
    values: Sequence[int], width: int, height: int, *, top: int = 4, most: int | None = None, slots: int = 0
) -> str:
    """The points of the area under that line."""
    if not values:
        return ""
    line = polyline(values, width, height, top=top, most=most, slots=slots)
    return f"0,{height} {line} {line.split(' ')[-1].split(',')[0]},{height}"


def ticks(most: int, count: int = 4) -> list[int]:
    """Round steps from 0 to at least the most."""
    step = 1
    while step * count < most:
        step = step * 2 if str(step)[0] == "1" else step * 5 // 2 if str(step)[0] == "2" else step * 2
    return [step * n for n in range(count + 1)]


def bars(
    values: Sequence[int], width: int, height: int, *, gap: int = 14
) -> list[dict[str, float | int | bool]]:
    """Bars side by side: x, y, width, height, value, whether it is the last."""
    if not values:
        return []
    most = max(*values, 1) if len(values) > 1 else max(values[0], 1)
    each = (width - gap * (len(values) - 1)) / len(values)
    drawn = []
    for i, value in enumerate(values):
        tall = max(height * max(value, 0) / most, 3)
        drawn.append(
            {
                "x": round(i * (each + gap), 1),
                "y": round(height - tall, 1),
                "w": round(each, 1),
                "h": round(tall, 1),
                "mid": round(i * (each + gap) + each / 2, 1),
                "value": value,
                "last": i == len(values) - 1,
            }
        )
    return drawn
