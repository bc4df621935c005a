"""A staff list as it comes: CSV in whatever encoding Excel wrote, or XLSX; cells as text, with limits on everything."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Text
from orgchart.rules.stafflist import COLUMNS, REQUIRED, column_of

MAX_BYTES = 5 * 1024 * 1024
"""Of the file as it is uploaded."""
MAX_UNPACKED = 20 * 1024 * 1024
"""Of an XLSX once it is unpacked, as its own table of contents declares; 2,000 rows take about one."""
MAX_PARTS = 200
MAX_ROWS = 5_000
MAX_COLUMNS = 40
MAX_CELL = 500

Cells = list[tuple[int, dict[str, str]]]
"""Row numbers as the spreadsheet shows them, and the cells by column."""


def _refuse(code: str, message: Text, **context: Any) -> Invalid:
    return Invalid(code, message, field="file", context=context)


def read_table(data: bytes) -> Cells:
    """The rows below the heading, blank ones left out.

    Raises Invalid at the field "file": "file_empty", "file_too_large", "file_old_format", "file_unreadable",
    "file_too_many_rows", "file_headings" (which are missing or stand twice).
    """
    if len(data) > MAX_BYTES:
        raise _refuse(
            "file_too_large", _("The file is larger than 5 MB. A staff list of 2,000 rows is far smaller.")
        )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refuse(
            "file_old_format",
            _("This is an old or protected Excel file. Save it as .xlsx without a password, or as CSV."),
        )
    rows = _xlsx(data) if data.startswith(b"PK") else _csv(data)
    return _by_column(rows)


def _by_column(rows: Iterator[Sequence[str]]) -> Cells:
    heading = next(rows, None)
    if heading is None or not any(cell.strip() for cell in heading):
        raise _refuse("file_empty", _("The first row has no headings. Use the template."))
    columns = [column_of(cell) for cell in heading]
    _check_headings(columns)
    found: Cells = []
    for number, cells in enumerate(rows, start=2):
        named = {
            column: cell[:MAX_CELL]
            for column, cell in zip(columns, cells, strict=False)
            if column is not None
        }
        if any(cell.strip() for cell in named.values()):
            found.append((number, named))
        if len(found) > MAX_ROWS:
            raise _refuse("file_too_many_rows", _("The list has more than 5,000 rows. Split it."))
    if not found:
        raise _refuse("file_empty", _("There are no rows below the headings."))
    return found


def _check_headings(columns: Sequence[str | None]) -> None:
    twice = [column for column in COLUMNS if columns.count(column) > 1]
    missing = [column for column in REQUIRED if column not in columns]
    if twice or missing:
        raise _refuse(
            "file_headings",
            _(
                "The headings do not fit: each one once, and none of the required ones missing. Use the template."
            ),
            twice=twice,
            missing=missing,
        )


# -- CSV ----------------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM or without, else GB18030, of which GBK and GB2312 are parts."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:1000]:
        # Without a BOM the commas tell: their empty half comes second (little end first) or first.
        second = data[1:1000:2].count(0) >= data[0:1000:2].count(0)
        encodings = ["utf-16-le" if second else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refuse("file_unreadable", _("The file cannot be read. Save it as .xlsx or as CSV in UTF-8."))


def _csv(data: bytes) -> Iterator[Sequence[str]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise _refuse(
            "file_unreadable", _("The file cannot be read. Save it as .xlsx or as CSV in UTF-8.")
        ) from error


# -- XLSX ---------------------------------------------------------------------------------------------------


def _check_parts(data: bytes) -> None:
    """What the archive declares, before anything is unpacked; zipfile never gives more than is declared."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise _refuse(
                "file_too_large",
                _("The file would be larger than 20 MB once it is unpacked. Save only the list."),
            )
        for part in parts:
            if part.flag_bits & 1:
                raise _refuse(
                    "file_old_format",
                    _(
                        "This is an old or protected Excel file. Save it as .xlsx without a password, or as CSV."
                    ),
                )
            if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.open(part).read(4096):
                raise _refuse(
                    "file_unreadable", _("The file cannot be read. Save it as .xlsx or as CSV in UTF-8.")
                )


def _xlsx(data: bytes) -> Iterator[Sequence[str]]:
    from openpyxl import load_workbook

    book = None
    try:
        _check_parts(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # Our own limits, for what the file says of its size need not be true.
        for row in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS, values_only=True):
            yield [_text(value) for value in row]
    except Invalid:
        raise
    except Exception as error:
        # A broken or hand-made file makes the library raise nearly anything; whatever it is, the file is to blame.
        raise _refuse(
            "file_unreadable", _("The file cannot be read. Save it as .xlsx or as CSV in UTF-8.")
        ) from error
    finally:
        if book is not None:
            book.close()


def _text(value: Any) -> str:
    """A cell as it would be typed: 1001 rather than 1001.0, days as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return str(value)
