"""Tables as people save them: CSV of any encoding and separator that their program writes, or XLSX; read row by row.

A row has the number that a person sees at its left. Headings are known by their names and synonyms; one that is not known, or
stands twice, is told by name, never passed over: what it held would be lost without a word.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from linli.core.typed import BadValue, read_text

MOST_BYTES = 200 * 1024 * 1024
MOST_UNPACKED = 600 * 1024 * 1024
MOST_CELL = 100_000
SEPARATORS = ",;\t|，；"
ENCODINGS = ("utf-8-sig", "gb18030")


FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
MOST_DIGITS = 11  # of a number that spreadsheets show as it is written; longer ones become 2.6E+19


class BadTable(ValueError):
    """The file cannot be read as a table; the message says why and what to do."""


class BadRow(ValueError):
    """A row that cannot be taken; the message names the column and the fix."""


@dataclass(frozen=True)
class Row:
    """A row by its columns' names; number: what a person sees beside it. fault: it cannot be read, and why."""

    number: int
    cells: Mapping[str, str]
    fault: str = ""


def plain_cell(text: str) -> str:
    """A text as a cell of CSV that a spreadsheet takes for text: neither a formula nor a rounded number. `read_table` takes it back."""
    if text.startswith(FORMULA_SIGNS):
        return "'" + text
    return "\t" + text if text.isdigit() and len(text) > MOST_DIGITS else text


def read_table(path: Path, columns: Mapping[str, Sequence[str]], *, required: Sequence[str]) -> Iterator[Row]:
    """The rows of a file, blank ones left out. columns: each name with its synonyms. Raises BadTable, before the first row."""
    rows = _xlsx(path) if _is_zip(path) else _csv(path)
    heading: list[str] | None = None
    for number, cells in enumerate(rows, 1):
        if cells is None:
            if heading is None:
                raise BadTable("the headings cannot be read")
            yield Row(number, {}, "a cell is longer than 100,000 characters, or a quote is not closed")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if heading is None:
            heading = _heading(cells, columns, required)
            continue
        yield _row(number, cells, heading)
    if heading is None:
        raise BadTable(f"the file is empty; its first row names the columns: {', '.join(columns)}")


def read_cell[T](
    cells: Mapping[str, str], column: str, read: Callable[[str], T], like: str, *, if_empty: T | None = None
) -> T:
    """The value of a cell by the reader of its kind; like: what it should be. Raises BadRow."""
    text = cells.get(column, "").strip()
    if not text and if_empty is not None:
        return if_empty
    try:
        return read(text)
    except BadValue as error:
        fault = "too large" if error.code == "too_large" else f"not {like}"
        raise BadRow(f"{column}: «{text[:40]}» is {fault}") from None


def _row(number: int, cells: Sequence[str], heading: Sequence[str]) -> Row:
    known = {name: _unescaped(cell) for name, cell in zip(heading, cells, strict=False)}
    if any(cell.strip() for cell in cells[len(heading) :]):
        return Row(number, known, "it has more cells than there are headings")
    if any("\0" in cell for cell in cells):
        return Row(number, known, "it has a character that is none (NUL)")
    return Row(number, {name: cell for name, cell in known.items() if name})


def _unescaped(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_SIGNS) else cell


def _heading(
    cells: Sequence[str], columns: Mapping[str, Sequence[str]], required: Sequence[str]
) -> list[str]:
    names = {_key(word): name for name, words in columns.items() for word in (name, *words)}
    found = [names.get(_key(cell), "") for cell in cells]
    unknown = [cell.strip() for cell, name in zip(cells, found, strict=True) if cell.strip() and not name]
    twice = sorted({name for name in found if name and found.count(name) > 1})
    missing = [name for name in required if name not in found]
    if unknown:
        raise BadTable(f"unknown columns: {', '.join(unknown)}; known are {_known(columns)}")
    if twice:
        raise BadTable(f"columns that stand twice: {', '.join(twice)}")
    if missing:
        raise BadTable(f"missing columns: {', '.join(missing)}; known are {_known(columns)}")
    return found


def _known(columns: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(f"{name} ({words[0]})" if words else name for name, words in columns.items())


def _key(text: str) -> str:
    return "".join(read_text(text).lower().replace("_", " ").split())


def _csv(path: Path) -> Iterator[list[str] | None]:
    """The records of a CSV file; None for one that cannot be read. A record is a row, however many lines its cells have."""
    if path.stat().st_size > MOST_BYTES:
        raise BadTable("the file is larger than 200 MB; cut it into several")
    text = _decoded(path.read_bytes())
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=lambda sign: (first.count(sign), -SEPARATORS.index(sign)))
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTable("the file is neither UTF-8, UTF-16 nor GB18030; save it as CSV UTF-8")


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _xlsx(path: Path) -> Iterator[list[str] | None]:
    from openpyxl import load_workbook  # inline: 40 ms and 10 MB that only a file needs
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise BadTable("the workbook is too large when unpacked; save the sheet as CSV")
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise BadTable(f"the workbook cannot be read: {error}") from None
    for row in book.worksheets[0].iter_rows(values_only=True):
        cells = ["" if cell is None else _cell(cell) for cell in row]
        yield None if any(len(cell) > MOST_CELL for cell in cells) else cells


def _cell(value: object) -> str:
    """A number as a person reads it: 12, not 12.0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
