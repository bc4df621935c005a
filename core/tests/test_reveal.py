"""Masked fields in full: logged, with reason and quota."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from pytest_django import Settings

from core.errors import Invalid, Refused
from core.models import AuditEvent, WorkCalendar
from core.reveal import reveal, reveals_left
from core.tests.people import make_person
from core.tests.threads import at_once


@pytest.fixture
def thing(db: None) -> WorkCalendar:
    return WorkCalendar.objects.create(code="13800138000", name="secret")


def last_event() -> AuditEvent:
    return AuditEvent.objects.latest("id")


def test_the_handler_needs_no_reason(thing: WorkCalendar) -> None:
    person = make_person()
    assert reveal(person, thing, "code", "", is_handler=True) == "13800138000"
    event = last_event()
    assert (event.action, event.actor_id, event.reason) == ("pii.revealed_by_handler", person.pk, "")
    assert (event.subject_type, event.subject_id, event.changes) == (
        "core.workcalendar",
        thing.pk,
        {"field": [None, "code"]},
    )


def test_the_value_does_not_enter_the_trail(thing: WorkCalendar) -> None:
    reveal(make_person(), thing, "code", "customer asks for a call back")
    event = last_event()
    assert "13800138000" not in f"{event.changes}{event.subject_label}{event.actor_label}{event.reason}"
    assert (event.action, event.reason) == ("pii.revealed", "customer asks for a call back")


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_others_give_a_reason(thing: WorkCalendar, reason: str) -> None:
    with pytest.raises(Invalid, match="reason_required") as refusal:
        reveal(make_person(), thing, "code", reason)
    assert (refusal.value.field, AuditEvent.objects.count()) == ("reason", 0)


def test_the_quota_is_per_person_and_handlers_have_none(thing: WorkCalendar, settings: Settings) -> None:
    settings.REVEAL_DAILY_QUOTA = 2
    person = make_person()
    for _ in range(2):
        reveal(person, thing, "code", "reason")
    with pytest.raises(Refused, match="reveal_quota") as refusal:
        reveal(person, thing, "code", "reason")
    assert (refusal.value.status, reveals_left(person), reveals_left(make_person())) == (403, 0, 2)
    assert reveal(person, thing, "code", is_handler=True) == "13800138000"


def test_the_quota_begins_anew_at_local_midnight(
    thing: WorkCalendar, settings: Settings, time_machine: Any
) -> None:
    settings.REVEAL_DAILY_QUOTA = 1
    person = make_person()
    time_machine.move_to(datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC), tick=False)
    reveal(person, thing, "code", "reason")
    assert reveals_left(person) == 0
    time_machine.shift(timedelta(seconds=1))
    assert reveals_left(person) == 1


def test_an_unknown_field_is_a_programming_error(thing: WorkCalendar) -> None:
    with pytest.raises(FieldDoesNotExist):
        reveal(make_person(), thing, "objects", is_handler=True)


@pytest.mark.django_db(transaction=True)
def test_the_quota_holds_for_sixteen_at_once(settings: Settings) -> None:
    settings.REVEAL_DAILY_QUOTA = 5
    person, thing = make_person(), WorkCalendar.objects.create(code="x", name="secret")
    answers = at_once(16, lambda _: reveal(person, thing, "code", "reason"))
    assert answers.count("x") == 5
    assert sum(isinstance(answer, Refused) for answer in answers) == 11
