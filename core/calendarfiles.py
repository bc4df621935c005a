"""Reading a year's holiday notice from a file: JSON in the shape of holiday-cn, or our own CSV.

JSON: {"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}, …]}.
CSV: a heading date,kind,name and one line for each day that is not plainly a working day or a weekend; kinds
are those of DayKind. Every bad row is reported, none is skipped in silence.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.holidays import statutory_days
from core.localtime import parse_local_date
from core.models.calendar import DayKind

MAX_BYTES = 1_000_000
COLUMNS = ["date", "kind", "name"]
_WORKING = {DayKind.WORKDAY, DayKind.MAKEUP_WORK}


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be used.

    `row` counts from 1 (in a CSV the heading is row 1); 0 means the whole file.
    """

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        if not self.row:
            return self.reason
        return _("Row %(row)s, %(column)s: %(reason)s") % {
            "row": self.row,
            "column": self.column,
            "reason": self.reason,
        }


@dataclass(slots=True)
class Notice:
    """A year's notice as read: (kind, name) by date, and what was wrong with the file."""

    year: int = 0
    days: dict[date, tuple[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, row: int, column: str, reason: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(row, column, reason))


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    date: Any
    kind: Any
    name: Any


def read_notice(data: bytes) -> Notice:
    """Read a file; the result holds every problem found. Never raises for bad content."""
    notice = Notice()
    if len(data) > MAX_BYTES:
        notice.refuse(0, "", _("The file is larger than 1 MB; a year's notice is far smaller."))
        return notice
    try:
        text = _decode(data)
    except UnicodeDecodeError:
        notice.refuse(0, "", _("The file is neither UTF-8 nor GB 18030 text."))
        return notice
    rows = _json_rows(text, notice) if text.lstrip().startswith(("{", "[")) else _csv_rows(text, notice)
    _take(rows, notice)
    if not notice.problems:
        _check_whole(notice)
    return notice


def _decode(data: bytes) -> str:
    """UTF-8 with or without a mark, else GB 18030, which Chinese Excel writes."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _json_rows(text: str, notice: Notice) -> Iterator[_Row]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        notice.refuse(0, "", _("The file is not valid JSON."))
        return
    year, days = (content.get("year"), content.get("days")) if isinstance(content, dict) else (None, None)
    if not isinstance(year, int) or isinstance(year, bool) or not isinstance(days, list):
        notice.refuse(0, "", _("The file needs a year and a list of days."))
        return
    notice.year = year
    for number, item in enumerate(days, start=1):
        if isinstance(item, dict):
            yield _Row(number, item.get("date"), item.get("isOffDay"), item.get("name", ""))
        else:
            notice.refuse(number, "days", _("This is not a day."))


def _csv_rows(text: str, notice: Notice) -> Iterator[_Row]:
    try:
        lines = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        notice.refuse(0, "", _("The file is not valid CSV: a quotation mark is not closed."))
        return
    if not lines or [cell.strip().lower() for cell in lines[0]] != COLUMNS:
        notice.refuse(1, "date", _("The first row must be: date,kind,name"))
        return
    notice.year = _usual_year(lines[1:])
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) == len(COLUMNS):
            yield _Row(number, *(cell.strip() for cell in cells))
        elif cells:
            notice.refuse(number, "date", _("The row needs three cells."))


def _usual_year(lines: Iterable[list[str]]) -> int:
    years = Counter(cells[0].strip()[:4] for cells in lines if cells)
    usual = years.most_common(1)
    return int(usual[0][0]) if usual and usual[0][0].isdecimal() else 0


def _take(rows: Iterable[_Row], notice: Notice) -> None:
    for row in rows:
        day = _day(row, notice)
        kind = _kind(row, day, notice) if day else None
        if day is None or kind is None:
            continue
        if day in notice.days:
            notice.refuse(row.number, "date", _("This date stands in the file twice."))
        elif not isinstance(row.name, str) or len(row.name) > 40 or not row.name.isprintable():
            notice.refuse(row.number, "name", _("The name must be text of at most 40 characters."))
        else:
            notice.days[day] = (kind, row.name)


def _day(row: _Row, notice: Notice) -> date | None:
    try:
        day = parse_local_date(row.date if isinstance(row.date, str) else "")
    except Invalid as refusal:
        notice.refuse(row.number, "date", str(refusal.message))
        return None
    if day.year == notice.year or (day.year, day.month) == (notice.year - 1, 12):
        return day
    notice.refuse(row.number, "date", _("The date lies outside the year of the notice."))
    return None


def _kind(row: _Row, day: date, notice: Notice) -> str | None:
    kind = row.kind
    if isinstance(kind, bool):
        kind = _kind_off(day) if kind else DayKind.MAKEUP_WORK
    if kind not in DayKind.values:
        notice.refuse(row.number, "kind", _("Unknown kind of day."))
    elif kind in (DayKind.MAKEUP_WORK, DayKind.WEEKEND) and day.weekday() < 5:
        notice.refuse(row.number, "kind", _("This kind of day must be a Saturday or a Sunday."))
    elif kind == DayKind.WORKDAY and day.weekday() >= 5:
        notice.refuse(
            row.number, "kind", _("A Saturday or Sunday on which people work is a make-up working day.")
        )
    else:
        return str(kind)
    return None


def _kind_off(day: date) -> str:
    """Statutory by law, else a weekend inside the holiday, else a day off in lieu."""
    if day in statutory_days(day.year):
        return DayKind.STATUTORY
    return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.LIEU_REST


def _check_whole(notice: Notice) -> None:
    """What must hold of a whole year: it says something, and no statutory holiday is worked."""
    if not notice.days:
        notice.refuse(0, "", _("The file holds no days: the notice of this year is not published yet."))
        return
    for day in statutory_days(notice.year):
        if notice.days.get(day, (DayKind.STATUTORY, ""))[0] in _WORKING:
            notice.refuse(
                0, "date", _("%(day)s is a statutory holiday and cannot be a working day.") % {"day": day}
            )
        elif day not in notice.days:
            notice.refuse(0, "date", _("The statutory holiday %(day)s is missing.") % {"day": day})
