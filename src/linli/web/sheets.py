"""Statements as files: the same rows as CSV, which every program opens, and as an Excel sheet that can be summed."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO

import xlsxwriter
from django.http import HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext

from linli.core.money import yuan
from linli.core.table_file import plain_cell

Row = Sequence[datetime | str | int | None]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Column:
    """A heading and its width in characters. Money comes in fen and is shown in yuan."""

    title: str
    width: int
    is_money: bool = False


def csv_of(name: str, columns: Sequence[Column], rows: Iterable[Row]) -> HttpResponse:
    """The rows under their headings; no text in it is a formula to any program."""
    response = _file(name, "csv", "text/csv; charset=utf-8")
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([column.title for column in columns])
    for row in rows:
        writer.writerow([_text(column, cell) for column, cell in zip(columns, row, strict=True)])
    return response


def xlsx_of(name: str, columns: Sequence[Column], rows: Iterable[Row]) -> HttpResponse:
    """The rows under frozen headings, moments as moments, yuan as numbers, with a sum under each column of money."""
    content = BytesIO()
    # constant_memory: rows are written away one by one, so a statement may be long.
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(name)
        bold = book.add_format({"bold": True, "bottom": 1})
        money = book.add_format({"num_format": "¥#,##0.00;[Red]-¥#,##0.00"})
        total = book.add_format({"num_format": "¥#,##0.00;[Red]-¥#,##0.00", "bold": True, "top": 1})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, bold)
        sums = [0] * len(columns)
        line = 0
        for line, row in enumerate(rows, 1):
            for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
                if column.is_money and isinstance(cell, int):
                    sums[place] += cell
                    sheet.write_number(line, place, _yuan(cell), money)
                elif isinstance(cell, datetime):
                    sheet.write_datetime(line, place, localtime(cell).replace(tzinfo=None), moment)
                elif cell is not None:
                    sheet.write_string(line, place, str(cell))
        sheet.write_string(line + 1, 0, gettext("Sum"), total)
        for place, column in enumerate(columns):
            if column.is_money:
                letter = chr(ord("A") + place)
                formula = f"=SUM({letter}2:{letter}{line + 1})" if line else "=0"
                sheet.write_formula(line + 1, place, formula, total, _yuan(sums[place]))
    response = _file(name, "xlsx", XLSX)
    response.write(content.getvalue())
    return response


def _file(name: str, ending: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def _text(column: Column, cell: datetime | str | int | None) -> str:
    if column.is_money and isinstance(cell, int):
        return yuan(cell).replace(",", "")
    if isinstance(cell, datetime):
        return localtime(cell).strftime("%Y-%m-%d %H:%M")
    return "" if cell is None else plain_cell(str(cell))
