"""Local days and what people type as dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.errors import Invalid
from core.localtime import local_day_bounds, local_today, parse_local_date, parse_local_datetime


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_a_local_day_is_half_open_in_utc() -> None:
    assert local_day_bounds(date(2026, 11, 24)) == (utc(2026, 11, 23, 16), utc(2026, 11, 24, 16))


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 12, 31), date(1988, 4, 10), date(1900, 1, 1)])
def test_days_join_without_gap(day: date) -> None:
    assert local_day_bounds(day)[1] == local_day_bounds(day + timedelta(days=1))[0]


def test_the_day_on_which_summer_time_began_has_23_hours() -> None:
    start, end = local_day_bounds(date(1988, 4, 17))
    assert end - start == timedelta(hours=23)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (utc(2026, 11, 24, 15, 59, 59), date(2026, 11, 24)),
        (utc(2026, 11, 24, 16), date(2026, 11, 25)),
        (utc(2026, 12, 31, 16), date(2027, 1, 1)),
    ],
)
def test_today_changes_at_16_utc(moment: datetime, day: date) -> None:
    assert local_today(moment) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-24T09:30", utc(2026, 11, 24, 1, 30)),
        (" 2026-11-24 09:30:15 ", utc(2026, 11, 24, 1, 30, 15)),
        ("2026-11-24T09:30Z", utc(2026, 11, 24, 9, 30)),
        ("2026-11-24T09:30+09:00", utc(2026, 11, 24, 0, 30)),
        ("2000-01-01T00:00", utc(1999, 12, 31, 16)),
        ("2100-12-31T23:59:59.999999", utc(2100, 12, 31, 15, 59, 59, 999999)),
    ],
)
def test_moments_are_read_as_local_time(text: str, moment: datetime) -> None:
    assert parse_local_datetime(text) == moment


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_unreadable"),
        ("2026-02-30T10:00", "date_unreadable"),
        ("2016-12-31T23:59:60", "date_unreadable"),
        ("２０２６-11-24T09:30", "date_unreadable"),
        ("2026-11-24T09:30\x00", "date_unreadable"),
        ("0001-01-01T00:00", "date_out_of_range"),
        ("9999-12-31T23:59", "date_out_of_range"),
        ("1999-12-31T23:59", "date_out_of_range"),
        ("2100-12-31T23:30-05:00", "date_out_of_range"),
    ],
)
def test_moments_that_are_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_local_datetime(text, field="opened_at")
    assert (refusal.value.code, refusal.value.field) == (code, "opened_at")


def test_a_date_is_read() -> None:
    assert parse_local_date("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize("text", ["2027-02-29", "24.11.2026", "1999-12-31", "2101-01-01", "2026-11-24T00:00"])
def test_dates_that_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_local_date(text)
