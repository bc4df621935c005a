"""The kernel's own periodic jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.urls import reverse

from core import audit, exports
from core.calendars import missing_year
from core.jobs import periodic
from core.localtime import local_today
from core.models import Heartbeat, IdempotencyKey, JobRun, Notification, StoredSearch
from core.notices import CALENDAR_MISSING
from core.notifications import notify

JOB_RUNS_KEPT = timedelta(days=30)
KEYS_KEPT = timedelta(
    days=2
)  # a client may repeat a request for a day; the second day is for clocks and weekends
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
    exports.expire(slot)


@periodic("core.verify_audit", daily="03:40")
def verify_audit(slot: datetime) -> None:
    """Check the whole audit trail; a broken one makes the job fail, which turns the operations page red."""
    verdict = audit.verify_chain()
    if not verdict.ok:
        raise RuntimeError(f"the audit trail is broken at row {verdict.broken_at}: {verdict.problem}")


@periodic("core.calendar_alarm", daily="08:30")
def calendar_alarm(slot: datetime) -> None:
    """From 1 November until next year's notice is loaded, ring the technical accounts' bells, once till read."""
    year = missing_year(local_today(slot))
    if year is None:
        return
    operators = get_user_model()._default_manager.filter(is_technical_admin=True, is_active=True)
    told = Notification.objects.filter(code=CALENDAR_MISSING, read_at__isnull=True).values("recipient_id")
    waiting = operators.exclude(pk__in=told).values_list("pk", flat=True)
    notify(waiting, CALENDAR_MISSING, {"year": year}, reverse("core:operations"))
