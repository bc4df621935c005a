"""Rows as CSV or XLSX that a spreadsheet opens as text and numbers, never as formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Invalid, Text
from core.keyset import Order, page, whole_number
from core.localtime import local_zone

Kind = Literal["text", "number", "date", "moment", "yes_no"]
Progress = Callable[[int], None]

CHUNK = 2000
SHEET_ROWS = 1_048_575
"""Rows that a sheet holds below its headings."""
_SHEET_CELL = 32_767
BY_ID = Order(("id",), (whole_number,))
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` is stable for machines, `label` for people, `value` takes a row.

    `kind` says how a value is written: numbers with a point and without grouping, dates as YYYY-MM-DD,
    moments as local time YYYY-MM-DD HH:MM:SS, yes_no as words. None is an empty cell.
    """

    key: str
    label: Text
    value: Callable[[Any], Any]
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """What an exporter gives:

    columns and an iterator over rows that never holds more than a chunk of them.
    """

    columns: Sequence[Column]
    rows: Iterable[Any]


def in_chunks(rows: QuerySet[Any, Any], order: Order = BY_ID, size: int = CHUNK) -> Iterator[Any]:
    """All rows in an indexed order, read `size` at a time by position: short statements, flat memory.

    `rows` gives instances or `.values()` with the order's columns. A row that changes place while the export
    runs may be missed or come twice only if its order columns change; the id never does.
    """
    cursor = ""
    while True:
        chunk = page(rows, order, size, cursor)
        yield from chunk.rows
        if chunk.next is None:
            return
        cursor = chunk.next


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: ' stands before = + - @, tab, CR and their full-width forms.

    Plain negative numbers stay numbers. Leading blanks do not hide a formula. NUL, which no CSV reader likes,
    goes.
    """
    first = text[:1]
    if first not in _FORMULA and not first.isspace() and "\x00" not in text:
        return text
    clean = text.replace("\x00", "")
    if _PLAIN_NUMBER.fullmatch(clean):
        return clean
    begins = clean.startswith(_FORMULA) or clean.lstrip().startswith(_FORMULA)
    return f"'{clean}" if begins else clean


def cell(value: Any, kind: Kind = "text") -> str:
    """A value as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, str) and kind == "text":
        return neutral(value)
    if isinstance(value, bool) or kind == "yes_no":
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return value.astimezone(local_zone()).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, int) else neutral(str(value))


def write_csv(path: Path, table: Table, progress: Progress | None = None) -> int:
    """Write a table as UTF-8 with BOM (Excel needs it to read Chinese), CRLF; returns the number of rows.

    Labels and words come out in the language in force. `progress` is called after every chunk with the rows
    so far.
    """
    count = 0
    readers = [(column.value, column.kind) for column in table.columns]
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([neutral(str(column.label)) for column in table.columns])
        for count, row in enumerate(table.rows, start=1):
            writer.writerow([cell(value(row), kind) for value, kind in readers])
            if progress and count % CHUNK == 0:
                progress(count)
    return count


def write_xlsx(path: Path, table: Table, progress: Progress | None = None) -> int:
    """Write a table as XLSX, row by row with flat memory; returns the number of rows.

    Texts are texts and never formulas or links, numbers are numbers, days are texts as in the CSV. Refuses
    "too_many_rows" beyond what a sheet holds.
    """
    readers = [(column.value, column.kind) for column in table.columns]

    def rows() -> Iterator[list[Any]]:
        for count, row in enumerate(table.rows, start=1):
            yield [_sheet_cell(value(row), kind) for value, kind in readers]
            if progress and count % CHUNK == 0:
                progress(count)

    return write_sheet(path, [str(column.label) for column in table.columns], rows())


def _sheet_cell(value: Any, kind: Kind) -> Any:
    is_number = kind == "number" and isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return value if is_number else cell(value, kind)


def write_sheet(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write headings and rows of texts, numbers and None as the one sheet of an XLSX; returns the number of rows."""
    from xlsxwriter import Workbook

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent), **plain})
    sheet = book.add_worksheet()
    bold, count = book.add_format({"bold": True}), 0
    for place, head in enumerate(heads):
        sheet.write_string(0, place, _sheet_text(head), bold)
    sheet.freeze_panes(1, 0)
    for count, row in enumerate(rows, start=1):
        if count > SHEET_ROWS:
            raise Invalid("too_many_rows", gettext_lazy("A sheet holds 1,048,575 rows. Ask for CSV instead."))
        for place, value in enumerate(row):
            if isinstance(value, int | float | Decimal):
                sheet.write_number(count, place, value)
            elif value:
                sheet.write_string(count, place, _sheet_text(value))
    book.close()
    return count


def _sheet_text(text: str) -> str:
    short = text[:_SHEET_CELL]
    return short if short.isascii() else short.encode("utf-8", "replace").decode()
