"""The service clock of a case: segments are stored, deadlines always computed from them."""

from __future__ import annotations

from datetime import datetime

from core import calendars, serviceclock
from tickets.models import Case, ClockSegment
from tickets.rules import targets

DEFAULT_CALENDAR = "default"


def calendar_code(case: Case) -> str:
    """Code of the calendar that the case's centre works by."""
    calendar = case.centre.calendar
    return calendar.code if calendar else DEFAULT_CALENDAR


def start(case: Case, now: datetime) -> None:
    """Set both due times of a case that begins now (the caller saves it)."""
    calendar = calendars.calendar_for(calendar_code(case))
    response, _ = serviceclock.add_working_time(now, targets.response_target(case.priority), calendar)
    due, provisional = serviceclock.add_working_time(now, targets.resolution_target(case.priority), calendar)
    case.response_due_at, case.due_at, case.due_is_provisional = response, due, provisional


def switch(case: Case, now: datetime, *, running: bool | None, reason: str = "") -> None:
    """End the open segment and, unless `running` is None, begin the next one; recompute the due time."""
    ClockSegment.objects.filter(case=case, ends_at__isnull=True).update(ends_at=now)
    if running is not None:
        ClockSegment.objects.create(case=case, starts_at=now, is_running=running, reason=reason)
        recompute(case)


def recompute(case: Case) -> None:
    """Set the due time from the segments (the caller saves it); a clock that stands still keeps the last one."""
    segments = [
        serviceclock.Segment(row.starts_at, row.ends_at, "" if row.is_running else row.reason)
        for row in case.segments.all()
    ]
    calendar = calendars.calendar_for(calendar_code(case))
    answer = serviceclock.deadline(segments, targets.resolution_target(case.priority), calendar)
    if answer.due is not None:
        case.due_at, case.due_is_provisional = answer.due, answer.provisional
