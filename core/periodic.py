"""The kernel's own periodic jobs."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q

from core.jobs import periodic
from core.models import ExportFile, Heartbeat, IdempotencyKey, JobRun, Notification, StoredSearch
from core.models.exports import ExportState

JOB_RUNS_KEPT = timedelta(days=30)
KEYS_KEPT = timedelta(days=2)  # a client may repeat a request for a day; the second day is for clocks and weekends
SEARCHES_KEPT = timedelta(days=90)
READ_NOTIFICATIONS_KEPT = timedelta(days=90)
NOTIFICATIONS_KEPT = timedelta(days=365)
HEARTBEATS_KEPT = timedelta(days=7)


@periodic("core.cleanup", daily="03:20")
def clean_up(slot: datetime) -> None:
    """Delete what has served its time; counted from the slot, so that a second run finds nothing."""
    JobRun.objects.filter(slot__lt=slot - JOB_RUNS_KEPT).delete()
    IdempotencyKey.objects.filter(created_at__lt=slot - KEYS_KEPT).delete()
    StoredSearch.objects.filter(created_at__lt=slot - SEARCHES_KEPT).delete()
    seen = Q(read_at__lt=slot - READ_NOTIFICATIONS_KEPT)
    Notification.objects.filter(seen | Q(created_at__lt=slot - NOTIFICATIONS_KEPT)).delete()
    Heartbeat.objects.filter(at__lt=slot - HEARTBEATS_KEPT).delete()
    Session.objects.filter(expire_date__lt=slot).delete()


@periodic("core.expire_exports", every=timedelta(hours=1))
def expire_exports(slot: datetime) -> None:
    """Delete the files of exports whose time is over; the row stays and says so."""
    for export in ExportFile.objects.filter(expires_at__lte=slot).exclude(state=ExportState.EXPIRED):
        if export.stored_name:
            (Path(settings.EXPORT_DIR) / Path(export.stored_name).name).unlink(missing_ok=True)
        ExportFile.objects.filter(pk=export.pk).update(state=ExportState.EXPIRED, stored_name="")
