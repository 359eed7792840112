"""Tables as people save them: CSV of any encoding and separator that their program writes, or XLSX; read row by row.

A row has the number that a person sees at its left. Headings are known by their names and synonyms; one that is not known, or
stands twice, is told by name, never passed over: what it held would be lost without a word.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from opencc import OpenCC

from linli.core.typed import BadValue, read_text

MOST_BYTES = 200 * 1024 * 1024
MOST_UNPACKED = 600 * 1024 * 1024
MOST_CELL = 100_000
SEPARATORS = ",;\t|，；"
LEAST_KNOWN = (
    0.8  # of the signs of a file in GB18030: those that GB 2312 has. Of Big5 read so it is about 0.6
)
TOO_LONG = "a cell is longer than 100,000 characters, or a quote stands where none can"
UNKNOWN_ENCODING = "the file is neither UTF-8, UTF-16 nor GB18030; save it as CSV UTF-8"


FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{1,3}|[0-9]\.[0-9]+E[0-9]{2}", re.IGNORECASE)
# What people add to a heading: its unit, a star for what has to be filled in.
ADDED = re.compile(r"[（(][^）)]*[）)]|[*＊:：]")
# What a number format of a spreadsheet writes as it stands: a percent sign there multiplies nothing.
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
LEAST_ROUNDED = 10**15
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
        if isinstance(cells, str):
            if heading is None:
                raise BadTable(f"the headings cannot be read: {cells}")
            yield Row(number, {}, cells)
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if heading is None and cells[0].lower().startswith("sep="):
            continue  # Excel's own note of the separator
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
    if any(map(_rounded, cells)):
        return Row(
            number,
            known,
            "a long number was rounded by the spreadsheet (like 2.6E+19): format its column as text",
        )
    if any("\0" in cell for cell in cells):
        return Row(number, known, "it has a character that is none (NUL)")
    return Row(number, {name: cell for name, cell in known.items() if name})


def _rounded(cell: str) -> bool:
    return bool(ROUNDED.fullmatch(cell.strip()))


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


@lru_cache(maxsize=1)
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")


def _key(text: str) -> str:
    plain = ADDED.sub("", read_text(unicodedata.normalize("NFKC", text)).lower().replace("_", " "))
    return _to_simplified().convert("".join(plain.split()))


def _csv(path: Path) -> Iterator[list[str] | str]:
    """The records of a CSV file, and for one that cannot be read why. A record is a row, however many lines its cells have."""
    if path.stat().st_size > MOST_BYTES:
        raise BadTable("the file is larger than 200 MB; cut it into several")
    text = _decoded(path.read_bytes())
    first = next(
        (line for line in text.splitlines() if line.strip() and not line.lower().startswith("sep=")), ""
    )
    separator = max(SEPARATORS, key=lambda sign: (first.count(sign), -SEPARATORS.index(sign)))
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                yield f"a quote is not closed: nothing from here to line {reader.line_num}, the last of the file, was read"
            else:
                yield TOO_LONG


def _decoded(content: bytes) -> str:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        if b"\0" in content[:2]:  # Latin headings in UTF-16, and nothing that says so
            return content.decode("utf-16-be" if content[0] == 0 else "utf-16-le")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _simplified(content)


def _simplified(content: bytes) -> str:
    """GB18030 decodes almost any bytes. Below Chinese headings it is what it says; below Latin ones, signs for private use, kana, or many
    signs that GB 2312 has not tell that the file was written in another encoding."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        raise BadTable(UNKNOWN_ENCODING) from None
    heading = text.partition("\n")[0]
    if any("\u4e00" <= sign <= "\u9fff" for sign in heading):
        return text
    written = [sign for sign in text if "\u3040" <= sign <= "\u9fff"]
    known = sum(sign >= "\u3400" and len(sign.encode("gb2312", errors="ignore")) == 2 for sign in written)
    if known < len(written) * LEAST_KNOWN or any("\ue000" <= sign <= "\uf8ff" for sign in text):
        raise BadTable(UNKNOWN_ENCODING)
    return text


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _xlsx(path: Path) -> Iterator[list[str] | str]:
    from openpyxl import load_workbook  # inline: 40 ms and 10 MB that only a file needs

    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise BadTable("the workbook is too large when unpacked; save the sheet as CSV")
        book = load_workbook(path, read_only=True, data_only=True)
        rows = iter(book.worksheets[0].iter_rows())
    except BadTable:
        raise
    except Exception as error:  # a damaged file raises whatever its reader stumbles over
        raise BadTable(f"the workbook cannot be read: {error!r}; save the sheet as CSV") from None
    while True:
        try:
            cells = [_cell(cell) for cell in next(rows)]
        except StopIteration:
            return
        except Exception as error:
            raise BadTable(f"the workbook is damaged and cannot be read: {error!r}") from None
        yield TOO_LONG if any(len(cell) > MOST_CELL for cell in cells) else cells


def _cell(cell: Any) -> str:
    """A cell as a person reads it: 12, not 12.0; 10%, not 0.1."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return f"{round(value * 100, 2):g}%" if "%" in LITERAL.sub("", cell.number_format) else f"{value:g}%"
    if isinstance(value, int | float) and abs(value) >= LEAST_ROUNDED:
        return f"{value:.1E}"  # the spreadsheet keeps 15 digits of a number: the row is refused as rounded
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
