"""The service clock, against worked examples and against an independent slow counter."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import pytest

from core.serviceclock import Segment, add_working_time, deadline, worked_seconds
from core.workcalendar import (
    LIEU_REST,
    MAKEUP_WORK,
    STANDARD_WINDOWS,
    STATUTORY,
    WEEKEND,
    Calendar,
    DayTable,
    Windows,
    computed_kind,
    days_of,
    span,
    weekly_windows,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def official(year: int, changes: dict[date, str]) -> dict[date, str]:
    """Every day of a year by law, with what its notice changes."""
    return {day: changes.get(day, computed_kind(day)) for day in days_of(year)}


def _2026(*days: tuple[int, int], kind: str) -> dict[date, str]:
    return {date(2026, month, day): kind for month, day in days}


# State Council notice for 2026.
NOTICE_2026 = (
    _2026((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10), kind=MAKEUP_WORK)
    | _2026((1, 2), (2, 20), (2, 23), (4, 6), (5, 4), (5, 5), (10, 5), (10, 6), (10, 7), kind=LIEU_REST)
    | _2026((10, 4), kind=WEEKEND)
    | _2026((10, 1), (10, 2), (10, 3), kind=STATUTORY)
)
DAYS = DayTable(official(2026, NOTICE_2026))
NINE_TO_SIX = weekly_windows(range(5), (time(9), time(18)))
WHOLE_DAY = Calendar(Windows(NINE_TO_SIX), DAYS)
STANDARD = Calendar(STANDARD_WINDOWS, DAYS)


def at(text: str) -> datetime:
    """A local moment, as the rest of the system stores it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def local(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")[:19].replace("T", " ")


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-09-18 16:00", 8, "2026-09-20 15:00:00"),  # the Sunday is a make-up working day
        ("2026-09-30 17:30", 8, "2026-10-08 16:30:00"),  # over National Day
        ("2026-11-24 09:00", 9, "2026-11-24 18:00:00"),  # ends with the window, not the next morning
        ("2026-11-24 18:00", 1, "2026-11-25 10:00:00"),
        ("2026-11-24 03:00", 1, "2026-11-24 10:00:00"),
        ("2026-11-21 12:00", 1, "2026-11-23 10:00:00"),  # a Saturday
        ("2026-02-13 17:00", 8, "2026-02-14 16:00:00"),  # a make-up Saturday before Spring Festival
        ("2026-02-14 17:00", 2, "2026-02-24 10:00:00"),
    ],
)
def test_nine_to_six(start: str, hours: int, due: str) -> None:
    result = add_working_time(at(start), hours * HOUR, WHOLE_DAY)
    assert (local(result.at), result.provisional) == (due, False)


def test_a_centre_that_does_not_follow_make_up_days() -> None:
    calendar = Calendar(Windows(NINE_TO_SIX, follows_makeup_days=False), DAYS)
    assert local(add_working_time(at("2026-09-18 16:00"), 8 * HOUR, calendar).at) == "2026-09-21 15:00:00"


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-24 09:00", 180, "2026-11-24 12:00:00"),  # the last minute before lunch
        ("2026-11-24 09:00", 181, "2026-11-24 13:01:00"),
        ("2026-11-24 12:00", 1, "2026-11-24 13:01:00"),  # opened at 12:00 sharp
        ("2026-11-24 12:30", 60, "2026-11-24 14:00:00"),
        ("2026-11-24 13:00", 60, "2026-11-24 14:00:00"),
        ("2026-11-24 17:59", 2, "2026-11-25 09:01:00"),
    ],
)
def test_lunch_break(start: str, minutes: int, due: str) -> None:
    assert local(add_working_time(at(start), timedelta(minutes=minutes), STANDARD).at) == due


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-11-24 08:00:00", "2026-11-24 09:00:01", 1),
        ("2026-11-24 11:59:59", "2026-11-24 13:00:01", 2),
        ("2026-11-24 12:00:00", "2026-11-24 13:00:00", 0),
        ("2026-11-24 09:00:00", "2026-11-25 09:00:00", 8 * 3600),
        ("2026-11-24 10:00:00", "2026-11-24 09:59:55", 0),  # the clock was set back five seconds
        ("2026-11-24 10:00:00", "2026-11-24 10:00:00", 0),
        ("2026-01-01 00:00:00", "2027-01-01 00:00:00", 248 * 8 * 3600),
    ],
)
def test_worked_seconds(start: str, end: str, seconds: int) -> None:
    assert worked_seconds(at(start), at(end), STANDARD) == seconds


