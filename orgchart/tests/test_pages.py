"""The pages: who sees what, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orgchart import extensions
from orgchart.extensions import Panel
from orgchart.models import Appointment, Person
from orgchart.scope import today
from orgchart.tests.factories import Organisation, PersonFactory, appoint, person_with, technical_admin

pytestmark = pytest.mark.django_db


def names(response: Any) -> set[str]:
    return {person.name for person in response.context["page"].object_list}


def test_staff_list_shows_the_own_centre_alone(org: Organisation, browser: Client) -> None:
    agent, mate = person_with("service_agent", org.near.info), person_with("repair_engineer", org.near.tech)
    person_with("service_agent", org.far.info)
    browser.force_login(agent)
    assert names(browser.get("/staff/")) == {agent.name, mate.name}


def test_department_manager_and_administrator_see_everybody(org: Organisation, browser: Client) -> None:
    person_with("service_agent", org.near.info)
    person_with("service_agent", org.far.info)
    for reader in (person_with("department_manager", org.department), technical_admin()):
        browser.force_login(reader)
        assert browser.get("/staff/").context["page"].paginator.count == Person.objects.count()


def test_filter_by_unit_takes_what_lies_below(org: Organisation, browser: Client) -> None:
    manager = person_with("centre_manager", org.near.unit)
    head, outlet = (
        person_with("branch_head", org.near.branch),
        person_with("service_engineer", org.near.outlet),
    )
    browser.force_login(manager)
    assert names(browser.get("/staff/", {"unit": org.near.branch.pk})) == {head.name, outlet.name}
    assert names(browser.get("/staff/", {"position": "branch_head"})) == {head.name}


def test_filter_offers_and_takes_no_unit_of_a_neighbour(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    answer = browser.get("/staff/", {"unit": org.far.info.pk})
    assert "unit" in answer.context["form"].errors


def test_name_search_travels_in_the_body(org: Organisation, browser: Client) -> None:
    manager = person_with("centre_manager", org.near.unit)
    wanted = person_with("service_agent", org.near.info, name="欧阳测试")
    browser.force_login(manager)
    answer = browser.post("/staff/", {"name": "阳测"})
    assert "阳" not in answer["Location"]
    assert names(browser.get(answer["Location"])) == {wanted.name}
    assert len(names(browser.get("/staff/", {"name": "阳测"}))) == 2


def test_person_of_a_neighbour_is_as_one_that_does_not_exist(org: Organisation, browser: Client) -> None:
    stranger = person_with("service_agent", org.far.info)
    browser.force_login(person_with("info_lead", org.near.info))
    there, nowhere = browser.get(f"/staff/{stranger.pk}/"), browser.get("/staff/999999/")
    assert (there.status_code, nowhere.status_code) == (404, 404)
    for path in ("reset-password", "reset-second-factor", "end-sessions", "leaving"):
        assert browser.post(f"/staff/{stranger.pk}/{path}/").status_code == 404


def test_colleague_sees_the_page_without_actions(org: Organisation, browser: Client) -> None:
    mate = person_with("service_agent", org.near.info)
    browser.force_login(person_with("repair_engineer", org.near.tech))
    page = browser.get(f"/staff/{mate.pk}/")
    assert page.context["page"].actions == frozenset()
    assert "reset-password" not in page.content.decode()
    for path in ("reset-password", "reset-second-factor", "end-sessions", "leaving"):
        assert browser.post(f"/staff/{mate.pk}/{path}/").status_code == 403


def test_leader_sees_actions_that_ask_before_they_act(org: Organisation, browser: Client) -> None:
    agent = person_with("service_agent", org.near.info)
    browser.force_login(person_with("info_lead", org.near.info))
    page = browser.get(f"/staff/{agent.pk}/").content.decode()
    for path in ("reset-password", "end-sessions", "leaving"):
        url = f"/staff/{agent.pk}/{path}/"
        assert url in page
        assert "<form" in browser.get(url).content.decode()
    assert browser.post(f"/staff/{agent.pk}/end-sessions/").status_code == 302


def test_who_has_left_stays_in_sight_of_the_own_centre_alone(org: Organisation, browser: Client) -> None:
    leaver = person_with("service_agent", org.near.info, is_active=False)
    Appointment.objects.filter(person=leaver).update(ends_on=today() - timedelta(days=3))
    for unit, status in ((org.near.info, 200), (org.far.info, 404)):
        browser.force_login(person_with("info_lead", unit))
        assert browser.get(f"/staff/{leaver.pk}/").status_code == status
        assert leaver.name not in names(browser.get("/staff/"))


@pytest.fixture
def panels() -> Iterator[None]:
    before = list(extensions._panels)
    extensions._panels[:] = [
        lambda reader, person: Panel("urgent one", "orgchart/posts.html", {}, urgent=True),
        lambda reader, person: Panel("calm one", "orgchart/posts.html", {}),
        lambda reader, person: None,
    ]
    yield
    extensions._panels[:] = before


def test_panels_of_higher_apps(org: Organisation, browser: Client, panels: None) -> None:
    agent = person_with("service_agent", org.near.info)
    browser.force_login(person_with("info_lead", org.near.info))
    page = browser.get(f"/staff/{agent.pk}/").content.decode()
    assert "urgent one" in page
    assert "calm one" in page
    leaving = browser.get(f"/staff/{agent.pk}/leaving/").content.decode()
    assert "urgent one" in leaving
    assert "calm one" not in leaving


def test_leaving_is_recorded(org: Organisation, browser: Client) -> None:
    agent = person_with("service_agent", org.near.info)
    browser.force_login(person_with("info_lead", org.near.info))
    url = f"/staff/{agent.pk}/leaving/"
    assert browser.post(url, {"last_day": "2020-01-01", "reason": "moves"}).status_code == 422
    form = {"last_day": today().isoformat(), "reason": "moves"}
    seen = browser.post(url, form)
    assert (seen.status_code, Person.objects.get(pk=agent.pk).leaves_on) == (200, None)
    assert browser.post(url, {**form, "seen": seen.context["seen"]}).status_code == 302
    agent.refresh_from_db()
    assert agent.leaves_on == today()
    assert browser.get(f"/staff/{agent.pk}/").context["page"].person.leaves_on == today()


@pytest.mark.parametrize(
    "path", ["/account/", "/account/sessions/", "/accounts/password/change/", "/accounts/2fa/"]
)
def test_own_pages_open(org: Organisation, browser: Client, path: str) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    assert browser.get(path).status_code == 200


def statements(browser: Client, path: str) -> int:
    browser.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(path).status_code == 200
    return len(caught)


def crowd(org: Organisation, number: int) -> None:
    for person in PersonFactory.create_batch(number):
        appoint(person, "service_agent", org.near.info)


def test_statements_of_the_staff_list_do_not_grow(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("service_agent", org.near.info))
    seen = [statements(browser, "/staff/")]
    crowd(org, 24)
    seen.append(statements(browser, "/staff/"))
    crowd(org, 75)
    seen.append(statements(browser, "/staff/"))
    assert seen == [9, 9, 9]


def test_statements_of_the_other_pages_do_not_grow(org: Organisation, browser: Client) -> None:
    lead = person_with("info_lead", org.near.info)
    agent = person_with("service_agent", org.near.info)
    browser.force_login(lead)
    paths = (f"/staff/{agent.pk}/",)
    before = [statements(browser, path) for path in paths]
    crowd(org, 25)
    assert [statements(browser, path) for path in paths] == before
    assert max(before) <= 20
