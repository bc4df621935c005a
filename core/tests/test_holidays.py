"""Statutory holidays by law and the lunar dates behind them."""

from __future__ import annotations

from datetime import date

import chinese_calendar
import pytest

from core.holidays import statutory_days
from core.lunar import clear_and_bright, lunar_date


@pytest.mark.parametrize(
    ("year", "month", "day", "civil"),
    [
        (2024, 1, 1, date(2024, 2, 10)),
        (2025, 8, 15, date(2025, 10, 6)),  # after the leap sixth month
        (2026, 1, 1, date(2026, 2, 17)),
        (2027, 1, 1, date(2027, 2, 6)),
        (2027, 5, 5, date(2027, 6, 9)),
        (2027, 8, 15, date(2027, 9, 15)),
        (2033, 8, 15, date(2033, 9, 8)),  # the year whose leap month many tables have wrong
        (2034, 1, 1, date(2034, 2, 19)),
        (1978, 8, 15, date(1978, 9, 17)),  # a new moon nine minutes after midnight in Beijing
    ],
)
def test_lunar_dates(year: int, month: int, day: int, civil: date) -> None:
    assert lunar_date(year, month, day) == civil


@pytest.mark.parametrize(("year", "day"), [(2023, 5), (2024, 4), (2025, 4), (2026, 5), (2027, 5), (2028, 4)])
def test_clear_and_bright(year: int, day: int) -> None:
    assert clear_and_bright(year) == date(year, 4, day)


def _days(year: int, text: str) -> list[str]:
    return [f"{year}-{month_day}" for month_day in text.split()]


def test_thirteen_days_of_2026() -> None:
    expected = "01-01 02-16 02-17 02-18 02-19 04-05 05-01 05-02 06-19 09-25 10-01 10-02 10-03"
    assert sorted(map(str, statutory_days(2026))) == _days(2026, expected)


def test_thirteen_days_of_2027_which_has_no_notice_yet() -> None:
    expected = "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03"
    assert sorted(map(str, statutory_days(2027))) == _days(2027, expected)


@pytest.mark.parametrize(
    ("year", "count"), [(2004, 10), (2007, 10), (2008, 11), (2013, 11), (2014, 11), (2025, 13)]
)
def test_number_of_days_by_the_law_of_the_time(year: int, count: int) -> None:
    assert len(statutory_days(year)) == count


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_statutory_day_is_off_in_the_notice_of_its_year(year: int) -> None:
    assert [day for day in statutory_days(year) if chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize("year", [1, 2, 1899, 2200, 9999])
def test_far_years_keep_the_fixed_days(year: int) -> None:
    assert date(year, 10, 1) in statutory_days(year)
