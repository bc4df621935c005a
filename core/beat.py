"""Beat's schedule, made from the registry of periodic jobs. Slots are claimed in the database, no file is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery.beat import Scheduler
from celery.schedules import schedule
from django.conf import settings

from core import jobs

RELAY_EVERY = timedelta(seconds=5)
CANARY_EVERY = timedelta(minutes=1)


def entries() -> dict[str, dict[str, Any]]:
    """One entry per job, the relay, and a canary per queue. A tick that waited longer than its period is dropped."""
    lines = {"core.relay": _entry("core.tasks.relay", RELAY_EVERY)}
    for queue in settings.CELERY_TASK_QUEUES:
        lines[f"core.canary.{queue}"] = _entry("core.tasks.canary", CANARY_EVERY, queue, queue=queue)
    for job in jobs.registered():
        lines[job.name] = _entry("core.tasks.run_job", job.schedule.tick, job.name)
    return lines


def _entry(task: str, tick: timedelta, *arguments: str, **options: Any) -> dict[str, Any]:
    options["expires"] = tick.total_seconds()
    return {"task": task, "schedule": schedule(tick), "args": arguments, "options": options}


class RegistryScheduler(Scheduler):  # type: ignore[misc]
    """Celery's plain scheduler with our entries."""

    def setup_schedule(self) -> None:
        """Fill the schedule when beat starts."""
        self.update_from_dict(entries())
