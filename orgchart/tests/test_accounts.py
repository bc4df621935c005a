"""What superiors do to accounts, appointments, and leavers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from core.actors import person_actor
from core.errors import Conflict, DomainError, Invalid, Refused
from core.models import AuditEvent
from orgchart import services
from orgchart.events import AccountClosed, account_closed
from orgchart.models import Appointment, Person, Position
from orgchart.policies import ACCOUNT_ACTIONS, may
from orgchart.queries import line_of, superiors_of
from orgchart.scope import scope_of, today
from orgchart.tests import factories
from orgchart.tests.factories import (
    PASSWORD,
    SYSTEM,
    Organisation,
    PersonFactory,
    person_with,
    technical_admin,
)

pytestmark = pytest.mark.django_db


def who_may(org: Organisation, subject: Person) -> set[str]:
    """Positions whose holder may reset the password of `subject`."""
    places = {
        "head_office_manager": org.company,
        "department_manager": org.department,
        "department_supervisor": org.department,
        "admin_hr_lead": org.personnel,
        "centre_manager": org.near.unit,
        "info_lead": org.near.info,
        "tech_lead": org.near.tech,
        "finance_lead": org.near.finance,
        "service_agent": org.near.info,
        "repair_engineer": org.near.tech,
        "branch_head": org.near.branch,
    }
    return {code for code, unit in places.items() if may(person_with(code, unit), "reset_password", subject)}


LINE = {"head_office_manager", "department_manager", "centre_manager"}


def test_account_of_an_agent(org: Organisation) -> None:
    assert who_may(org, person_with("service_agent", org.near.info)) == LINE | {"info_lead"}


def test_account_of_an_engineer(org: Organisation) -> None:
    assert who_may(org, person_with("repair_engineer", org.near.tech)) == LINE | {"tech_lead"}


def test_account_of_a_group_leader(org: Organisation) -> None:
    assert who_may(org, person_with("finance_lead", org.near.finance)) == LINE


def test_account_of_the_personnel_leader(org: Organisation) -> None:
    assert who_may(org, person_with("admin_hr_lead", org.personnel)) == {
        "head_office_manager",
        "department_manager",
    }


def test_account_of_the_department_manager(org: Organisation) -> None:
    assert who_may(org, person_with("department_manager", org.department)) == {"head_office_manager"}


def test_neighbour_centre_may_not(org: Organisation) -> None:
    agent = person_with("service_agent", org.near.info)
    assert not may(person_with("centre_manager", org.far.unit), "reset_password", agent)
    assert not may(person_with("info_lead", org.far.info), "reset_password", agent)


def test_who_also_holds_a_higher_post_is_out_of_reach(org: Organisation) -> None:
    boss = person_with("centre_manager", org.near.unit)
    factories.appoint(boss, "service_agent", org.near.info, is_primary=False)
    assert not may(person_with("info_lead", org.near.info), "reset_password", boss)
    assert may(person_with("department_manager", org.department), "reset_password", boss)


@pytest.mark.parametrize("action", ACCOUNT_ACTIONS)
def test_never_oneself(org: Organisation, action: str) -> None:
    manager, admin = person_with("centre_manager", org.near.unit), technical_admin()
    assert not may(manager, action, manager)
    assert not may(admin, action, admin)
    assert may(admin, action, manager)


def test_vacant_superior_leaves_it_to_the_next_one_up(org: Organisation) -> None:
    agent, manager = person_with("service_agent", org.near.info), person_with("centre_manager", org.near.unit)
    assert superiors_of(agent) == (manager,)
    assert [(rung.position.code, rung.holders) for rung in line_of(agent)][:2] == [
        ("info_lead", ()),
        ("centre_manager", (manager,)),
    ]
    lead = person_with("info_lead", org.near.info)
    assert superiors_of(agent) == (lead,)


def test_reset_password_gives_one_that_works_once(org: Organisation, browser: Client) -> None:
    agent, lead = person_with("service_agent", org.near.info), person_with("info_lead", org.near.info)
    given = services.reset_password(actor=person_actor(lead), person=agent)
    browser.post("/accounts/login/", {"login": agent.username, "password": PASSWORD})
    assert browser.get("/")["Location"].startswith("/accounts/login/")
    browser.post("/accounts/login/", {"login": agent.username, "password": given})
    assert browser.get("/")["Location"] == "/accounts/password/change/"
    event = AuditEvent.objects.get(action="account.password_reset")
    assert (event.actor_id, event.subject_id) == (lead.pk, agent.pk)
    assert given not in str(event.changes)


def test_peer_is_refused_and_nothing_changes(org: Organisation) -> None:
    agent, peer = person_with("service_agent", org.near.info), person_with("service_agent", org.near.info)
    with pytest.raises(Refused, match="may_not_manage_account"):
        services.reset_password(actor=person_actor(peer), person=agent)
    agent.refresh_from_db()
    assert agent.check_password(PASSWORD)


def test_password_reset_keeps_the_second_factor(org: Organisation) -> None:
    agent = person_with("service_agent", org.near.info)
    TOTP.activate(agent, "A" * 32)
    services.reset_password(actor=SYSTEM, person=agent)
    assert Authenticator.objects.filter(user=agent).exists()


def test_lost_device(org: Organisation) -> None:
    agent, lead = person_with("service_agent", org.near.info), person_with("info_lead", org.near.info)
    TOTP.activate(agent, "A" * 32)
    services.reset_second_factor(actor=person_actor(lead), person=agent)
    assert not Authenticator.objects.filter(user=agent).exists()
    assert AuditEvent.objects.filter(action="account.second_factor_reset", subject_id=agent.pk).exists()


def test_one_time_password_is_shown_once(org: Organisation, browser: Client) -> None:
    agent, lead = person_with("service_agent", org.near.info), person_with("info_lead", org.near.info)
    browser.force_login(lead)
    answer = browser.post(f"/staff/{agent.pk}/reset-password/", follow=True)
    given = answer.context["one_time_password"]
    assert given in answer.content.decode()
    assert given not in browser.get(f"/staff/{agent.pk}/").content.decode()


def position(code: str) -> Position:
    found: Position = Position.objects.get(code=code)
    return found


def test_two_main_posts_at_a_time_are_refused(org: Organisation) -> None:
    person = person_with("service_agent", org.near.info)
    with pytest.raises(Conflict, match="appointments_overlap"):
        services.appoint(
            actor=SYSTEM,
            person=person,
            position=position("tech_support"),
            unit=org.near.unit,
            starts_on=today(),
        )
    services.appoint(
        actor=SYSTEM,
        person=person,
        position=position("tech_support"),
        unit=org.near.unit,
        starts_on=today(),
        is_primary=False,
    )
    assert scope_of(person).positions == {"service_agent", "tech_support"}


def test_next_post_may_begin_the_day_after(org: Organisation) -> None:
    person = person_with("service_agent", org.near.info)
    row = Appointment.objects.get(person=person)
    services.end_appointment(actor=SYSTEM, appointment=row, last_day=today())
    tomorrow = today() + timedelta(days=1)
    new = services.appoint(
        actor=SYSTEM, person=person, position=position("info_lead"), unit=org.near.info, starts_on=tomorrow
    )
    assert new.starts_on == tomorrow


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"position": "centre_manager"}, "wrong_unit"),
        ({"position": "tech_lead"}, "wrong_unit"),
        ({"position": "service_agent", "last": -1}, "ends_before_start"),
    ],
)
def test_appointments_that_make_no_sense(org: Organisation, changes: dict[str, Any], code: str) -> None:
    ends_on = today() + timedelta(days=changes["last"]) if "last" in changes else None
    with pytest.raises(Invalid, match=code):
        services.appoint(
            actor=SYSTEM,
            person=PersonFactory(),
            position=position(changes["position"]),
            unit=org.near.info,
            starts_on=today(),
            ends_on=ends_on,
        )


def test_staff_is_entered_by_personnel_alone(org: Organisation) -> None:
    data = {"username": "NewOne", "name": "新", "employee_no": "N1"}
    with pytest.raises(Refused, match="may_not_appoint"):
        services.create_person(actor=person_actor(person_with("centre_manager", org.near.unit)), **data)
    person = services.create_person(actor=person_actor(person_with("admin_hr_lead", org.personnel)), **data)
    assert (person.username, person.must_change_password, person.has_usable_password()) == (
        "newone",
        True,
        False,
    )
    with pytest.raises(Invalid, match="username_taken"):
        services.create_person(actor=SYSTEM, **data)


@pytest.fixture
def told() -> Iterator[list[AccountClosed]]:
    heard: list[AccountClosed] = []
    before = list(account_closed._subscribers)
    account_closed._subscribers[:] = [heard.append]
    yield heard
    account_closed._subscribers[:] = before


def test_leaver_works_to_the_last_day_and_closes_with_it(
    org: Organisation, browser: Client, told: list[AccountClosed]
) -> None:
    with time_machine.travel("2026-05-11T01:00:00+00:00", tick=False) as clock:
        lead, agent = person_with("info_lead", org.near.info), person_with("service_agent", org.near.info)
        browser.force_login(agent)
        services.close_account(actor=person_actor(lead), person=agent, last_day=today(), reason="moves away")
        assert browser.get("/").status_code == 200
        assert services.close_leavers(actor=SYSTEM) == 0
        clock.move_to("2026-05-11T16:00:01+00:00")
        assert browser.get("/").status_code == 302
        assert services.close_leavers(actor=SYSTEM) == 1
        assert services.close_leavers(actor=SYSTEM) == 0
    agent.refresh_from_db()
    assert not agent.is_active
    assert [event.person for event in told] == [agent]
    assert Appointment.objects.get(person=agent).ends_on is not None


def test_closing_at_once(org: Organisation, browser: Client, told: list[AccountClosed]) -> None:
    agent = person_with("service_agent", org.near.info)
    browser.force_login(agent)
    services.close_account(actor=SYSTEM, person=agent, last_day=today(), at_once=True)
    assert browser.get("/").status_code == 302
    assert len(told) == 1
    with pytest.raises(Conflict, match="account_closed"):
        services.close_account(actor=SYSTEM, person=agent, last_day=today())


def test_later_posts_of_a_leaver_never_begin(org: Organisation) -> None:
    agent = person_with("service_agent", org.near.info)
    later = today() + timedelta(days=40)
    factories.appoint(agent, "tech_support", org.near.unit, starts_on=later, is_primary=False)
    services.close_account(actor=SYSTEM, person=agent, last_day=today() + timedelta(days=5))
    assert [row.ends_on for row in Appointment.objects.filter(person=agent)] == [today() + timedelta(days=5)]


def test_last_day_in_the_past_is_refused(org: Organisation) -> None:
    agent = person_with("service_agent", org.near.info)
    with pytest.raises(DomainError, match="last_day_passed"):
        services.close_account(actor=SYSTEM, person=agent, last_day=today() - timedelta(days=1))


def test_subscriber_that_fails_keeps_the_account_open(org: Organisation, told: list[AccountClosed]) -> None:
    def refuse(event: AccountClosed) -> None:
        raise Conflict("not_now", "not now")

    agent = person_with("service_agent", org.near.info)
    account_closed.subscribe(refuse)
    with pytest.raises(Conflict, match="not_now"):
        services.close_account(actor=SYSTEM, person=agent, last_day=today(), at_once=True)
    assert Person.objects.get(pk=agent.pk).is_active
