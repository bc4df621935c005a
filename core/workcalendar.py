"""Working days and service windows as plain values: no query, no clock, no exception for any year.

Times are local wall-clock times of the calendar's zone. A year without an official notice is computed from
weekends and the statutory holidays and marked provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta, tzinfo
from itertools import accumulate
from types import MappingProxyType
from zoneinfo import ZoneInfo

from core.holidays import statutory_days

WORKDAY, WEEKEND, STATUTORY = "workday", "weekend", "statutory"
LIEU_REST, MAKEUP_WORK = "lieu_rest", "makeup_work"
KINDS = (WORKDAY, WEEKEND, STATUTORY, LIEU_REST, MAKEUP_WORK)
WORKING = frozenset({WORKDAY, MAKEUP_WORK})

ONE_DAY = timedelta(days=1)
DAY_MICROSECONDS = 86_400_000_000
CHINA = ZoneInfo("Asia/Shanghai")

Span = tuple[int, int]
"""A stretch of one day in microseconds after local midnight, half-open."""


def computed_kind(day: date) -> str:
    """What a day is by law alone: statutory holiday, weekend or working day."""
    if day in statutory_days(day.year):
        return STATUTORY
    return WEEKEND if day.weekday() >= 5 else WORKDAY


@dataclass(frozen=True)
class DayTable:
    """Official kinds by date, with the law as fallback.

    `kinds` holds what notices say, `provisional` those of its dates that are only computed. A date in neither
    is computed and provisional.
    """

    kinds: Mapping[date, str] = field(default_factory=dict)
    provisional: frozenset[date] = frozenset()

    def kind(self, day: date) -> str:
        """One of KINDS, for any date."""
        return self.kinds.get(day) or computed_kind(day)

    def is_provisional(self, day: date) -> bool:
        """True where no official notice was loaded for the day."""
        return day not in self.kinds or day in self.provisional

    def is_working(self, day: date) -> bool:
        """True on ordinary and on make-up working days."""
        return self.kind(day) in WORKING

    def next_working_day(self, day: date) -> date:
        """`day` itself if it is a working day, else the first one after it (民法典 203:

        the last day rolls over).
        """
        while not self.is_working(day) and day < date.max:
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; the first day is not counted (民法典 201)."""
        while count > 0 and day < date.max:
            day += ONE_DAY
            count -= self.is_working(day)
        return day


def microseconds(moment: time) -> int:
    """Microseconds since midnight."""
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1_000_000 + moment.microsecond


def span(starts: time, ends: time) -> Span:
    """A window of a day.

    An end of 00:00 after a later start is midnight. Raises ValueError when it is turned round.
    """
    first, last = microseconds(starts), microseconds(ends)
    if last == 0 and first > 0:
        last = DAY_MICROSECONDS
    if last < first:
        raise ValueError(f"the window {starts}-{ends} ends before it begins")
    return first, last


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, overlapping and touching ones joined, empty ones dropped."""
    result: list[Span] = []
    for first, last in sorted(spans):
        if first == last:
            continue
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return tuple(result)


@dataclass(frozen=True)
class Windows:
    """Service windows: `weekly` by weekday (0 = Monday), `dated` replacing a day's windows (empty = closed).

    Raises ValueError when no weekday from Monday to Friday has a window: such a calendar would never come
    due.
    """

    weekly: Mapping[int, tuple[Span, ...]]
    dated: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    follows_makeup_days: bool = True

    def __post_init__(self) -> None:
        if not any(self.weekly.get(weekday) for weekday in range(5)):
            raise ValueError("a calendar needs a service window on at least one day from Monday to Friday")

    def of_day(self, day: date, kind: str) -> tuple[Span, ...]:
        """The windows of a day of this kind: dated ones first, none on holidays, Monday's on make-up days."""
        exception = self.dated.get(day)
        if exception is not None:
            return exception
        if kind in (STATUTORY, LIEU_REST):
            return ()
        weekday = day.weekday()
        if kind == MAKEUP_WORK and self.follows_makeup_days:
            return self.weekly.get(0) or self.weekly.get(weekday) or ()
        return self.weekly.get(weekday, ())


def weekly_windows(weekdays: Iterable[int], *windows: tuple[time, time]) -> dict[int, tuple[Span, ...]]:
    """The same windows on several weekdays."""
    spans = merged(span(starts, ends) for starts, ends in windows)
    return dict.fromkeys(weekdays, spans)


@dataclass(frozen=True, slots=True)
class YearPlan:
    """A year unrolled: `days[i]` are the windows of day i, `before[i]` the working microseconds before it."""

    first: date
    days: tuple[tuple[Span, ...], ...]
    before: tuple[int, ...]
    provisional_before: tuple[int, ...]

    @property
    def total(self) -> int:
        """Working microseconds of the year."""
        return self.before[-1]


@dataclass(frozen=True)
class Calendar:
    """A calendar that clocks count by. `version` says which state of the tables it was made from."""

    windows: Windows
    days: DayTable = field(default_factory=DayTable)
    code: str = ""
    version: int = 0
    zone: tzinfo = CHINA
    _plans: dict[int, YearPlan] = field(default_factory=dict, repr=False, compare=False)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The service windows of a day."""
        return self.windows.of_day(day, self.days.kind(day))

    def plan(self, year: int) -> YearPlan:
        """The year unrolled; made once and kept, so that a clock over years costs a few additions."""
        plan = self._plans.get(year)
        if plan is None:
            plan = self._plans[year] = self._unroll(year)
        return plan

    def local(self, moment: datetime) -> tuple[date, int]:
        """Local date and microseconds after local midnight. Raises ValueError for a naive moment."""
        if moment.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        here = moment.astimezone(self.zone)
        return here.date(), microseconds(here.time())

    def instant(self, day: date, offset: int) -> datetime:
        """The UTC instant `offset` microseconds after local midnight of `day`."""
        wall = datetime.combine(day, time.min) + timedelta(microseconds=offset)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def is_open(self, moment: datetime) -> bool:
        """True within a service window."""
        day, offset = self.local(moment)
        return any(first <= offset < last for first, last in self.spans(day))

    def _unroll(self, year: int) -> YearPlan:
        dates = tuple(days_of(year))
        spans = tuple(self.spans(day) for day in dates)
        lengths = (sum(last - first for first, last in windows) for windows in spans)
        guesses = (int(self.days.is_provisional(day)) for day in dates)
        return YearPlan(
            dates[0], spans, tuple(accumulate(lengths, initial=0)), tuple(accumulate(guesses, initial=0))
        )


def days_of(year: int) -> Iterator[date]:
    """Every date of a year, in order."""
    first = date(year, 1, 1)
    length = (date(year, 12, 31) - first).days + 1
    return (first + timedelta(days=index) for index in range(length))


STANDARD_WINDOWS = Windows(
    MappingProxyType(weekly_windows(range(5), (time(9), time(12)), (time(13), time(18)))),
)
"""What a unit works by until somebody says otherwise: Monday to Friday, 09:00-12:00 and 13:00-18:00."""

LAST_YEAR = MAXYEAR - 1
