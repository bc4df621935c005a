"""The service clock: working time between two moments, and the moment at which a target is used up.

Pure: the calendar and all times are passed in. Times in and out are aware, results are UTC. Counting is exact
to the microsecond; years are added up from the calendar's unrolled plans, days are found by bisection.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from core.workcalendar import DAY_MICROSECONDS, LAST_YEAR, Calendar, Span, YearPlan

_MICROSECOND = timedelta(microseconds=1)
_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clock's life, [start, end).

    `end` None: still going on. `reason`: why it waits, "" = it runs.
    """

    start: datetime
    end: datetime | None = None
    reason: str = ""


class Due(NamedTuple):
    """When a target is used up; `provisional` when days without an official notice lie on the way."""

    at: datetime
    provisional: bool


class Deadline(NamedTuple):
    """State of a clock with a target.

    `due` is None while the clock stands still (paused, or ended before the target was used up); `remaining`
    is the working time left at the beginning of the last stretch that is still open, or at the end of the
    last one.
    """

    due: datetime | None
    provisional: bool
    remaining: timedelta
    worked: timedelta


def worked_seconds(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Whole seconds of working time in [start, end); 0 when `end` is not after `start` (a clock set back)."""
    return worked_time(start, end, calendar) // timedelta(seconds=1)


def worked_time(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Working time in [start, end), exact."""
    if end <= start:
        return _ZERO
    first_day, first_offset = calendar.local(start)
    last_day, last_offset = calendar.local(end)
    worked = -_before(calendar, first_day, first_offset) + _before(calendar, last_day, last_offset)
    worked += sum(calendar.plan(year).total for year in range(first_day.year, last_day.year))
    return worked * _MICROSECOND


def add_working_time(start: datetime, duration: timedelta, calendar: Calendar) -> Due:
    """The earliest moment at which `duration` of working time has passed since `start`.

    A target that ends with a window ends there, not at the beginning of the next one. Zero or less is
    `start`.
    """
    day, offset = calendar.local(start)
    wanted = duration // _MICROSECOND
    if wanted <= 0:
        return Due(calendar.instant(day, offset), calendar.days.is_provisional(day))
    position = _before(calendar, day, offset) + wanted
    year = day.year
    while position > (plan := calendar.plan(year)).total:
        if year >= LAST_YEAR:
            return Due(calendar.instant(date(LAST_YEAR, 12, 31), DAY_MICROSECONDS - 1), True)
        position -= plan.total
        year += 1
    index, within = _locate(plan, position)
    due_day = plan.first + timedelta(days=index)
    return Due(calendar.instant(due_day, within), _guessed(calendar, day, due_day))


def deadline(
    segments: Iterable[Segment],
    target: timedelta,
    calendar: Calendar,
    pausing: Collection[str] | None = None,
) -> Deadline:
    """Run a target through the stretches of a clock's life, in order of time.

    `pausing` names the reasons that stop the clock; None: every reason does. Stretches with another reason
    (waiting for parts, say) count as running. Gaps between stretches count as nothing.
    """
    remaining, worked = target, _ZERO
    provisional = False
    for segment in segments:
        if segment.reason and (pausing is None or segment.reason in pausing):
            continue
        due = add_working_time(segment.start, remaining, calendar)
        provisional = provisional or due.provisional
        if segment.end is None or due.at <= segment.end:
            return Deadline(due.at, provisional, remaining, worked)
        spent = worked_time(segment.start, segment.end, calendar)
        remaining, worked = remaining - spent, worked + spent
    return Deadline(None, provisional, remaining, worked)


def _before(calendar: Calendar, day: date, offset: int) -> int:
    """Working microseconds from the beginning of the year to a moment of `day`."""
    plan = calendar.plan(day.year)
    index = (day - plan.first).days
    return plan.before[index] + sum(_part(span, offset) for span in plan.days[index])


def _part(span: Span, offset: int) -> int:
    """How much of a window lies before `offset`."""
    return max(0, min(offset, span[1]) - span[0])


def _locate(plan: YearPlan, position: int) -> tuple[int, int]:
    """Day index and offset at which `position` working microseconds (0 < position <= total) are used up."""
    index = bisect_left(plan.before, position) - 1
    left = position - plan.before[index]
    for first, last in plan.days[index]:
        if left <= last - first:
            return index, first + left
        left -= last - first
    raise AssertionError("a day's windows add up to its share of the plan")


def _guessed(calendar: Calendar, first: date, last: date) -> bool:
    """True when a day from `first` to `last` is provisional."""
    return any(
        _guesses_until(calendar, year, last) > _guesses_before(calendar, year, first)
        for year in range(first.year, last.year + 1)
    )


def _guesses_before(calendar: Calendar, year: int, day: date) -> int:
    plan = calendar.plan(year)
    return plan.provisional_before[max(0, (day - plan.first).days)]


def _guesses_until(calendar: Calendar, year: int, day: date) -> int:
    plan = calendar.plan(year)
    return plan.provisional_before[min(len(plan.days), (day - plan.first).days + 1)]