def test_parts_of_a_second_are_kept_in_a_deadline() -> None:
    start = at("2026-11-24 10:00") + timedelta(microseconds=1)
    assert add_working_time(start, HOUR, STANDARD).at == start + HOUR


def test_over_new_year_into_a_year_without_notice() -> None:
    due = add_working_time(at("2026-12-31 17:30"), 8 * HOUR, WHOLE_DAY)
    assert (local(due.at), due.provisional) == ("2027-01-04 16:30:00", True)


def test_a_deadline_before_new_year_is_not_provisional() -> None:
    due = add_working_time(at("2026-12-31 09:00"), 9 * HOUR, WHOLE_DAY)
    assert (local(due.at), due.provisional) == ("2026-12-31 18:00:00", False)


def test_a_loaded_year_moves_the_deadline() -> None:
    monday_off = DayTable(DAYS.kinds | official(2027, {date(2027, 1, 4): LIEU_REST}))
    due = add_working_time(at("2026-12-31 17:30"), 8 * HOUR, Calendar(Windows(NINE_TO_SIX), monday_off))
    assert (local(due.at), due.provisional) == ("2027-01-05 16:30:00", False)


def test_a_dated_window_replaces_the_day() -> None:
    dated = {date(2026, 11, 24): (span(time(10), time(11)),), date(2026, 11, 25): ()}
    calendar = Calendar(Windows(STANDARD_WINDOWS.weekly, dated), DAYS)
    assert local(add_working_time(at("2026-11-24 08:00"), 2 * HOUR, calendar).at) == "2026-11-26 10:00:00"


def test_a_dated_window_opens_a_holiday() -> None:
    calendar = Calendar(
        Windows(STANDARD_WINDOWS.weekly, {date(2026, 10, 1): (span(time(9), time(10)),)}), DAYS
    )
    assert worked_seconds(at("2026-10-01 00:00"), at("2026-10-08 00:00"), calendar) == 3600


@pytest.mark.parametrize("target", [timedelta(), timedelta(hours=-1)])
def test_no_target_is_due_at_once(target: timedelta) -> None:
    assert local(add_working_time(at("2026-11-22 10:00"), target, STANDARD).at) == "2026-11-22 10:00:00"


def test_a_target_beyond_all_years_ends_with_the_last() -> None:
    due = add_working_time(at("9990-01-02 10:00"), timedelta(days=999_999), Calendar(STANDARD_WINDOWS))
    assert (local(due.at), due.provisional) == ("9998-12-31 23:59:59", True)


def test_a_naive_moment_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="naive"):
        worked_seconds(datetime(2026, 1, 1), at("2026-01-02 00:00"), STANDARD)  # noqa: DTZ001


# --- deadlines from stretches


def test_a_pause_of_two_hours_moves_the_deadline_by_two() -> None:
    segments = [
        Segment(at("2026-11-24 09:00"), at("2026-11-24 10:00")),
        Segment(at("2026-11-24 10:00"), at("2026-11-24 12:00"), "customer"),
        Segment(at("2026-11-24 12:00")),
    ]
    result = deadline(segments, 8 * HOUR, WHOLE_DAY, {"customer"})
    assert (local(result.due), result.remaining, result.worked) == ("2026-11-25 10:00:00", 7 * HOUR, HOUR)


def test_waiting_for_parts_does_not_stop_the_clock() -> None:
    segments = [
        Segment(at("2026-11-24 09:00"), at("2026-11-24 10:00")),
        Segment(at("2026-11-24 10:00"), None, "parts"),
    ]
    assert local(deadline(segments, 8 * HOUR, WHOLE_DAY, {"customer"}).due) == "2026-11-24 17:00:00"


def test_a_paused_clock_has_no_deadline() -> None:
    segments = [
        Segment(at("2026-11-24 09:00"), at("2026-11-24 11:00")),
        Segment(at("2026-11-24 11:00"), None, "customer"),
    ]
    result = deadline(segments, 8 * HOUR, WHOLE_DAY)
    assert (result.due, result.remaining) == (None, 6 * HOUR)


def test_a_target_used_up_before_the_pause_stays_where_it_was() -> None:
    segments = [
        Segment(at("2026-11-24 09:00"), at("2026-11-24 17:30")),
        Segment(at("2026-11-24 17:30"), None, "customer"),
    ]
    assert local(deadline(segments, HOUR, WHOLE_DAY).due) == "2026-11-24 10:00:00"


