"""Rows of a CSV or XLSX file as a stream of cells; memory does not grow with the file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from core.errors import Invalid
from core.imports.archives import check_archive
from core.imports.cells import odd
from core.imports.encodings import codec
from core.imports.limits import LIMITS, Limits, refuse

Cells = Sequence[str]
Numbered = tuple[int, Cells]
"""The number of a row as a spreadsheet shows it, and its cells."""

_MOST_OF_A_CELL = 2_000_000
_MOST_OF_A_LINE = 4_000_000
_EXACT = 10**15  # a spreadsheet keeps 15 digits
csv.field_size_limit(max(csv.field_size_limit(), _MOST_OF_A_CELL))
_NO_TABLES = (
    b"<", b"%PDF", b"\x89PNG",
    b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ\x90", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf",
)  # fmt: skip
_OLD = b"\xd0\xcf\x11\xe0"


def kind_of(head: bytes) -> str:
    """ "xlsx" or "csv" by content, whatever the file is called; refuses what is no table at all."""
    if head.startswith(_OLD):
        raise refuse("file_old_format")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_NO_TABLES):
        raise refuse("file_not_a_table")
    return "xlsx" if head.startswith(b"PK\x03\x04") else "csv"


def read_rows(path: Path, encoding: str, limits: Limits = LIMITS) -> Iterator[Numbered]:
    """All rows of a file, the headings first; blank rows are left out, row numbers count them.

    Raises Invalid at "file", at the row where the reading ends.
    """
    with path.open("rb") as file:
        form = kind_of(file.read(8))
        rows = read_xlsx(file, limits) if form == "xlsx" else read_csv(path, encoding)
        count = 0
        for number, cells in rows:
            if len(cells) > limits.columns and any(cell.strip() for cell in cells[limits.columns :]):
                raise refuse("file_too_many_columns", columns=limits.columns)
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > limits.rows + 1:
                raise refuse("file_too_many_rows", rows=limits.rows)
            yield number, cells


# -- CSV ----------------------------------------------------------------------------------------------------


def read_csv(path: Path, encoding: str) -> Iterator[Numbered]:
    """Rows of a text file with commas, semicolons or tabs, and any sort of line end. What cannot be decoded shows as
    U+FFFD, so that the cell can be named."""
    with path.open(encoding=codec(encoding), errors="replace", newline="") as file:
        delimiter = _delimiter(file)
        yield from _parsed(file, delimiter)


def _delimiter(file: TextIO) -> str:
    first = file.readline(_MOST_OF_A_LINE)
    file.seek(0)
    return max(",;\t", key=first.count)


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(_MOST_OF_A_LINE):
        yield line


def _parsed(file: TextIO, delimiter: str) -> Iterator[Numbered]:
    reader = csv.reader(_lines(file), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            cells = _broken_row(number, str(error))
        if number == 1 and cells:
            cells[0] = cells[0].lstrip("\ufeff")
        yield number, cells


def _broken_row(number: int, error: str) -> list[str]:
    """A row whose quotation marks do not fit is bad by itself; one that never ends takes the file with it."""
    if "end of data" in error:
        raise refuse("file_quote_open", row=number)
    if "field larger" in error:
        raise refuse("file_cell_too_large", row=number)
    return [odd("…", "quotes")]


# -- XLSX ---------------------------------------------------------------------------------------------------


def read_xlsx(file: BinaryIO, limits: Limits = LIMITS) -> Iterator[Numbered]:
    """Rows of the first sheet. Formulas are not computed but marked, links to other files are not followed."""
    from openpyxl import load_workbook

    check_archive(file, limits)
    book = None
    try:
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be true
        for number, row in enumerate(sheet.iter_rows(), start=1):
            yield number, [_cell(cell) for cell in row]
    except Invalid:
        raise
    except Exception as error:
        # A broken or hand-made file makes the library raise nearly anything; whatever it is, the file is to blame.
        raise refuse("file_unreadable") from error
    finally:
        if book is not None:
            book.close()


def _cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return odd(str(getattr(value, "text", value)), "formula")
    return cell_text(value)


def cell_text(value: Any) -> str:
    """A cell as it would be typed: 1001 rather than 1001.0, days as YYYY-MM-DD. A number of which the spreadsheet lost
    digits is marked."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)
    return _number(value)


def _number(value: Any) -> str:
    if isinstance(value, int | float) and abs(value) >= _EXACT:
        return odd(f"{value:.6E}", "digits_lost")
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return str(value)
