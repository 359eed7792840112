"""A JSON document as lines, each with the findings about the key that stands on it."""

import json
from typing import Any


def lines_of(document: Any, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of a pretty-printed document: number, text, and the findings about the key that begins there; a finding about
    a key that is not written stands at the nearest one around it."""
    rows: list[tuple[str, str]] = []
    _write(document, "", "", "", rows)
    written = {path for _, path in rows}
    by_line: dict[str, list[dict[str, Any]]] = {}
    for one in findings:
        by_line.setdefault(_nearest(one["path"], written), []).append(one)
    lines = []
    for number, (text, path) in enumerate(rows, 1):
        lines.append({"number": number, "text": text, "findings": by_line.pop(path, [])})
    return lines


def _nearest(path: str, written: set[str]) -> str:
    while path and path not in written:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return path


def _write(
    value: Any, path: str, label: str, indent: str, rows: list[tuple[str, str]], comma: str = ""
) -> None:
    """Nested values open lines of their own, except those that fit on one."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or (path and len(flat) <= 60):
        rows.append((f"{indent}{label}{flat}{comma}", path))
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    rows.append((f"{indent}{label}{opening}", path))
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for n, (key, one) in enumerate(items):
        below = f"{path}[{key}]" if isinstance(value, list) else f"{path}.{key}" if path else str(key)
        name = f"{json.dumps(key, ensure_ascii=False)}: " if isinstance(value, dict) else ""
        _write(one, below, name, indent + "  ", rows, "," if n < len(items) - 1 else "")
    rows.append((f"{indent}{closing}{comma}", "}"))
