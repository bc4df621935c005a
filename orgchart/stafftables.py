"""A staff list as it comes: CSV in whatever encoding Excel wrote, or XLSX; cells as text, with limits on everything."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Text
from core.imports.archives import check_archive
from core.imports.encodings import codec, guess
from core.imports.limits import Limits, refuse
from core.imports.readers import cell_text
from orgchart.rules.stafflist import COLUMNS, REQUIRED, column_of

MAX_BYTES = 5 * 1024 * 1024
"""Of the file as it is uploaded."""
MAX_UNPACKED = 20 * 1024 * 1024
"""Of an XLSX once it is unpacked, as its own table of contents declares; 2,000 rows take about one."""
MAX_PARTS = 200
LIMITS = Limits(unpacked=MAX_UNPACKED >> 20, strings=MAX_UNPACKED >> 20, parts=MAX_PARTS)
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
        raise refuse("file_old_format")
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


# -- reading ------------------------------------------------------------------------------------------------


def _csv(data: bytes) -> Iterator[Sequence[str]]:
    file = io.BytesIO(data)
    encoding = guess(file)
    try:
        text = data.decode(codec(encoding)).removeprefix("\ufeff")
        if "\0" in text:
            raise refuse("file_unreadable")
        first = text.split("\n", 1)[0]
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    except (csv.Error, UnicodeDecodeError) as error:
        raise refuse("file_unreadable") from error


def _xlsx(data: bytes) -> Iterator[Sequence[str]]:
    """Values only: what a formula came to counts. Our own limits, for what the file says of its size need not be true."""
    from openpyxl import load_workbook

    book = None
    try:
        check_archive(io.BytesIO(data), LIMITS)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for row in book.worksheets[0].iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS, values_only=True):
            yield ["" if value is None else cell_text(value) for value in row]
    except Invalid:
        raise
    except Exception as error:
        # A broken or hand-made file makes the library raise nearly anything; whatever it is, the file is to blame.
        raise refuse("file_unreadable") from error
    finally:
        if book is not None:
            book.close()
