"""Working calendars from the tables, ready for the clock;

kept per process and read again when a version moves.
"""

from __future__ import annotations

import time as _time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core import audit
from core.actors import Actor
from core.calendarseed import DEFAULT
from core.errors import Invalid
from core.events import Event
from core.models import CalendarDay, ServiceWindow, WorkCalendar
from core.workcalendar import STANDARD_WINDOWS, Calendar, DayTable, Span, Windows, days_of, merged, span
from core.workcalendar import computed_kind as kind_by_law

FIRST_ALARM_MONTH = 11
_kept: dict[str, tuple[float, Calendar]] = {}


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """Days of `year` (None: the windows of calendar `code`) changed, so deadlines may have moved."""

    code: str | None
    year: int | None
    actor: Actor


calendar_changed: Event[CalendarChange] = Event("core.calendar_changed")
"""Published in the transaction of the change.

Other processes may go on counting by the calendar that they keep for settings.CALENDAR_CACHE_SECONDS, so a
recomputation that must catch their cases runs later than that.
"""


def calendar_for(code: str = DEFAULT, *, fresh: bool = False) -> Calendar:
    """The calendar called `code`; one that does not exist (any more) counts as the default one.

    Kept per process for settings.CALENDAR_CACHE_SECONDS, `fresh` looks at once. Costs no statement while
    kept, one while its version stands, three after a change. Never raises for want of rows.
    """
    now = _time.monotonic()
    kept = _kept.get(code)
    if kept and not fresh and now - kept[0] < settings.CALENDAR_CACHE_SECONDS:
        return kept[1]
    calendar = _current(code, kept[1] if kept else None)
    _kept[code] = (now, calendar)
    return calendar


def forget() -> None:
    """Read every calendar anew on the next question."""
    _kept.clear()


def _current(code: str, known: Calendar | None) -> Calendar:
    rows = {row.code: row for row in WorkCalendar.objects.filter(code__in={code, DEFAULT})}
    row = rows.get(code) or rows.get(DEFAULT)
    if row is None:
        return Calendar(STANDARD_WINDOWS, _day_table(), code)
    if known and (known.code, known.version) == (row.code, row.version):
        return known
    return Calendar(_windows(row), _day_table(), row.code, row.version)


def _day_table() -> DayTable:
    rows = list(CalendarDay.objects.values_list("date", "kind", "provisional"))
    return DayTable({day: kind for day, kind, _ in rows}, frozenset(day for day, _, guess in rows if guess))


def _windows(row: WorkCalendar) -> Windows:
    """The rows as windows;

    a calendar without any on a weekday would never come due and counts as standard.
    """
    try:
        return _as_windows(row.windows.all(), row.follows_makeup_days)
    except ValueError:
        return STANDARD_WINDOWS


def _as_windows(rows: Iterable[ServiceWindow], follows_makeup_days: bool) -> Windows:
    weekly: dict[int, list[Span]] = defaultdict(list)
    dated: dict[date, list[Span]] = defaultdict(list)
    for window in rows:
        spans = dated[window.date] if window.date else weekly[window.weekday or 0]
        spans.append(_span(window))
    return Windows(
        {weekday: merged(spans) for weekday, spans in weekly.items()},
        {day: merged(spans) for day, spans in dated.items()},
        follows_makeup_days,
    )


def _span(window: ServiceWindow) -> Span:
    if window.starts == window.ends:  # closes a dated day, 00:00-00:00 included
        return (0, 0)
    return span(window.starts, window.ends)


@transaction.atomic
def load_days(
    *, actor: Actor, year: int, kinds: Mapping[date, tuple[str, str]], source: str, dry_run: bool = False
) -> int:
    """Put one official year into the table: every date of it gets its kind, the dates given theirs.

    `kinds` maps the dates of the notice to (kind, name); a notice may also speak of the December before.
    Returns how many days changed. When any did: new version of every calendar, audit event,
    `calendar_changed`. Running it again with the same notice changes nothing. `dry_run` only counts.
    """
    dates = sorted({*days_of(year), *kinds})
    before = CalendarDay.objects.select_for_update().in_bulk(dates)
    rows = [_official(day, kinds.get(day), source, before.get(day)) for day in dates]
    changed = [row for row in rows if _differs(before.get(row.date), row)]
    if dry_run or not changed:
        return len(changed)
    CalendarDay.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["kind", "name", "source", "version", "provisional"],
    )
    WorkCalendar.objects.update(version=F("version") + 1)
    _announce(CalendarChange(None, year, actor))
    changes = {"days": [None, len(changed)], "source": [None, source]}
    audit.record(actor=actor, action="calendar.year_loaded", subject_label=str(year), changes=changes)
    return len(changed)


def _official(day: date, given: tuple[str, str] | None, source: str, old: CalendarDay | None) -> CalendarDay:
    kind, name = given or (kind_by_law(day), "")
    version = old.version + 1 if old else 1
    return CalendarDay(
        date=day, kind=kind, name=name, source=source[:120], version=version, provisional=False
    )


def _differs(old: CalendarDay | None, new: CalendarDay) -> bool:
    return old is None or (old.kind, old.name, old.provisional) != (new.kind, new.name, new.provisional)


def _announce(change: CalendarChange) -> None:
    forget()
    transaction.on_commit(forget)
    calendar_changed.publish(change)


@transaction.atomic
def set_windows(*, actor: Actor, calendar: WorkCalendar, windows: list[ServiceWindow]) -> None:
    """Replace all windows of a calendar. New version, `calendar_changed`, audit event.

    Raises Invalid("no_window") when no day from Monday to Friday would be open, or a window ends before it
    begins.
    """
    try:
        _as_windows(windows, calendar.follows_makeup_days)
    except ValueError as error:
        raise Invalid(
            "no_window",
            _("Give at least one window from Monday to Friday; each must end after it begins."),
            field="windows",
        ) from error
    WorkCalendar.objects.filter(pk=calendar.pk).update(version=F("version") + 1)
    calendar.windows.all().delete()
    for window in windows:
        window.calendar = calendar
    ServiceWindow.objects.bulk_create(windows)
    _announce(CalendarChange(calendar.code, None, actor))
    changes = {"windows": [None, [str(window) for window in windows]]}
    audit.record(
        actor=actor,
        action="calendar.windows_set",
        subject=calendar,
        subject_label=calendar.code,
        changes=changes,
    )


def missing_year(today: date) -> int | None:
    """Next year, from 1 November on, while no official notice of it was loaded; else None.

    The State Council publishes the next year's notice in November. One statement.
    """
    if today.month < FIRST_ALARM_MONTH:
        return None
    year = today.year + 1
    loaded = CalendarDay.objects.filter(date__year=year, provisional=False).exists()
    return None if loaded else year
