"""The organisation chart by date: one day, and two days compared."""

from __future__ import annotations

import json
from datetime import date

import pytest
import time_machine
from django.test import Client

from core.actors import person_actor
from orgchart import chartwords
from orgchart.enums import UnitKind
from orgchart.models import Person
from orgchart.scope import today
from orgchart.services import close_unit, move_unit
from orgchart.services.units import create_unit
from orgchart.tests.charts import DAY, at, names, read
from orgchart.tests.factories import (
    SYSTEM,
    Organisation,
    PersonFactory,
    appoint,
    person_with,
    technical_admin,
)

pytestmark = pytest.mark.django_db


# -- on which day ---------------------------------------------------------------------------------------------------


@pytest.fixture
def transferred(org: Organisation) -> Person:
    """Worked near until ten days ago and far since."""
    person = PersonFactory(name="调动人")
    turn = today() - 10 * DAY
    appoint(person, "service_agent", org.near.info, starts_on=turn - 50 * DAY, ends_on=turn - DAY)
    appoint(person, "service_agent", org.far.info, starts_on=turn)
    return person


def test_a_transfer_shows_on_either_side_on_its_days_alone(org: Organisation, transferred: Person) -> None:
    near, far = person_with("centre_manager", org.near.unit), person_with("centre_manager", org.far.unit)
    turn = today() - 10 * DAY
    seen = {
        (reader, day): transferred.name in names(read(reader, day))
        for reader in (near, far)
        for day in (turn - 51 * DAY, turn - DAY, turn, today())
    }
    assert [seen[near, day] for day in (turn - 51 * DAY, turn - DAY, turn, today())] == [
        False,
        True,
        False,
        False,
    ]
    assert [seen[far, day] for day in (turn - 51 * DAY, turn - DAY, turn, today())] == [
        False,
        False,
        True,
        True,
    ]


def test_a_former_colleague_is_named_without_a_page(
    org: Organisation, transferred: Person, browser: Client
) -> None:
    near = person_with("centre_manager", org.near.unit)
    before = today() - 11 * DAY
    assert read(near, before).hidden == {transferred.pk}
    browser.force_login(near)
    text = browser.get("/chart/", {"on": before.isoformat()}).content.decode()
    assert transferred.name in text
    assert f"/staff/{transferred.pk}/" not in text


def test_who_left_is_on_the_chart_of_the_days_before(org: Organisation) -> None:
    reader = person_with("centre_manager", org.near.unit)
    gone = PersonFactory(is_active=False, leaves_on=today() - 5 * DAY)
    appoint(gone, "service_agent", org.near.info, ends_on=today() - 5 * DAY)
    assert gone.name in names(read(reader, today() - 5 * DAY))
    assert gone.name not in names(read(reader, today() - 4 * DAY))


def test_a_unit_stands_where_it_stood_on_the_day(org: Organisation) -> None:
    reader = person_with("department_manager", org.department)
    start = today()
    with time_machine.travel(f"{start + 3 * DAY}T12:00:00+08:00"):
        move_unit(actor=SYSTEM, unit=org.near.branch, parent=org.far.unit)
        before, after = read(reader, start), read(reader)
        assert before.units[before.units[at(before, org.near.branch)].parent].pk == org.near.unit.pk
        assert after.units[after.units[at(after, org.near.branch)].parent].pk == org.far.unit.pk
        compared = read(reader, today(), start)
        told = [(row.kind, row.label, row.before, row.after) for row in compared.unit_changes]
        assert told == [("unit_moved", org.near.branch.label, org.near.unit.label, org.far.unit.label)]


def test_a_closed_unit_is_on_the_chart_of_the_days_before(org: Organisation) -> None:
    reader = person_with("department_manager", org.department)
    start = today()
    with time_machine.travel(f"{start + 3 * DAY}T12:00:00+08:00"):
        close_unit(actor=SYSTEM, unit=org.near.outlet)
        shown = [
            org.near.outlet.pk in {unit.pk for unit in read(reader, day).units}
            for day in (start, start + 2 * DAY, today())
        ]
        assert shown == [True, True, False]
        compared = read(reader, today(), start)
        assert [row.kind for row in compared.unit_changes] == ["unit_went"]
        assert compared.units[at(compared, org.near.outlet)].mark == "unit_went"


