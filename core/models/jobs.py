"""Periodic jobs: a slot is claimed once, however many schedulers run."""

from __future__ import annotations

from django.db import models


class JobRun(models.Model):
    """One run of a periodic job for one slot of time; the unique pair makes a second run impossible."""

    id = models.BigAutoField(primary_key=True)
    job = models.CharField(max_length=80)
    slot = models.DateTimeField()
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    ok = models.BooleanField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="job_slot_once")]
        indexes = [models.Index(fields=["job", "-slot"], name="job_latest")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot:%Y-%m-%dT%H:%M:%SZ}"


class Heartbeat(models.Model):
    """When a background process last showed that it works (a canary task per queue, the scheduler, the relay)."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
