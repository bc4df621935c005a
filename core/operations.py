"""How the background stands: queues, outbox, jobs, heartbeats. Read by the operations page, /readyz/ and /metrics/."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import cast

import redis
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone

from core import heartbeat, jobs
from core.beat import CANARY_EVERY, RELAY_EVERY
from core.models import Effect, Heartbeat, JobRun
from core.models.outbox import EffectState
from core.outbox.delivery import OPEN

UNREACHABLE = (OSError, redis.RedisError, DatabaseError)
_UNFINISHED = (*OPEN, EffectState.PARKED)


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def ping_redis() -> None:
    """Raises one of UNREACHABLE when Redis does not answer within two seconds."""
    _client().ping()


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue of the broker: messages waiting, and since when the oldest has (None when it is empty)."""

    name: str
    depth: int
    oldest: timedelta | None


def queues() -> list[QueueLine]:
    """Each queue as Redis has it. Raises one of UNREACHABLE."""
    return [_queue(name, timezone.now()) for name in settings.CELERY_TASK_QUEUES]


def _queue(name: str, now: datetime) -> QueueLine:
    client = _client()
    depth = client.llen(name)
    last = cast("bytes | None", client.lindex(name, -1)) if depth else None
    return QueueLine(name, depth, _age_of_message(last, now))


def _age_of_message(raw: bytes | None, now: datetime) -> timedelta | None:
    """Age by the moment that `core.outbox.broker` puts into the headers; ticks of beat carry none and are short-lived."""
    if raw is None:
        return None
    stamp = json.loads(raw).get("headers", {}).get("sent_at")
    return now - datetime.fromisoformat(stamp) if stamp else None


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """Unfinished effects by state, and how long the oldest one has been due."""

    counts: dict[str, int]
    lag_seconds: float


def outbox(now: datetime | None = None) -> OutboxFigures:
    """The outbox at `now`; two statements."""
    now = now or timezone.now()
    found = Effect.objects.filter(state__in=_UNFINISHED).values_list("state").annotate(Count("pk")).order_by()
    counts = {state.value: 0 for state in _UNFINISHED} | dict(found)
    oldest = Effect.objects.filter(state__in=OPEN, available_at__lte=now).aggregate(at=Min("available_at"))[
        "at"
    ]
    return OutboxFigures(counts, (now - oldest).total_seconds() if oldest else 0.0)


@dataclass(frozen=True, slots=True)
class JobLine:
    """A periodic job and its last run. `late`: nothing ran for more than two periods."""

    name: str
    last_at: datetime | None
    finished_at: datetime | None
    ok: bool | None
    error: str
    late: bool


def _newest_runs() -> dict[str, JobRun]:
    """The newest run of each job."""
    newest = JobRun.objects.order_by("job", "-slot").distinct("job")
    return {run.job: run for run in newest}


def job_lines(now: datetime | None = None) -> list[JobLine]:
    """All registered jobs with their last runs, and the relay, which leaves no runs behind. Two statements."""
    now = now or timezone.now()
    runs = _newest_runs()
    lines = [_job_line(job, runs.get(job.name), now) for job in jobs.registered()]
    return [_relay_line(now), *lines]


def _job_line(job: jobs.Job, run: JobRun | None, now: datetime) -> JobLine:
    late = run is None or now - run.slot > 2 * job.schedule.period + job.schedule.tick
    if run is None:
        return JobLine(job.name, None, None, None, "", late)
    return JobLine(job.name, run.claimed_at, run.finished_at, run.ok, run.error, late)


def _relay_line(now: datetime) -> JobLine:
    row = Heartbeat.objects.filter(name=heartbeat.RELAY).first()
    at = row.at if row else None
    return JobLine(
        "core.relay", at, at, None if at is None else True, "", at is None or now - at > 6 * RELAY_EVERY
    )


@dataclass(frozen=True, slots=True)
class BeatLine:
    """A part of the background and how long ago it showed itself."""

    name: str
    age: timedelta
    late: bool


def heartbeats(now: datetime | None = None) -> list[BeatLine]:
    """All heartbeats by name; one statement."""
    now = now or timezone.now()
    rows = Heartbeat.objects.order_by("name")
    return [BeatLine(row.name, now - row.at, now - row.at > _allowed(row.name)) for row in rows]


def _allowed(name: str) -> timedelta:
    if name == heartbeat.WORKER:
        return 4 * heartbeat.PULSE
    return 6 * RELAY_EVERY if name == heartbeat.RELAY else 5 * CANARY_EVERY