def test_a_unit_that_a_person_opened_later_is_not_there_before(org: Organisation) -> None:
    admin = technical_admin()
    start = today()
    with time_machine.travel(f"{start + 3 * DAY}T12:00:00+08:00"):
        facts = {"kind": UnitKind.OUTLET, "name": "新网点", "name_en": "New", "parent": org.near.branch}
        new = create_unit(actor=person_actor(admin), code="NEW", **facts)
        assert new.pk not in {unit.pk for unit in read(admin, start).units}
        assert [row.kind for row in read(admin, today(), start).unit_changes] == ["unit_came"]


# -- two days compared ----------------------------------------------------------------------------------------------


def test_differences_are_told_in_words(org: Organisation, transferred: Person, browser: Client) -> None:
    reader = person_with("department_manager", org.department, name="读者", starts_on=date(2020, 1, 1))
    old, new = PersonFactory(name="前任"), PersonFactory(name="继任")
    turn = today() - 5 * DAY
    appoint(old, "centre_manager", org.near.unit, ends_on=turn - DAY)
    appoint(new, "centre_manager", org.near.unit, starts_on=turn)
    appoint(new, "tech_lead", org.near.tech, starts_on=turn, is_primary=False)
    browser.force_login(reader)
    page = browser.get(
        "/chart/", {"with": (today() - 20 * DAY).isoformat()}, headers={"Accept-Language": "en"}
    )
    lines = {(line.word, line.person) for line in page.context["lines"]}
    marks = chartwords.mark_words()
    assert {(marks["moved"], transferred.pk), (marks["went"], old.pk), (marks["came"], new.pk)} <= lines
    holders = {row.unit: (row.before, row.after) for row in page.context["chart"].new_holders}
    chart = page.context["chart"]
    assert holders[at(chart, org.near.unit)] == (("前任",), ("继任",))
    assert holders[at(chart, org.near.tech)] == ((), ("继任",))
    packed = json.loads(browser.get("/chart/data/", {"with": (today() - 20 * DAY).isoformat()}).content)
    assert packed["base"] == (today() - 20 * DAY).isoformat()
    assert f"{org.near.unit.label}" in page.content.decode()


def test_a_post_taken_on_and_given_up(org: Organisation) -> None:
    manager = person_with("centre_manager", org.near.unit, starts_on=today() - 60 * DAY)
    head = person_with("branch_head", org.near.branch, starts_on=today() - 60 * DAY)
    over = {"starts_on": today() - 50 * DAY, "ends_on": today() - 30 * DAY}
    appoint(manager, "info_lead", org.near.info, is_primary=False, **over)
    appoint(head, "tech_lead", org.near.tech, is_primary=False, starts_on=today() - 10 * DAY)
    found = {(change.kind, change.person) for change in read(manager, today(), today() - 40 * DAY).changes}
    assert found == {("gave_up", manager.pk), ("took_on", head.pk)}


def test_nothing_is_different_between_equal_days(org: Organisation) -> None:
    manager = person_with("centre_manager", org.near.unit)
    chart = read(manager, today(), today() - 5 * DAY)
    assert (chart.changes, chart.new_holders, chart.unit_changes) == ([], [], [])


def test_a_renewed_appointment_is_no_difference(org: Organisation) -> None:
    manager = PersonFactory()
    appoint(
        manager, "centre_manager", org.near.unit, starts_on=today() - 50 * DAY, ends_on=today() - 10 * DAY
    )
    appoint(manager, "centre_manager", org.near.unit, starts_on=today() - 9 * DAY)
    chart = read(manager, today(), today() - 20 * DAY)
    assert (chart.changes, chart.new_holders) == ([], [])


def test_who_moves_out_of_sight_has_gone_and_nothing_says_where(
    org: Organisation, transferred: Person
) -> None:
    near = person_with("centre_manager", org.near.unit, starts_on=today() - 60 * DAY)
    chart = read(near, today(), today() - 20 * DAY)
    assert [(change.kind, change.after) for change in chart.changes] == [("went", None)]
    assert all("C510000-INFO" not in line.text for line in chartwords.differences(chart))
