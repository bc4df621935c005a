"""In whose place: an own post first, but only where it reaches; else the holder's, and the trail says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.actors import person_actor
from core.models import AuditEvent
from orgchart.models import Person
from orgchart.scope import today
from orgchart.services import name_deputy, record_leave, reset_password
from orgchart.services.files import Entry, add_entry
from orgchart.tests.factories import SYSTEM, Organisation, person_with


@pytest.fixture
def staff(org: Organisation) -> dict[str, Person]:
    """The information leader, with rights over the own group, stands in for the centre's manager."""
    people = {
        "manager": person_with("centre_manager", org.near.unit),
        "deputy": person_with("info_lead", org.near.info),
        "agent": person_with("service_agent", org.near.info),
        "engineer": person_with("repair_engineer", org.near.tech),
    }
    post = people["manager"].appointments.get()
    name_deputy(actor=SYSTEM, post=post, deputy=people["deputy"], starts_on=today(), ends_on=today())
    return people


def _for(staff: dict[str, Person], action: str) -> str:
    event = AuditEvent.objects.filter(action=action).latest("id")
    assert event.actor_id == staff["deputy"].pk
    return str(event.for_label)


@pytest.mark.parametrize(("subject", "holder"), [("agent", ""), ("engineer", "manager")])
def test_account_leave_and_file(staff: dict[str, Person], subject: str, holder: str) -> None:
    actor, person = person_actor(staff["deputy"]), staff[subject]
    expected = staff[holder].username if holder else ""
    reset_password(actor=actor, person=person)
    assert _for(staff, "account.password_reset") == expected
    add_entry(actor=actor, person=person, entry=Entry("skill", "焊接"))
    assert _for(staff, "file.entry_added") == expected
    day = today() + timedelta(days=1)
    record_leave(actor=actor, person=person, kind="annual", starts_on=day, ends_on=day)
    assert _for(staff, "leave.recorded") == expected
