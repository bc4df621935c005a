"""Deadlines after a calendar changed."""

from __future__ import annotations

from django.db import transaction

from core import audit
from core.actors import Actor
from tickets.models import Case
from tickets.services import clock


def recompute_deadlines(*, actor: Actor, calendar: str | None = None, chunk: int = 500) -> int:
    """Compute the due time of every unfinished case again, of one calendar's centres or of all.

    Writes an audit event for each deadline that moved; returns how many did. Can be run again at any time.
    """
    moved, last = 0, 0
    while True:
        with transaction.atomic():
            rows = _next_rows(calendar, last, chunk)
            moved += sum(_recompute_one(case, actor) for case in rows)
        if not rows:
            return moved
        last = rows[-1].pk


def _next_rows(calendar: str | None, last: int, chunk: int) -> list[Case]:
    rows = Case.objects.unfinished().filter(pk__gt=last).select_related("centre__calendar")
    if calendar and calendar != clock.DEFAULT_CALENDAR:
        rows = rows.filter(centre__calendar__code=calendar)
    return list(rows.prefetch_related("segments").order_by("pk").select_for_update(of=("self",))[:chunk])


def _recompute_one(case: Case, actor: Actor) -> int:
    before = {"due_at": case.due_at.isoformat()}
    clock.recompute(case)
    after = {"due_at": case.due_at.isoformat()}
    if before == after:
        return 0
    case.version += 1
    case.save(update_fields=["due_at", "due_is_provisional", "version"])
    audit.record(
        actor=actor,
        action="case.deadline_recomputed",
        subject=case,
        subject_label=str(case.number),
        changes=audit.diff(before, after),
    )
    return 1
