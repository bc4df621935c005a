"""The nightly look at the trail and the alarm for a missing year."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from core import audit
from core.actors import system_actor
from core.calendars import load_days
from core.holidays import statutory_days
from core.models import Notification
from core.periodic import calendar_alarm, verify_audit
from core.tests.people import make_person

pytestmark = pytest.mark.django_db

ACTOR = system_actor("test")
NOVEMBER = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # 1 November, 00:30 local


def bells() -> list[tuple[int, str]]:
    return list(Notification.objects.values_list("recipient_id", "code"))


def test_a_whole_trail_lets_the_job_pass() -> None:
    audit.record(actor=ACTOR, action="a")
    verify_audit(NOVEMBER)


def test_a_broken_trail_fails_the_job() -> None:
    audit.record(actor=ACTOR, action="a")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER core_audit_refuse")
        cursor.execute("UPDATE core_auditevent SET action = 'b'")
    with pytest.raises(RuntimeError, match="broken at row 1: altered"):
        verify_audit(NOVEMBER)


def test_the_alarm_rings_once_for_technical_accounts_alone() -> None:
    operator = make_person(is_technical_admin=True)
    make_person(is_technical_admin=True, is_active=False)
    make_person()
    calendar_alarm(NOVEMBER)
    calendar_alarm(NOVEMBER)
    assert bells() == [(operator.pk, "core.calendar_missing")]


def test_the_alarm_rings_again_once_it_was_read() -> None:
    make_person(is_technical_admin=True)
    calendar_alarm(NOVEMBER)
    Notification.objects.update(read_at=NOVEMBER)
    calendar_alarm(NOVEMBER)
    assert len(bells()) == 2


def test_no_alarm_in_october_nor_once_the_year_is_loaded() -> None:
    make_person(is_technical_admin=True)
    calendar_alarm(datetime(2026, 10, 31, 15, 30, tzinfo=UTC))
    kinds = {day: ("statutory", name) for day, name in statutory_days(2027).items()}
    load_days(actor=ACTOR, year=2027, kinds=kinds, source="test")
    calendar_alarm(NOVEMBER)
    assert bells() == []
