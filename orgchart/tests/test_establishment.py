"""编制: setting it, its history, and what the page says of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core.actors import person_actor
from core.errors import DomainError, Refused
from core.models import AuditEvent
from orgchart.models import Appointment, Establishment, Position, Unit
from orgchart.scope import today
from orgchart.services import name_deputy, seed_establishment, set_establishment
from orgchart.tests.factories import SYSTEM, Organisation, person_with

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def rows() -> list[tuple[int, Any, Any]]:
    """Count, first and last day of all entries, relative to today."""
    return [
        (row.count, (row.starts_on - today()).days, (row.ends_on - today()).days if row.ends_on else None)
        for row in Establishment.objects.order_by("starts_on")
    ]


def establish(org: Organisation, count: int, days: int = 0, **given: Any) -> Establishment:
    values = {"actor": SYSTEM, "unit": org.near.info, **given}
    position = Position.objects.get(code=values.pop("position", "service_agent"))
    return set_establishment(count=count, starts_on=today() + days * DAY, position=position, **values)


def refusal(org: Organisation, count: int, days: int = 0, **given: Any) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as caught:
        establish(org, count, days, **given)
    return caught.value.code, caught.value.field


def test_a_new_number_ends_the_one_before_on_the_day_before(org: Organisation) -> None:
    establish(org, 4, -30)
    establish(org, 6, 5)
    assert rows() == [(4, -30, 4), (6, 5, None)]
    assert Establishment.objects.on(today() + 4 * DAY).get().count == 4


def test_the_same_first_day_corrects_the_number(org: Organisation) -> None:
    establish(org, 4, -30)
    establish(org, 5, -30)
    assert rows() == [(5, -30, None)]


def test_the_trail_keeps_both_numbers(org: Organisation) -> None:
    establish(org, 4, -30)
    establish(org, 6)
    changes = [
        event.changes for event in AuditEvent.objects.filter(action="unit.establishment_set").order_by("pk")
    ]
    assert [change["count"] for change in changes] == [[None, 4], [4, 6]]
    assert changes[1]["position"] == [None, "service_agent"]
    assert changes[1]["starts_on"] == [None, str(today())]


@pytest.mark.parametrize(
    ("count", "days", "position", "wanted"),
    [
        (-1, 0, "service_agent", ("count_out_of_range", "count")),
        (10_000, 0, "service_agent", ("count_out_of_range", "count")),
        (3, -31, "service_agent", ("starts_before_last", "starts_on")),
        (4, 0, "service_agent", ("nothing_changes", "count")),
        (2, 0, "info_lead", ("one_leader", "count")),
        (1, 0, "tech_lead", ("wrong_unit", "position")),
    ],
)
def test_what_is_refused(
    org: Organisation, count: int, days: int, position: str, wanted: tuple[str, str]
) -> None:
    establish(org, 4, -30)
    assert refusal(org, count, days, position=position) == wanted
    assert rows() == [(4, -30, None)]


def test_a_closed_unit_takes_none(org: Organisation) -> None:
    Unit.objects.filter(pk=org.near.info.pk).update(is_active=False)
    assert refusal(org, 1) == ("unit_closed", None)


def test_personnel_alone_may(org: Organisation) -> None:
    for code, unit in (("centre_manager", org.near.unit), ("department_manager", org.department)):
        actor = person_actor(person_with(code, unit))
        assert refusal(org, 1, actor=actor) == ("may_not_establish", None)
    establish(org, 1, actor=person_actor(person_with("admin_hr_lead", org.personnel)))
    assert rows() == [(1, 0, None)]


def test_a_deputy_does_it_for_the_holder(org: Organisation) -> None:
    lead, deputy = (
        person_with("admin_hr_lead", org.personnel),
        person_with("department_supervisor", org.department),
    )
    post = Appointment.objects.get(person=lead)
    name_deputy(actor=SYSTEM, post=post, deputy=deputy, starts_on=today(), ends_on=None)
    establish(org, 1, actor=person_actor(deputy))
    event = AuditEvent.objects.get(action="unit.establishment_set")
    assert (event.actor_id, event.for_id) == (deputy.pk, lead.pk)


# -- defaults -------------------------------------------------------------------------------------------------------


def test_seeding_gives_each_unit_its_leader_and_what_is_asked_for(org: Organisation) -> None:
    establish(org, 9, -5)
    added = seed_establishment(actor=SYSTEM, starts_on=today(), counts={"service_agent": 4, "cashier": 1})
    numbers = {
        (row.unit.code, row.position.code): row.count
        for row in Establishment.objects.select_related("unit", "position")
    }
    assert numbers["C510000-INFO", "service_agent"] == 4
    assert numbers["C440000-INFO", "service_agent"] == 9, "what is established stays"
    assert numbers["C440000", "centre_manager"] == 1
    assert ("C440000-INFO", "cashier") not in numbers
    assert added == len(numbers) - 1
    assert seed_establishment(actor=SYSTEM, starts_on=today(), counts={"service_agent": 4, "cashier": 1}) == 0


def test_seeding_is_for_personnel(org: Organisation) -> None:
    with pytest.raises(Refused):
        seed_establishment(
            actor=person_actor(person_with("centre_manager", org.near.unit)), starts_on=today()
        )
    assert seed_establishment(
        actor=person_actor(person_with("admin_hr_lead", org.personnel)), starts_on=today()
    )


# -- the page -------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_vacant_and_what_was(org: Organisation, browser: Client) -> None:
    establish(org, 4, -30)
    establish(org, 3, -10)
    establish(org, 1, position="info_lead")
    for _ in range(5):
        reader = person_with("service_agent", org.near.info)
    person_with("accountant", org.near.info)
    browser.force_login(reader)
    page = browser.get(f"/units/{org.near.info.pk}/establishment/")
    lines = {line.position.code: line for line in page.context["lines"]}
    figures = {code: (line.established, line.held, line.vacant) for code, line in lines.items()}
    assert figures == {"info_lead": (1, 0, 1), "service_agent": (3, 5, 0), "accountant": (0, 1, 0)}
    assert lines["service_agent"].filling == (3, 5, 0, 2)
    assert [row.count for row in lines["service_agent"].history] == [3, 4]
    assert page.context["form"] is None


def test_setting_on_the_page(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("admin_hr_lead", org.personnel))
    path = f"/units/{org.near.info.pk}/establishment/"
    given = {"position": "service_agent", "count": "7", "starts_on": today().isoformat()}
    assert browser.post(path, given).status_code == 302
    assert rows() == [(7, 0, None)]
    again = browser.post(path, given)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["count"])
    wrong = browser.post(path, {**given, "count": "-2", "starts_on": "soon"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"starts_on"})
    assert 'value="-2"' in wrong.content.decode(), "what was typed is kept"


def test_the_page_offers_no_leader_of_another_kind(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("admin_hr_lead", org.personnel))
    path = f"/units/{org.near.info.pk}/establishment/"
    offered = {row.code for row in browser.get(path).context["form"].fields["position"].queryset}
    assert {"info_lead", "service_agent", "service_engineer"} <= offered
    assert "tech_lead" not in offered


def test_who_only_reads_cannot_post(org: Organisation, browser: Client) -> None:
    browser.force_login(person_with("centre_manager", org.near.unit))
    given = {"position": "service_agent", "count": "7", "starts_on": today().isoformat()}
    assert browser.post(f"/units/{org.near.info.pk}/establishment/", given).status_code == 403
    assert browser.post(f"/units/{org.near.info.pk}/establishment/", {}).status_code == 403
    assert browser.get(f"/units/{org.far.unit.pk}/establishment/").status_code == 404
    assert rows() == []
