"""How long which data is kept, and why: the table behind the nightly job and its page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

SEARCHES, IMPORTS, COPIES = "searches", "imports", "copies"
CHANGES, FILES, REQUESTS = "changes", "files", "requests"
CASES, INVOICES, ACCESS_LOG = "cases", "invoices", "access_log"

DELETED, ERASED, KEPT, IN_TRAIL = "deleted", "erased", "kept", "in_trail"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as people and laws count it."""

    years: int = 0
    days: int = 0

    def before(self, day: date) -> date:
        """The day that lies this long before `day`; 29 February becomes the 28th."""
        return _moved(day, -self.years) - timedelta(days=self.days)

    def after(self, day: date) -> date:
        """The day that lies this long after `day`."""
        return _moved(day, self.years) + timedelta(days=self.days)


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True, slots=True)
class DataClass:
    """A class of data: `basis` are codes of articles, `end` says what happens when the period is over.

    `by_job`: the nightly job does it; else it ends with the file or stays in the append-only trail.
    """

    code: str
    period: Period
    basis: tuple[str, ...]
    end: str
    by_job: bool


_TABLE: tuple[tuple[str, Period, tuple[str, ...], str, bool], ...] = (
    (SEARCHES, Period(days=90), ("pipl_19",), DELETED, True),
    (IMPORTS, Period(days=7), ("pipl_19",), DELETED, True),
    (COPIES, Period(days=3), ("pipl_19",), DELETED, True),
    (CHANGES, Period(years=3), ("pipl_19", "civil_188"), DELETED, True),
    (FILES, Period(years=3), ("pipl_47", "civil_188"), ERASED, True),
    (REQUESTS, Period(years=3), ("pipl_55_56",), ERASED, True),
    (CASES, Period(years=3), ("civil_188",), KEPT, False),
    (INVOICES, Period(years=5), ("invoice_28",), KEPT, False),
    (ACCESS_LOG, Period(years=3), ("pipl_55_56", "cyber_21"), IN_TRAIL, False),
)


def table(days: Mapping[str, int] | None = None) -> tuple[DataClass, ...]:
    """All classes; `days` gives another period in days for some (settings.RETENTION_DAYS)."""
    given = days or {}
    return tuple(
        DataClass(code, Period(days=given[code]) if code in given else period, basis, end, by_job)
        for code, period, basis, end, by_job in _TABLE
    )


def class_of(code: str, days: Mapping[str, int] | None = None) -> DataClass:
    """One class. KeyError for an unknown code."""
    return {row.code: row for row in table(days)}[code]