def test_a_pause_outside_working_hours_changes_nothing() -> None:
    segments = [
        Segment(at("2026-11-24 17:00"), at("2026-11-24 18:00")),
        Segment(at("2026-11-24 18:00"), at("2026-11-25 08:00"), "customer"),
        Segment(at("2026-11-25 08:00")),
    ]
    assert local(deadline(segments, 2 * HOUR, WHOLE_DAY).due) == "2026-11-25 10:00:00"


# --- against a counter that knows nothing but minutes

MINUTE = timedelta(minutes=1)
ODD = Calendar(
    Windows(
        weekly_windows(range(4), (time(8, 30), time(11, 45)), (time(12, 15), time(17)), (time(22), time(0)))
        | weekly_windows([4, 5], (time(10), time(16))),
        {date(2026, 5, 20): (), date(2026, 10, 1): (span(time(0), time(0, 30)),)},
    ),
    DAYS,
)


def slow_open(calendar: Calendar, moment: datetime) -> bool:
    """Whether a minute counts, worked out from the day's kind and the rows of the table alone."""
    here = moment.astimezone(SHANGHAI)
    of_day = here.hour * 60 + here.minute
    windows = calendar.windows.dated.get(here.date())
    if windows is None:
        kind = NOTICE_2026.get(here.date()) if here.year == 2026 else None
        kind = kind or computed_kind(here.date())
        if kind in ("statutory", "lieu_rest"):
            return False
        windows = calendar.windows.weekly.get(0 if kind == "makeup_work" else here.weekday(), ())
    return any(first <= of_day * 60_000_000 < last for first, last in windows)


FIRST_MINUTE = at("2025-12-20 00:00")
MINUTES = 400 * 1440


def slow_counts(calendar: Calendar) -> list[int]:
    """Open minutes before each minute of 400 days, counted one by one."""
    opened = (slow_open(calendar, FIRST_MINUTE + index * MINUTE) for index in range(MINUTES))
    return list(accumulate(opened, initial=0))


def random_spans(count: int, seed: int) -> list[tuple[int, int]]:
    """Pairs of minutes: half of the spans are short, half run over weeks and months."""
    chance = random.Random(seed)
    starts = [chance.randrange(MINUTES - 1) for _ in range(count)]
    longest = [2000 if index % 2 else MINUTES for index in range(count)]
    return [
        (start, min(MINUTES, start + chance.randrange(length)))
        for start, length in zip(starts, longest, strict=True)
    ]


@pytest.mark.parametrize(("calendar", "seed"), [(STANDARD, 1), (ODD, 2)], ids=["standard", "odd"])
def test_5000_random_spans_equal_the_slow_counter(calendar: Calendar, seed: int) -> None:
    counts, spans = slow_counts(calendar), random_spans(5000, seed)
    fast = [
        worked_seconds(FIRST_MINUTE + start * MINUTE, FIRST_MINUTE + end * MINUTE, calendar)
        for start, end in spans
    ]
    assert fast == [60 * (counts[end] - counts[start]) for start, end in spans]


@pytest.mark.parametrize(("calendar", "seed"), [(STANDARD, 3), (ODD, 4)], ids=["standard", "odd"])
def test_a_deadline_is_the_earliest_moment_with_enough_work(calendar: Calendar, seed: int) -> None:
    for minute, length in random_spans(2000, seed):
        start, target = FIRST_MINUTE + minute * MINUTE, timedelta(minutes=1 + length % 4800)
        due = add_working_time(start, target, calendar).at
        assert worked_seconds(start, due, calendar) == target.total_seconds()
        assert worked_seconds(start, due - timedelta(seconds=1), calendar) == target.total_seconds() - 1


@pytest.mark.parametrize("year", [1986, 1988, 2003, 2027, 2028, 9000])
def test_days_add_up_to_the_year_in_any_year(year: int) -> None:
    calendar = Calendar(STANDARD_WINDOWS)
    bounds = [calendar.instant(day, 0) for day in [*days_of(year), date(year + 1, 1, 1)]]
    daily = sum(worked_seconds(first, last, calendar) for first, last in pairwise(bounds))
    assert daily == worked_seconds(bounds[0], bounds[-1], calendar) > 240 * 8 * 3600
