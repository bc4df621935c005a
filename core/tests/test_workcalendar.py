"""Kinds of days, windows of a day, and working-day counts for legal clocks."""

from __future__ import annotations

from datetime import date, time

import pytest

from core.tests.test_serviceclock import DAYS, NINE_TO_SIX
from core.workcalendar import Calendar, DayTable, Windows, merged, span, weekly_windows

HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 28), 7, date(2026, 10, 13)),  # the Saturday 10-10 is a working day
        (date(2026, 2, 13), 7, date(2026, 3, 2)),
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
    ],
)
def test_legal_working_days(start: date, count: int, end: date) -> None:
    assert DAYS.add_working_days(start, count) == end


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 2, 14), date(2026, 2, 14)),  # a make-up Saturday does not roll
        (date(2026, 2, 17), date(2026, 2, 24)),
        (date(2026, 11, 24), date(2026, 11, 24)),
    ],
)
def test_the_last_day_rolls_to_a_working_day(day: date, rolled: date) -> None:
    assert DAYS.next_working_day(day) == rolled


@pytest.mark.parametrize("year", [1, 1900, 2003, 2027, 2050, 9999])
def test_no_year_raises(year: int) -> None:
    table = DayTable()
    assert table.kind(date(year, 10, 1)) == "statutory"
    assert table.is_provisional(date(year, 6, 1))


def test_counting_ends_at_the_end_of_time() -> None:
    assert DayTable().add_working_days(date(9999, 12, 30), 50) == date.max


def test_a_row_may_be_provisional_itself() -> None:
    day = date(2027, 1, 4)
    table = DayTable({day: "workday"}, frozenset({day}))
    assert table.is_provisional(day)


@pytest.mark.parametrize(
    ("spans", "result"),
    [
        ([(9, 12), (13, 18)], ((9, 12), (13, 18))),
        ([(13, 18), (9, 13)], ((9, 18),)),
        ([(9, 15), (10, 11)], ((9, 15),)),
        ([(9, 9)], ()),
    ],
)
def test_windows_are_joined(spans: list[tuple[int, int]], result: tuple[tuple[int, int], ...]) -> None:
    assert merged(spans) == result


def test_an_end_at_midnight() -> None:
    assert span(time(22), time(0)) == (22 * HOUR, 24 * HOUR)


def test_a_window_turned_round_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        span(time(18), time(9))


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="Monday to Friday"):
        Windows(weekly_windows([5, 6], (time(9), time(18))))


@pytest.mark.parametrize(
    ("day", "open_hours"),
    [
        (date(2026, 11, 24), 9),
        (date(2026, 11, 21), 0),
        (date(2026, 10, 2), 0),
        (date(2026, 10, 6), 0),
        (date(2026, 10, 10), 9),
    ],
)
def test_hours_by_kind_of_day(day: date, open_hours: int) -> None:
    calendar = Calendar(Windows(NINE_TO_SIX), DAYS)
    assert sum(last - first for first, last in calendar.spans(day)) == open_hours * HOUR


def test_a_tuesday_to_sunday_centre_works_make_up_saturdays_by_saturday_hours() -> None:
    windows = Windows(weekly_windows(range(1, 7), (time(10), time(19))))
    assert windows.of_day(date(2026, 10, 10), "makeup_work") == ((10 * HOUR, 19 * HOUR),)


def test_saturday_windows_hold_on_plain_saturdays_only() -> None:
    windows = Windows(NINE_TO_SIX | weekly_windows([5], (time(10), time(12))))
    calendar = Calendar(windows, DAYS)
    assert [len(calendar.spans(day)) for day in (date(2026, 11, 21), date(2026, 10, 3))] == [1, 0]
