"""Periodic jobs: any number of schedulers, one run per slot."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from core import beat, jobs, schedules
from core.jobs import Outcome, periodic, run_due, run_slot
from core.models import JobRun

NOW = datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC)  # 16:00:30 in Shanghai
MINUTE = timedelta(minutes=1)
Slots = list[datetime]


@pytest.fixture
def slots() -> Iterator[Slots]:
    """A job each minute that notes its slots."""
    seen: Slots = []
    periodic("test.job", every=MINUTE)(seen.append)
    yield seen
    jobs.unregister("test.job")


def _run_in_threads(count: int, work: Any) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_sixty_slots_sixty_runs(slots: Slots) -> None:
    def scheduler() -> None:
        for number in range(60):
            run_due("test.job", NOW + number * MINUTE)

    _run_in_threads(2, scheduler)
    assert len(slots) == len(set(slots)) == JobRun.objects.filter(job="test.job", ok=True).count() == 60


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_without_the_claim_run_twice(slots: Slots) -> None:
    """The twin of the test above: the clock alone does not keep two schedulers apart."""
    job = next(job for job in jobs.registered() if job.name == "test.job")

    def scheduler() -> None:
        for number in range(60):
            job.run(job.schedule.latest_slot(NOW + number * MINUTE))

    _run_in_threads(2, scheduler)
    assert len(slots) == 120


@pytest.mark.django_db
def test_scheduler_asleep_over_slots_runs_once(slots: Slots) -> None:
    run_due("test.job", NOW)
    assert [run_due("test.job", NOW + timedelta(hours=3)), run_due("test.job", NOW + timedelta(hours=3))] == [
        Outcome.RAN,
        Outcome.NOT_OURS,
    ]
    assert len(slots) == 2


@pytest.mark.django_db
def test_failure_is_written_down_and_leaves_nothing() -> None:
    def fail(slot: datetime) -> None:
        JobRun.objects.create(job="trace", slot=slot, claimed_at=slot)
        raise ValueError("bad")

    periodic("test.failing", every=MINUTE)(fail)
    try:
        assert run_slot("test.failing", NOW) == Outcome.FAILED
    finally:
        jobs.unregister("test.failing")
    run = JobRun.objects.get()
    assert (run.job, run.ok, run.error) == ("test.failing", False, "ValueError: bad")


@pytest.mark.django_db
def test_run_of_a_dead_process_is_taken_over(slots: Slots) -> None:
    JobRun.objects.create(job="test.job", slot=NOW, claimed_at=timezone.now() - timedelta(minutes=5))
    assert run_slot("test.job", NOW) == Outcome.NOT_OURS
    JobRun.objects.update(claimed_at=timezone.now() - timedelta(minutes=11))
    assert run_slot("test.job", NOW) == Outcome.RAN
    assert slots == [NOW]


def test_unknown_job_is_an_error() -> None:
    with pytest.raises(LookupError):
        run_due("test.nowhere")


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        ("2026-11-23T19:29:59+00:00", "2026-11-22T19:30:00+00:00"),
        ("2026-11-23T19:30:00+00:00", "2026-11-23T19:30:00+00:00"),
        ("2026-11-24T15:59:59+00:00", "2026-11-23T19:30:00+00:00"),
        ("2026-12-31T19:30:00+00:00", "2026-12-31T19:30:00+00:00"),
    ],
)
def test_daily_slot_is_by_shanghai_time(moment: str, slot: str) -> None:
    daily = schedules.parse(None, "03:30")
    assert daily.latest_slot(datetime.fromisoformat(moment)) == datetime.fromisoformat(slot)


@pytest.mark.parametrize(("every", "daily"), [(None, None), (MINUTE, "03:30"), (timedelta(0), None)])
def test_nonsense_schedules_are_refused(every: timedelta | None, daily: str | None) -> None:
    with pytest.raises(ValueError):
        schedules.parse(every, daily)


def test_two_jobs_of_one_name_are_refused(slots: Slots) -> None:
    with pytest.raises(ValueError, match="two periodic jobs"):
        periodic("test.job", every=MINUTE)(lambda slot: None)


def test_beat_has_an_entry_for_every_job_and_queue(slots: Slots, settings: Any) -> None:
    entries = beat.entries()
    assert {job.name for job in jobs.registered()} <= set(entries)
    assert {f"core.canary.{name}" for name in settings.CELERY_TASK_QUEUES} <= set(entries)
    assert all(entry["options"]["expires"] <= 300 for entry in entries.values())


def test_slots_of_a_step_are_the_same_for_everybody() -> None:
    step = schedules.Every(timedelta(minutes=7))
    moments = [step.latest_slot(NOW + timedelta(seconds=seconds)) for seconds in range(0, 420, 10)]
    assert len(set(moments)) == 2


@pytest.mark.django_db
def test_a_late_job_is_marked(slots: Slots) -> None:
    from core import operations

    with time_machine.travel(NOW, tick=False):
        run_due("test.job")
        assert not _line(operations.job_lines()).late
    with time_machine.travel(NOW + timedelta(minutes=4), tick=False):
        assert _line(operations.job_lines()).late


def _line(lines: list[Any]) -> Any:
    return next(line for line in lines if line.name == "test.job")
