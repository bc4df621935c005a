"""The table of retention as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import ngettext

from core.jobs import registered
from core.models import AuditEvent, JobRun
from customers.privacy.words import BASIS, CLASSES, ENDS
from customers.rules import retention
from customers.services.retention import RAN

JOB = "customers.retention"


@dataclass(frozen=True, slots=True)
class Row:
    """One class of data. `last` is what the last run did, None where no job does it."""

    title: Promise
    period: str
    basis: list[Promise]
    end: Promise
    by_job: bool
    last: int | None


def lines() -> dict[str, Any]:
    """Rows, when the job runs next, and how the last run went. Two statements."""
    event = AuditEvent.objects.filter(action=RAN).order_by("-id").first()
    run = JobRun.objects.filter(job=JOB).order_by("-slot").first()
    counts = {code: pair[1] for code, pair in (event.changes if event else {}).items()}
    rows = [_row(data, counts) for data in retention.table(settings.RETENTION_DAYS)]
    return {"rows": rows, "last_event": event, "last_run": run, "next_run": next_run(timezone.now())}


def next_run(now: datetime) -> datetime | None:
    """When the job is due next; it runs once a day."""
    job = next((job for job in registered() if job.name == JOB), None)
    return job.schedule.latest_slot(now) + timedelta(days=1) if job else None


def _row(data: retention.DataClass, counts: dict[str, int]) -> Row:
    basis = [BASIS[code] for code in data.basis]
    last = counts.get(data.code) if data.by_job else None
    return Row(CLASSES[data.code], period_words(data.period), basis, ENDS[data.end], data.by_job, last)


def period_words(period: retention.Period) -> str:
    """ "3 years", "90 days"."""
    if period.years:
        return ngettext("%(count)d year", "%(count)d years", period.years) % {"count": period.years}
    return ngettext("%(count)d day", "%(count)d days", period.days) % {"count": period.days}
