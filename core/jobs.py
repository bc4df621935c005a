"""Periodic jobs: any number of schedulers may tick, a slot of a job is run by whoever claims it first.

Each app registers its jobs in `<app>/periodic.py`. Beat only says "look whether something is due"; which slot that is
follows from the clock, and the claim is a row that can exist once. A slot during which nobody looked is run once,
late; older ones are not made up for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from core import requestid, schedules
from core.models import JobRun

logger = logging.getLogger(__name__)

ABANDONED_AFTER = timedelta(minutes=10)  # twice the hard time limit of a task: whoever claimed it is dead
Run = Callable[[datetime], object]

_CLAIM = """
    INSERT INTO core_jobrun (job, slot, claimed_at, error) VALUES (%s, %s, %s, '')
    ON CONFLICT (job, slot) DO NOTHING RETURNING id
"""


class Outcome(StrEnum):
    """What a look at a job came to."""

    RAN = "ran"
    FAILED = "failed"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Job:
    """A registered job. `run` gets the slot (UTC) and must be safe to run twice."""

    name: str
    run: Run
    schedule: schedules.Schedule


_jobs: dict[str, Job] = {}


def periodic(name: str, *, every: timedelta | None = None, daily: str | None = None) -> Callable[[Run], Run]:
    """Register a job: `every` a span, or `daily` at "HH:MM" Asia/Shanghai. A name is given once (ValueError)."""
    schedule = schedules.parse(every, daily)

    def register(function: Run) -> Run:
        known = _jobs.get(name)
        if known is not None and known.run is not function:
            raise ValueError(f"two periodic jobs named {name!r}")
        _jobs[name] = Job(name, function, schedule)
        return function

    return register


def registered() -> tuple[Job, ...]:
    """All jobs by name."""
    return tuple(_jobs[name] for name in sorted(_jobs))


def unregister(name: str) -> None:
    """Forget a job; for tests that bring their own."""
    _jobs.pop(name, None)


def run_due(name: str, now: datetime | None = None) -> Outcome:
    """Run the latest slot of a job unless it was run. Raises LookupError for an unknown name."""
    job = _jobs.get(name)
    if job is None:
        raise LookupError(f"no periodic job named {name!r}")
    return run_slot(name, job.schedule.latest_slot(now or timezone.now()))


def run_slot(name: str, slot: datetime) -> Outcome:
    """Claim (name, slot) and run it; NOT_OURS when it was claimed before. A failure is written down, not raised."""
    run_id = _claim(name, slot)
    if run_id is None:
        return Outcome.NOT_OURS
    with requestid.bound(requestid.new(), actor=f"job:{name}"):
        return _run_claimed(_jobs[name], run_id, slot)


def _claim(name: str, slot: datetime) -> int | None:
    """The id of the run that is ours, None when somebody else has or had it."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [name, slot, now])
        row = cursor.fetchone()
    return row[0] if row else _take_over(name, slot, now)


def _take_over(name: str, slot: datetime, now: datetime) -> int | None:
    """A run whose process died is run again by the first who finds it abandoned."""
    abandoned = Q(finished_at__isnull=True, claimed_at__lt=now - ABANDONED_AFTER)
    if not JobRun.objects.filter(abandoned, job=name, slot=slot).update(claimed_at=now):
        return None
    return JobRun.objects.values_list("pk", flat=True).get(job=name, slot=slot)


def _run_claimed(job: Job, run_id: int, slot: datetime) -> Outcome:
    error = ""
    try:
        with transaction.atomic():
            job.run(slot)
    except (
        Exception
    ) as failure:  # a job's failure belongs on the operations page and must not stop the others
        logger.exception("job failed", extra={"job": job.name, "slot": slot.isoformat()})
        error = f"{type(failure).__name__}: {failure}"[:2000]
    JobRun.objects.filter(pk=run_id).update(finished_at=timezone.now(), ok=not error, error=error)
    logger.info("job %s", "failed" if error else "ran", extra={"job": job.name, "slot": slot.isoformat()})
    return Outcome.FAILED if error else Outcome.RAN
