"""What the organisation refuses, each with its code and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import translation

from core.actors import person_actor
from core.errors import DomainError
from orgchart.authority import decision, require
from orgchart.enums import Power
from orgchart.models import Appointment, Position, Unit
from orgchart.scope import today
from orgchart.services import StandIn, appoint, end_appointment, name_deputy, record_leave
from orgchart.services.projection import project
from orgchart.services.units import rebuild_links
from orgchart.tests.factories import SYSTEM, Organisation, PersonFactory, person_with


def refusal(act: Callable[[], object]) -> DomainError:
    """The refusal, which must come."""
    with pytest.raises(DomainError) as caught:
        act()
    with translation.override("en"):
        assert len(str(caught.value.message)) > 20
    return caught.value


def post_of(person: object) -> Appointment:
    return Appointment.objects.get(person=person)


def test_a_circle_in_the_line(org: Organisation) -> None:
    position = Position.objects.get(code="centre_manager")
    body = {**position.versions.get().body, "superior": "tech_lead"}
    assert refusal(lambda: project(position, body)).code == "superior_cycle"
    body["superior"] = "centre_manager"
    assert refusal(lambda: project(position, body)).code == "superior_cycle"
    position.refresh_from_db()
    assert position.superior.code == "department_manager"


@pytest.mark.parametrize("days", [0, 40])
def test_two_holders_of_one_leading_post(org: Organisation, days: int) -> None:
    position, other = Position.objects.get(code="tech_lead"), PersonFactory()
    first = today() - timedelta(days=30)
    appoint(actor=SYSTEM, person=PersonFactory(), position=position, unit=org.near.tech, starts_on=first)
    start = today() + timedelta(days=days)
    found = refusal(
        lambda: appoint(actor=SYSTEM, person=other, position=position, unit=org.near.tech, starts_on=start)
    )
    assert (found.code, found.field, found.status) == ("post_is_held", "starts_on", 409)
    assert not other.appointments.exists()


def test_two_main_posts_of_one_person(org: Organisation) -> None:
    person = PersonFactory()
    agent = Position.objects.get(code="service_agent")
    appoint(actor=SYSTEM, person=person, position=agent, unit=org.near.info, starts_on=today())
    found = refusal(
        lambda: appoint(actor=SYSTEM, person=person, position=agent, unit=org.far.info, starts_on=today())
    )
    assert found.code == "appointments_overlap"


def test_an_end_before_its_start(org: Organisation) -> None:
    person, yesterday = person_with("service_agent", org.near.info), today() - timedelta(days=1)
    other = person_with("service_agent", org.near.info)
    agent = Position.objects.get(code="service_agent")
    acts = [
        lambda: appoint(
            actor=SYSTEM, person=PersonFactory(), position=agent, unit=org.near.info, starts_on=today(),
            ends_on=yesterday,
        ),
        lambda: end_appointment(actor=SYSTEM, appointment=post_of(person), last_day=today() - timedelta(days=31)),
        lambda: record_leave(actor=SYSTEM, person=person, kind="annual", starts_on=today(), ends_on=yesterday),
        lambda: name_deputy(
            actor=SYSTEM, post=post_of(person), deputy=other, starts_on=today(), ends_on=yesterday
        ),
    ]  # fmt: skip
    found = [(one.code, one.field) for one in map(refusal, acts)]
    assert found == [("ends_before_start", field) for field in ("ends_on", "last_day", "ends_on", "ends_on")]


def test_a_deputy_of_a_deputy_beyond_the_depth(org: Organisation, settings: object) -> None:
    lead, first, second, third = (
        person_with(code, org.near.tech)
        for code in ("tech_lead", "repair_engineer", "repair_engineer", "repair_engineer")
    )
    end = today() + timedelta(days=5)
    days = {"starts_on": today(), "ends_on": end}
    one = name_deputy(actor=SYSTEM, post=post_of(lead), deputy=first, **days)
    two = name_deputy(actor=SYSTEM, post=post_of(lead), deputy=second, via=one, **days)
    found = refusal(lambda: name_deputy(actor=SYSTEM, post=post_of(lead), deputy=third, via=two, **days))
    assert (found.code, found.field) == ("deputy_too_deep", "deputy")
    assert decision(second, Power.APPRAISE, third).acting_for == lead.pk
    settings.DEPUTY_DEPTH = 1  # type: ignore[attr-defined]
    assert not decision(second, Power.APPRAISE, third).allowed


def test_a_power_outside_the_department(org: Organisation) -> None:
    sales = Unit.objects.create(
        code="SALES", kind="outside", name="销售部门", name_en="Sales", parent=org.company
    )
    rebuild_links()
    manager = person_with("department_manager", org.department)
    seller = person_with("account_manager", sales)
    found = refusal(lambda: require(person_actor(manager), Power.SUPERVISE, seller))
    assert (found.code, found.status) == ("power_outside_department", 403)


def test_deciding_about_oneself(org: Organisation) -> None:
    personnel = person_with("admin_hr_lead", org.personnel)
    lead = person_with("tech_lead", org.near.tech)
    actor = person_actor(personnel)
    assert refusal(lambda: require(person_actor(lead), Power.APPRAISE, lead)).code == "power_self"
    acts = [
        lambda: record_leave(
            actor=actor, person=personnel, kind="annual", starts_on=today(), ends_on=today()
        ),
        lambda: end_appointment(actor=actor, appointment=post_of(personnel), last_day=today()),
    ]
    assert {found.code for found in map(refusal, acts)} == {"about_oneself"}


def test_a_deputy_decides_neither_about_the_holder_nor_about_themself(org: Organisation) -> None:
    manager, lead = person_with("centre_manager", org.near.unit), person_with("tech_lead", org.near.tech)
    Appointment.objects.create(
        person=manager, position=Position.objects.get(code="repair_engineer"), unit=org.near.tech, is_primary=False,
        starts_on=today() - timedelta(days=9),
    )  # fmt: skip
    record_leave(
        actor=SYSTEM, person=manager, kind="annual", starts_on=today(), ends_on=today(),
        stand_ins=[StandIn(Appointment.objects.get(person=manager, is_primary=True), lead)],
    )  # fmt: skip
    info = person_with("info_lead", org.near.info)
    assert decision(lead, Power.APPRAISE, info).acting_for == manager.pk
    assert decision(lead, Power.APPRAISE, lead).code == "self"
    # The manager's second post stands below the leader's, and yet the manager stays the leader's superior.
    assert decision(lead, Power.APPRAISE, manager).code == "superior"
